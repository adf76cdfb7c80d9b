import type { CueTime } from "./checked-playlist.ts";
import { packedAudioStart } from "./media/packed-audio.ts";
import { InitMismatchError, type InitSegment, isFmp4, readFmp4 } from "./media/read-fmp4.ts";
import { isWebvtt, readWebvtt } from "./media/read-webvtt.ts";
import type { TrackSpan } from "./media/track-span.ts";
import type { CheckPorts } from "./ports.ts";
import type { ViolationCode } from "./rule-book.ts";

export interface ReadSegment {
  readonly tracks: readonly TrackSpan[];
  /** Of subtitles. */
  readonly cues?: readonly CueTime[];
  readonly wrong?: { readonly code: ViolationCode; readonly expected: string; readonly found: string };
}

/** What is known of a segment besides its bytes. */
export interface SegmentHints {
  readonly url: string;
  readonly contentType: string | undefined;
  /** "none" without EXT-X-MAP; undefined where that could not be read. */
  readonly init: InitSegment | "none" | undefined;
}

/** Looks into a segment, whatever form it has (3.1). */
export async function readSegment(
  bytes: Uint8Array,
  hints: SegmentHints,
  ports: Pick<CheckPorts, "demux">,
  signal: AbortSignal,
): Promise<ReadSegment> {
  if (isWebvtt(bytes) || isNamedWebvtt(hints)) {
    const read = readWebvtt(bytes);
    return read.kind === "read" ? { tracks: [], cues: read.cues } : { tracks: [], cues: [], wrong: read };
  }
  if (isPicture(bytes)) return { tracks: [] };
  try {
    if (isFmp4(bytes)) return readBoxes(bytes, hints.init);
    return { tracks: await demux(bytes, ports, signal) };
  } catch (error) {
    signal.throwIfAborted();
    const found = (error as Error).message;
    if (error instanceof InitMismatchError)
      return { tracks: [], wrong: { code: "init-mismatch", expected: "tracks of its init segment", found } };
    return { tracks: [], wrong: { code: "segment-unreadable", expected: "media", found } };
  }
}

function readBoxes(bytes: Uint8Array, init: SegmentHints["init"]): ReadSegment {
  if (init === "none")
    return { tracks: [], wrong: { code: "map-missing", expected: "EXT-X-MAP", found: "none before it" } };
  return { tracks: init ? readFmp4(bytes, init) : [] };
}

/** Packed audio has its time in a tag, which its demuxer does not heed. */
async function demux(
  bytes: Uint8Array,
  ports: Pick<CheckPorts, "demux">,
  signal: AbortSignal,
): Promise<readonly TrackSpan[]> {
  const tracks = await ports.demux(bytes, signal);
  if (bytes[0] === 0x47) return tracks;
  const start = packedAudioStart(bytes);
  return tracks.map((track) => {
    const lasts = track.decodeEnd - (track.decodeStart ?? 0);
    if (start === undefined) return { ...track, decodeStart: undefined };
    const ticks = Math.round(start * track.timescale);
    return { ...track, decodeStart: ticks, decodeEnd: ticks + lasts, presentationStart: ticks };
  });
}

function isNamedWebvtt({ url, contentType }: SegmentHints): boolean {
  return /\.(web)?vtt$/.test(new URL(url).pathname) || contentType?.startsWith("text/vtt") === true;
}

/** JPEG, PNG and WebP: sheets of an image playlist. */
function isPicture(bytes: Uint8Array): boolean {
  const head = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return head.startsWith("ffd8ff") || head === "89504e47" || head === "52494646";
}
