import type { TrackSpan } from "./media/track-span.ts";
import type { MediaPlaylist, MediaSegment } from "./playlist/media-playlist.ts";

/** What is kept of a segment once it was read. */
export interface CheckedSegment {
  readonly segment: MediaSegment;
  /** Bytes; 0 where it could not be fetched. */
  readonly size: number;
  readonly contentType: string | undefined;
  /** Empty where it could not be read, or is text. */
  readonly tracks: readonly TrackSpan[];
  readonly cues: readonly CueTime[] | undefined;
}

/** When a cue is shown, seconds on the media's clock. */
export interface CueTime {
  readonly start: number;
  readonly end: number;
}

/** A media playlist with all that its segments are. */
export interface CheckedPlaylist {
  readonly playlist: MediaPlaylist;
  readonly segments: readonly CheckedSegment[];
}
