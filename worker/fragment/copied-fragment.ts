import type { SegmentSpan, Timeline } from "../../shared/media/timeline.ts";
import { type Box, BoxError, childBox, readBoxes } from "./boxes.ts";
import { type Fragment, FragmentError, splitFragment } from "./fragment.ts";
import { readSampleTable, type SampleTable } from "./sample-table.ts";

export interface ExpectedCopy {
  readonly span: SegmentSpan;
  readonly timeline: Timeline;
  /** Added to the decode time that FFmpeg wrote, ticks. */
  readonly clockShift: number;
  /** Whether packets may be missing, as they are where the source has a gap. */
  readonly mayHaveGaps: boolean;
}

/**
 * Takes a copied fragment apart and puts it on the title's clock. Packets lie where the source has them, so the
 * check is that each belongs into the segment: it begins nearer to one of the segment's units than to any other's.
 */
export function checkCopy(output: Buffer, expected: ExpectedCopy): Fragment {
  try {
    const { init, moof, mdat } = splitFragment(output);
    const moved = moveDecodeTime(moof, expected.clockShift);
    checkPackets(readSampleTable(childBox(readBoxes(moved), "moof")), mdat, expected);
    return { init, media: Buffer.concat([moved, mdat.bytes]) };
  } catch (error) {
    if (!(error instanceof BoxError || error instanceof RangeError)) throw error;
    throw new FragmentError(error.message, { cause: error });
  }
}

/** The `moof` with another `tfdt` (ISO/IEC 14496-12 8.8.12), which has the same size. */
function moveDecodeTime(moof: Box, shift: number): Buffer {
  const moved = Buffer.from(moof.bytes);
  const traf = childBox(readBoxes(moved.subarray(moof.bytes.length - moof.body.length)), "traf");
  const { body } = childBox(readBoxes(traf.body), "tfdt");
  if (body.readUInt8(0) === 1) body.writeBigUInt64BE(body.readBigUInt64BE(4) + BigInt(shift), 4);
  else body.writeUInt32BE(body.readUInt32BE(4) + shift, 4);
  return moved;
}

function checkPackets(table: SampleTable, mdat: Box, { span, timeline, mayHaveGaps }: ExpectedCopy): void {
  const { ticksPerUnit } = timeline;
  const count = span.endUnit - span.firstUnit;
  if (table.sampleCount !== count && !mayHaveGaps) {
    throw new BoxError(`${table.sampleCount} packets instead of ${count}`);
  }
  const from = span.decodeTime - ticksPerUnit / 2;
  const to = from + count * ticksPerUnit;
  const times = table.presentationTimes;
  // A tick to each side: FFmpeg rounds the microseconds of a cut.
  if (times[0]! < from - 1 || times.at(-1)! > to + 1) {
    throw new BoxError(`packets from ${times[0]} to ${times.at(-1)} instead of within ${from} to ${to}`);
  }
  if (times.some((time, position) => position > 0 && time - times[position - 1]! < ticksPerUnit / 2)) {
    throw new BoxError("packets on top of each other");
  }
  if (table.size !== mdat.body.length) {
    throw new BoxError(`${mdat.body.length} bytes for ${table.size} of packets`);
  }
}
