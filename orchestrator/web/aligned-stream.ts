import Hls, { type BufferInfo, type Fragment, type Level, type MediaFragment } from "hls.js";

/** Two qualities' segments that begin within so many seconds begin at the same place. */
const SAME_PLACE_S = 0.2;
/** What begins sooner than this after the picture that is shown may come too late to take its turn. */
const MARGIN_S = 1;
/** A buffer may end so much before the segment that ends it: browsers count in microseconds. */
const ROUNDING_S = 0.01;

/**
 * Changes of quality only where segments of both begin. The original picture has fewer borders than the rungs, and a
 * browser whose buffer gets new data over what it is playing shows nothing new until the next keyframe in it, which
 * can be ten seconds away.
 */
export class AlignedStreamController extends Hls.DefaultConfig.streamController {
  /** A quality that was asked for, and of which nobody knows yet where its segments begin. */
  #unknown: number | undefined;

  protected override registerListeners(): void {
    super.registerListeners();
    this.hls.on(Hls.Events.LEVEL_UPDATED, this.onLevelUpdated, this);
  }

  protected override unregisterListeners(): void {
    super.unregisterListeners();
    this.hls.off(Hls.Events.LEVEL_UPDATED, this.onLevelUpdated, this);
  }

  // Of the base's kind, as its constructor registers it before this class has private parts.
  protected onLevelUpdated(): void {
    if (this.#unknown !== undefined && this.#unknown === this.hls.nextLoadLevel) this.nextLevelSwitch();
  }

  /** Throws away what is buffered from the first place on where the next quality can take over in time. */
  protected override scheduleTrackSwitch(_: BufferInfo, fetchDelayS: number): void {
    const next = this.hls.nextLoadLevel;
    const details = this.levels?.[next]?.details;
    this.#unknown = details ? undefined : next;
    if (!details) return;
    const beginsSegment = (time: number) =>
      details.fragments.some(({ start }) => Math.abs(start - time) < SAME_PLACE_S);
    let buffered = this.followingBufferedFrag(this.getBufferedFrag(this.playhead + fetchDelayS));
    while (buffered && !beginsSegment(buffered.start)) buffered = this.followingBufferedFrag(buffered);
    if (!buffered) return;
    this.abortCurrentFrag();
    this.flushMainBuffer(firstPicture(buffered), Number.POSITIVE_INFINITY);
    this.cleanupBackBuffer();
  }

  /**
   * What is buffered to its end is not loaded again: hls.js takes a segment whose end was rounded down for one that
   * is missing. Where a segment would lie over what is being played, the quality before it goes on up to a place for
   * both.
   */
  protected override loadFragment(frag: MediaFragment, level: Level, bufferedUntil: number): void {
    const next = frag.end > bufferedUntil + ROUNDING_S ? frag : (firstBeyond(level, bufferedUntil) ?? frag);
    const before = this.fragPrevious ? this.levels?.[this.fragPrevious.level] : undefined;
    const isLate = next.start < bufferedUntil - SAME_PLACE_S && next.start < this.playhead + MARGIN_S;
    const isMuchBuffered = bufferedUntil > this.playhead;
    const instead =
      isLate && isMuchBuffered && before && before !== level ? firstBeyond(before, bufferedUntil) : undefined;
    super.loadFragment(instead ?? next, instead ? before! : level, bufferedUntil);
  }
}

/** The first segment of a quality that goes on where the buffer ends. */
function firstBeyond({ details }: Level, bufferedUntil: number): MediaFragment | undefined {
  return details?.fragments.find(({ end }) => end > bufferedUntil + SAME_PLACE_S);
}

function firstPicture(buffered: Fragment): number {
  return (buffered as MediaFragment).maxStartPTS ?? buffered.start;
}
