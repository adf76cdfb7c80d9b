import type { ErrorData, FragBufferedData, FragLoadedData, FragLoadingData } from "hls.js";
import { AbrController, type Events, type Fragment } from "hls.js";

/** An encode that takes longer than this is too much for the rung; the stock rule may then leave it. */
const PATIENCE_MS = 6000;
/** Seconds of film in the buffer before a higher rung is tried. */
const CLIMB_BUFFER_S = 12;

/**
 * Adaptation for segments that are encoded when they are asked for: their first byte comes when the
 * encode is done, and then they come at the speed of the network.
 *
 * The stock controller (hls.js 1.7, abr-controller.ts) leaves out of a bandwidth sample only
 * min(this wait, its smoothed estimate of waits), and sampleTTFB() gives a wait of t seconds the weight
 * √2·e^(−t²/2): one of 4 s counts for nothing. So nearly all of an encode is taken for slow network, in a
 * sample that weighs as much as it took, and one cold segment on a fast network sends the picture to
 * the lowest rung - which is cold as well. Hence:
 *
 * - A wait is left out of the samples, except when it tells of a rung that the encoders can't keep up:
 *   the segment follows on from the one before (so the server's look-ahead had ordered it) and still
 *   took longer than a segment plays.
 * - A pending segment is abandoned only after PATIENCE_MS: leaving throws an encode away to start another.
 * - Every step up lands on a cold segment, so it waits for enough buffer to sit that out.
 */
export class EncodeAwareAbrController extends AbrController {
  #current: Fragment | null = null;
  #followsOn = false;
  #patience: number | undefined;

  protected override onFragLoading(event: Events.FRAG_LOADING, data: FragLoadingData): void {
    super.onFragLoading(event, data);
    const { frag } = data;
    if (!isVideoSegment(frag)) return;
    const before = this.#current;
    this.#followsOn =
      before !== null && before.level === frag.level && Number(frag.sn) === Number(before.sn) + 1;
    this.#current = frag;
    this.clearTimer();
    self.clearTimeout(this.#patience);
    this.#patience = self.setTimeout(() => super.onFragLoading(event, data), PATIENCE_MS);
  }

  protected override onFragLoaded(event: Events.FRAG_LOADED, data: FragLoadedData): void {
    if (data.frag === this.#current) self.clearTimeout(this.#patience);
    this.#withoutEncode(data.frag, () => super.onFragLoaded(event, data));
  }

  protected override onFragBuffered(event: Events.FRAG_BUFFERED, data: FragBufferedData): void {
    this.#withoutEncode(data.frag, () => super.onFragBuffered(event, data));
  }

  protected override onError(event: Events.ERROR, data: ErrorData): void {
    if (data.frag !== undefined && data.frag === this.#current) self.clearTimeout(this.#patience);
    super.onError(event, data);
  }

  override get nextAutoLevel(): number {
    const next = super.nextAutoLevel;
    const current = this.hls?.loadLevel ?? -1;
    const bufferedS = this.hls?.mainForwardBufferInfo?.len ?? 0;
    return current !== -1 && next > current && bufferedS < CLIMB_BUFFER_S ? current : next;
  }

  override set nextAutoLevel(level: number) {
    super.nextAutoLevel = level;
  }

  override destroy(): void {
    self.clearTimeout(this.#patience);
    this.#current = null;
    super.destroy();
  }

  /** Lets the stock code see a request that began with its first byte, unless the wait should count. */
  #withoutEncode(frag: Fragment, sample: () => void): void {
    const { loading } = frag.stats;
    if (!isVideoSegment(frag) || loading.first === 0 || this.#fellBehind(frag)) {
      sample();
      return;
    }
    const { start } = loading;
    loading.start = loading.first;
    try {
      sample();
    } finally {
      loading.start = start;
    }
  }

  #fellBehind(frag: Fragment): boolean {
    const { loading } = frag.stats;
    // The first segments of a title are shorter than the rest, and the start of an encoder isn't. (The target duration
    // may be the original picture's, whose segments are longer.)
    const segments = this.hls.levels[frag.level]?.details?.fragments ?? [];
    const playsMs = 1000 * segments.reduce((most, { duration }) => Math.max(most, duration), frag.duration);
    return frag === this.#current && this.#followsOn && loading.end - loading.start > playsMs;
  }
}

function isVideoSegment(frag: Fragment): boolean {
  return frag.type === "main" && frag.sn !== "initSegment";
}
