import type { SegmentSpan, Timeline } from "../../shared/media/timeline.ts";
import { report } from "../telemetry-scope.ts";
import { type Box, BoxError, childBox, hasBox, readBoxes } from "./boxes.ts";
import { readSampleTable, type SampleTable } from "./sample-table.ts";

/** FFmpeg's output, taken apart: the parts are views of it. */
export interface Fragment {
  /** `ftyp` and `moov`: the same for all segments of a rendition. */
  readonly init: Buffer;
  /** `moof` and `mdat`. */
  readonly media: Buffer;
}

/** What the plan says a fragment must be. */
export interface ExpectedFragment {
  readonly span: SegmentSpan;
  readonly timeline: Timeline;
  /** Of an I-frame a segment has one sample, as long as all the units of its span. */
  readonly kind: "video" | "audio" | "iframe";
}

/** FFmpeg made something else than was planned, whatever its exit code says. */
export class FragmentError extends Error {
  override readonly name: string = "FragmentError";
}

/**
 * Splits FFmpeg's output and checks it against the plan: box structure, no edit list, decode time, sample
 * count, even steps in decoding and in presentation, and that the first video sample alone is a sync sample.
 */
export function checkFragment(output: Buffer, expected: ExpectedFragment): Fragment {
  const begun = performance.now();
  let asPlanned = false;
  try {
    const { init, moof, mdat } = splitFragment(output);
    checkSamples(readSampleTable(moof), mdat, expected);
    asPlanned = true;
    return { init, media: Buffer.concat([moof.bytes, mdat.bytes]) };
  } catch (error) {
    if (!(error instanceof BoxError || error instanceof RangeError)) throw error;
    throw new FragmentError(error.message, { cause: error });
  } finally {
    report({ kind: "fragment-checked", asPlanned, ms: performance.now() - begun });
  }
}

/** The parts of an output of several fragments, each an output of its own with the init segment that they share. */
export function splitFragments(output: Buffer): Buffer[] {
  try {
    const boxes = readBoxes(output);
    const init = initSegment(boxes);
    const media = boxes.filter(({ type }) => type === "moof" || type === "mdat").map(({ bytes }) => bytes);
    return Array.from({ length: media.length >> 1 }, (_, k) =>
      Buffer.concat([init, ...media.slice(2 * k, 2 * k + 2)]),
    );
  } catch (error) {
    if (!(error instanceof BoxError)) throw error;
    throw new FragmentError(error.message, { cause: error });
  }
}

/** The parts of an output of one fragment; throws a BoxError where it is none. */
export function splitFragment(output: Buffer): {
  readonly init: Buffer;
  readonly moof: Box;
  readonly mdat: Box;
} {
  const boxes = readBoxes(output);
  const moof = boxes.filter((box) => box.type === "moof");
  if (moof.length !== 1) throw new BoxError(`${moof.length} fragments instead of 1`);
  return { init: initSegment(boxes), moof: moof[0]!, mdat: childBox(boxes, "mdat") };
}

/** The init segment alone, of an output whose samples don't matter. */
export function splitInit(output: Buffer): Buffer {
  try {
    return initSegment(readBoxes(output));
  } catch (error) {
    if (!(error instanceof BoxError)) throw error;
    throw new FragmentError(error.message, { cause: error });
  }
}

function initSegment(boxes: readonly Box[]): Buffer {
  const moov = childBox(boxes, "moov");
  const track = readBoxes(childBox(readBoxes(moov.body), "trak").body);
  if (hasBox(track, "edts")) throw new BoxError("an edit list in the init segment");
  return Buffer.concat([childBox(boxes, "ftyp").bytes, moov.bytes]);
}

function checkSamples(table: SampleTable, mdat: Box, { span, timeline, kind }: ExpectedFragment): void {
  const { compositionOffset } = timeline;
  const units = span.endUnit - span.firstUnit;
  const [count, ticks] =
    kind === "iframe" ? [1, units * timeline.ticksPerUnit] : [units, timeline.ticksPerUnit];
  if (table.sampleCount !== count) throw new BoxError(`${table.sampleCount} samples instead of ${count}`);
  if (table.decodeTime !== span.decodeTime) {
    throw new BoxError(`decode time ${table.decodeTime} instead of ${span.decodeTime}`);
  }
  if (table.sampleDurations.size !== 1 || !table.sampleDurations.has(ticks)) {
    throw new BoxError(`sample durations ${[...table.sampleDurations]} instead of ${ticks}`);
  }
  const start = span.decodeTime + compositionOffset;
  const shown = table.presentationTimes.toSorted((a, b) => a - b);
  if (shown.some((time, position) => time !== start + position * ticks)) {
    throw new BoxError(`presentation times ${shown.slice(0, 3)}… instead of ${ticks} apart from ${start}`);
  }
  if (table.size !== mdat.body.length)
    throw new BoxError(`${mdat.body.length} bytes for ${table.size} of samples`);
  if (kind !== "audio" && (table.syncSamples.length !== 1 || table.syncSamples[0] !== 0)) {
    throw new BoxError(`sync samples at ${table.syncSamples.slice(0, 5)} instead of the first alone`);
  }
}
