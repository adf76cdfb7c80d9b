/** One packet of a copied picture. Times are ticks of the media's clock. */
export interface CopiedSample {
  readonly decodeTime: number;
  readonly presentationTime: number;
  readonly isSync: boolean;
  readonly size: number;
}

/** ISO/IEC 14496-12 8.8.3.1: others depend on it or it depends on others; and whether decoding may begin there. */
const SYNC_SAMPLE = 0x0200_0000;
const DEPENDENT_SAMPLE = 0x0101_0000;
/** tfhd: default-base-is-moof. trun: data offset, durations, sizes, flags and composition offsets. */
const TFHD_FLAGS = 0x02_0000;
const TRUN_FLAGS = 0x01 | 0x100 | 0x200 | 0x400 | 0x800;
const TRACK_ID = 1;

/**
 * A `moof` and its `mdat` (ISO/IEC 14496-12 8.8) around packets that are copied as they are.
 * @param end when the next segment's first packet is decoded.
 * @param data of all samples, one after the other.
 */
export function movieFragment(
  sequence: number,
  samples: readonly CopiedSample[],
  end: number,
  data: Uint8Array,
): Buffer {
  const durations = samples.map(({ decodeTime }, k) =>
    Math.max(1, (samples[k + 1]?.decodeTime ?? end) - decodeTime),
  );
  const runs = samples.map(({ decodeTime, presentationTime, isSync, size }, k) =>
    words(durations[k]!, size, isSync ? SYNC_SAMPLE : DEPENDENT_SAMPLE, presentationTime - decodeTime),
  );
  const trun = (dataOffset: number) =>
    fullBox("trun", 1, TRUN_FLAGS, words(samples.length, dataOffset), ...runs);
  const moof = (dataOffset: number) =>
    box(
      "moof",
      fullBox("mfhd", 0, 0, words(sequence)),
      box(
        "traf",
        fullBox("tfhd", 0, TFHD_FLAGS, words(TRACK_ID)),
        fullBox("tfdt", 1, 0, longWord(samples[0]!.decodeTime)),
        trun(dataOffset),
      ),
    );
  const headerLength = moof(0).length + 8;
  return Buffer.concat([moof(headerLength), words(8 + data.length), Buffer.from("mdat", "latin1"), data]);
}

function box(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 8);
  return Buffer.concat([words(length), Buffer.from(type, "latin1"), ...parts]);
}

function fullBox(type: string, version: number, flags: number, ...parts: readonly Uint8Array[]): Buffer {
  return box(type, words(version * 2 ** 24 + flags), ...parts);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [k, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, 4 * k);
  return bytes;
}

function longWord(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
