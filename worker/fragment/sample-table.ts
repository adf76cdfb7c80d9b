import { type Box, BoxError, childBox, readBoxes } from "./boxes.ts";

/** What a movie fragment says of its samples (ISO/IEC 14496-12 8.8). Times are ticks of the timescale. */
export interface SampleTable {
  readonly decodeTime: number;
  readonly sampleCount: number;
  /** Bytes of all samples. */
  readonly size: number;
  /** Positions of the sync samples. */
  readonly syncSamples: readonly number[];
  readonly sampleDurations: ReadonlySet<number>;
  /** Presentation times, in decoding order. */
  readonly presentationTimes: readonly number[];
}

const TFHD = { dataOffset: 1, description: 2, duration: 8, size: 0x10, flags: 0x20 };
const TRUN = {
  dataOffset: 1,
  firstFlags: 4,
  duration: 0x100,
  size: 0x200,
  flags: 0x400,
  compositionOffset: 0x800,
};
const NON_SYNC_SAMPLE = 0x10000;

/** Reads the one track fragment of a `moof` box. */
export function readSampleTable(moof: Box): SampleTable {
  const trafs = readBoxes(moof.body).filter((box) => box.type === "traf");
  if (trafs.length !== 1) throw new BoxError(`${trafs.length} track fragments`);
  const traf = readBoxes(trafs[0]!.body);
  const defaults = readDefaults(childBox(traf, "tfhd").body);
  const samples = traf.filter((box) => box.type === "trun").flatMap((box) => readRun(box.body, defaults));
  const decodeTime = readDecodeTime(childBox(traf, "tfdt").body);
  let time = decodeTime;
  const presentationTimes = samples.map((sample) => {
    time += sample.duration;
    return time - sample.duration + sample.compositionOffset;
  });
  return {
    decodeTime,
    sampleCount: samples.length,
    size: samples.reduce((sum, sample) => sum + sample.size, 0),
    syncSamples: samples.flatMap((sample, position) => (sample.flags & NON_SYNC_SAMPLE ? [] : [position])),
    sampleDurations: new Set(samples.map((sample) => sample.duration)),
    presentationTimes,
  };
}

interface Sample {
  readonly duration: number;
  readonly size: number;
  readonly flags: number;
  readonly compositionOffset: number;
}

function readDecodeTime(tfdt: Buffer): number {
  return tfdt.readUInt8(0) === 1 ? Number(tfdt.readBigUInt64BE(4)) : tfdt.readUInt32BE(4);
}

function readDefaults(tfhd: Buffer): Omit<Sample, "compositionOffset"> {
  const present = tfhd.readUInt32BE(0);
  let offset = 8 + (present & TFHD.dataOffset ? 8 : 0) + (present & TFHD.description ? 4 : 0);
  const next = (flag: number) => {
    if (!(present & flag)) return 0;
    offset += 4;
    return tfhd.readUInt32BE(offset - 4);
  };
  return { duration: next(TFHD.duration), size: next(TFHD.size), flags: next(TFHD.flags) };
}

function readRun(trun: Buffer, defaults: Omit<Sample, "compositionOffset">): Sample[] {
  const present = trun.readUInt32BE(0);
  const count = trun.readUInt32BE(4);
  let offset = 8 + (present & TRUN.dataOffset ? 4 : 0);
  const next = (flag: number, otherwise: number) => {
    if (!(present & flag)) return otherwise;
    offset += 4;
    return trun.readUInt32BE(offset - 4);
  };
  const firstFlags = next(TRUN.firstFlags, defaults.flags);
  return Array.from({ length: count }, (_, position) => {
    const duration = next(TRUN.duration, defaults.duration);
    const size = next(TRUN.size, defaults.size);
    const flags = next(TRUN.flags, position === 0 ? firstFlags : defaults.flags);
    // Signed in version 1, and never near the sign in version 0.
    const compositionOffset = next(TRUN.compositionOffset, 0) | 0;
    return { duration, size, flags, compositionOffset };
  });
}
