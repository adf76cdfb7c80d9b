import type { SourceInfo } from "../shared/media/source-info.ts";
import { segmentCount } from "../shared/media/timeline.ts";
import type { VideoRendition } from "../shared/media/title.ts";

/** Film of the longest run, seconds. All of a run comes out at its end: whoever asks for a part waits for all. */
const LONGEST_SECONDS = 24;
/**
 * Seconds of film that a run is taken to make in a second, as long as nobody measures that. Rungs that are made
 * slower have no long runs for want of memory.
 */
const SPEED = 2;

/** Data of one FFmpeg, of which it touches about half; what a place has by `concurrency.ts` bounds that half. */
const RUN_BYTES = 1152 * 2 ** 20;
/** Of which decoding takes this, and so much for each pixel of the source. */
const DECODE_BYTES = 64 * 2 ** 20;
const DECODE_BYTES_PER_PIXEL = 32;
/** Each encoder has its own threads, look-ahead and reference pictures. */
const ENCODER_BYTES = 40 * 2 ** 20;
const ENCODER_BYTES_PER_PIXEL = 140;

/** How long a run over so much film should take at most. */
export function plannedRunMs(seconds: number): number {
  return (1000 * seconds) / SPEED;
}

/**
 * How many segments from `first` on one FFmpeg makes together, at least 1: as much film as will be there when
 * the first of it is needed, and as many encoders as there is memory for.
 * @param dueInMs how soon the first is needed.
 * @param memoryBytes what a program may have.
 */
export function runLength(
  source: SourceInfo,
  { rung, timeline }: VideoRendition,
  first: number,
  { dueInMs, memoryBytes }: { readonly dueInMs: number; readonly memoryBytes: number },
): number {
  const { width, height } = source.video!;
  const encoding = Math.min(RUN_BYTES, memoryBytes) - DECODE_BYTES - DECODE_BYTES_PER_PIXEL * width * height;
  const encoders = Math.floor(
    encoding / (ENCODER_BYTES + ENCODER_BYTES_PER_PIXEL * rung.width * rung.height),
  );
  const seconds = Math.min(LONGEST_SECONDS, (dueInMs / 1000) * SPEED);
  // A rate of 24000/1001 makes segments of 4.004 s: six of them are not to become five.
  const lastFrame = timeline.borders[first]! + Math.ceil((seconds * rung.rate.n) / rung.rate.d) + 1;
  let length = 1;
  while (
    length < encoders &&
    first + length < segmentCount(timeline) &&
    timeline.borders[first + length + 1]! <= lastFrame
  )
    length += 1;
  return length;
}
