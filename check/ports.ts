import type { TrackSpan } from "./media/track-span.ts";
import type { ByteSpan } from "./playlist/media-playlist.ts";

export type Fetched =
  | {
      readonly kind: "fetched";
      readonly bytes: Uint8Array;
      /** After redirects. */
      readonly url: string;
      /** Undefined where nobody says so, as for a file. */
      readonly contentType: string | undefined;
    }
  /** @property reason such as `404 Not Found`. */
  | { readonly kind: "missing" | "failed"; readonly reason: string };

/** What a check needs of its surroundings; all else is Web APIs. */
export interface CheckPorts {
  /** @param range of a part of the resource. Fewer bytes than that come where it ends before. */
  readonly fetch: (url: string, range: ByteSpan | undefined, signal: AbortSignal) => Promise<Fetched>;
  /** Reads media that is no fragmented MP4. @throws Error where it can't be read. */
  readonly demux: (bytes: Uint8Array, signal: AbortSignal) => Promise<readonly TrackSpan[]>;
  /** Decodes segments that follow each other, the init segment before them; what the decoder complained of, or "". */
  readonly decode: ((parts: readonly Uint8Array[], signal: AbortSignal) => Promise<string>) | undefined;
}
