import type { OriginalIndex } from "../../shared/media/original.ts";
import type { SourceInfo, VideoTrack } from "../../shared/media/source-info.ts";
import { toNumber } from "../../shared/rational.ts";
import { untilAborted } from "../../shared/until-aborted.ts";
import { planIndex } from "./make-index.ts";
import type { Keyframes } from "./packet-requests.ts";
import type { PacketThreads } from "./packet-threads.ts";

/**
 * How much longer than the probe itself it may take. A viewer waits for the playlist; but the rungs are cut by what is
 * found, which must not depend on how busy a machine is. Where there is an index, it is as good as always there first.
 */
const PATIENCE_MS = 5000;
const TIMEOUT_MS = 30_000;

/**
 * A look at a file's index of keyframes beside the probe, which starts at the same time, so that the first playlist
 * has the original picture already. Whatever comes of it may be done again later, and takes as long as it takes.
 */
export class EarlyLook {
  readonly #over = new AbortController();
  readonly #keyframes;

  constructor(inputUrl: string, packets: PacketThreads, signal: AbortSignal) {
    const request = { kind: "keyframes", inputUrl, codec: undefined, indexedOnly: true } as const;
    const either = AbortSignal.any([signal, this.#over.signal]);
    this.#keyframes = packets
      .ask<"keyframes">(request, { signal: either, timeoutMs: TIMEOUT_MS })
      .catch(() => undefined);
  }

  /** What came of it; undefined where that would take too long, or needs a closer look. */
  async finish(source: SourceInfo, segmentSeconds: number): Promise<OriginalIndex | undefined> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const keyframes = await untilAborted(this.#keyframes, patience).catch(() => undefined);
    if (!keyframes || keyframes.family !== source.video?.codec) return undefined;
    if (isCutShort(keyframes, source.video)) return undefined;
    return planIndex(source, keyframes, segmentSeconds);
  }

  /** Ends it, if it isn't over. */
  close(): void {
    this.#over.abort(new Error("nobody waits for it any more"));
  }
}

/** The file has lost its end. The rungs hold a picture that its last packets lack; beside them, a copy has a gap. */
function isCutShort({ times, timescale }: Keyframes, { end }: VideoTrack): boolean {
  return times.some((time) => time / timescale >= toNumber(end));
}
