/** A reader of ISO base media files (ISO/IEC 14496-12) for tests, independent of the product's own code. */

export interface Box {
  readonly type: string;
  /** Offset of the header in the bytes that were given, and the length of header and body together. */
  readonly start: number;
  readonly size: number;
  /** The content after the header, a view into the same memory. */
  readonly body: Uint8Array;
}

/** The boxes that lie side by side in `bytes`; throws when one reaches past the end. */
export function readBoxes(bytes: Uint8Array): Box[] {
  const boxes: Box[] = [];
  const view = viewOf(bytes);
  let start = 0;
  while (start < bytes.length) {
    if (start + 8 > bytes.length) throw new Error(`box header cut off at byte ${start} of ${bytes.length}`);
    const short = view.getUint32(start);
    const type = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
    const header = short === 1 ? 16 : 8;
    const size =
      short === 1 ? Number(view.getBigUint64(start + 8)) : short === 0 ? bytes.length - start : short;
    if (size < header || start + size > bytes.length) {
      throw new Error(`box ${type} at byte ${start} says ${size} bytes, ${bytes.length - start} are left`);
    }
    boxes.push({ type, start, size, body: bytes.subarray(start + header, start + size) });
    start += size;
  }
  return boxes;
}

/** The first box at the end of a path such as `["moov", "trak", "mdia"]`. */
export function findBox(bytes: Uint8Array, path: readonly string[]): Box | undefined {
  const [type, ...rest] = path;
  const box = readBoxes(bytes).find((candidate) => candidate.type === type);
  return box && rest.length > 0 ? findBox(box.body, rest) : box;
}

/** The box at the end of a path; throws when it is missing. */
export function requireBox(bytes: Uint8Array, ...path: readonly string[]): Uint8Array {
  const box = findBox(bytes, path);
  if (!box) throw new Error(`no ${path.join("/")} box`);
  return box.body;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A track as an init segment (or a whole mp4) describes it. */
export interface Track {
  readonly id: number;
  /** Ticks in a second for every time of this track. */
  readonly timescale: number;
  /** "vide", "soun", … */
  readonly handler: string;
  /** The sample entry's type: "avc1", "mp4a", … */
  readonly codec: string;
  readonly hasEditList: boolean;
  /** What a fragment says nothing about (trex): ticks, bytes and sample flags; zeros in a whole mp4. */
  readonly defaults: SampleDefaults;
}

interface SampleDefaults {
  readonly duration: number;
  readonly size: number;
  readonly flags: number;
}

export interface Sample {
  /** Decode time, presentation time and duration in ticks of the track. */
  readonly dts: number;
  readonly pts: number;
  readonly duration: number;
  /** Length in bytes. */
  readonly size: number;
  readonly isSync: boolean;
}

/** One track's part of one moof. */
export interface Fragment {
  readonly sequenceNumber: number;
  readonly trackId: number;
  /** baseMediaDecodeTime in ticks; undefined when the moof lacks a tfdt. */
  readonly tfdt: number | undefined;
  readonly samples: readonly Sample[];
}

/** The tracks of an init segment, in file order. */
export function readInit(init: Uint8Array): Track[] {
  const moov = requireBox(init, "moov");
  const mvex = findBox(moov, ["mvex"]);
  const trexes = mvex ? readBoxes(mvex.body).filter((box) => box.type === "trex") : [];
  return readBoxes(moov)
    .filter((box) => box.type === "trak")
    .map((track) => readTrack(track.body, trexes));
}

function readTrack(track: Uint8Array, trexes: readonly Box[]): Track {
  const tkhd = requireBox(track, "tkhd");
  const mdhd = requireBox(track, "mdia", "mdhd");
  const stsd = requireBox(track, "mdia", "minf", "stbl", "stsd");
  // Version 1 has 64-bit creation and modification times before the field in question.
  const id = viewOf(tkhd).getUint32(tkhd[0] === 1 ? 20 : 12);
  const trex = trexes.map((box) => viewOf(box.body)).find((view) => view.getUint32(4) === id);
  return {
    id,
    timescale: viewOf(mdhd).getUint32(mdhd[0] === 1 ? 20 : 12),
    handler: fourCharacters(requireBox(track, "mdia", "hdlr"), 8),
    codec: fourCharacters(stsd, 12),
    hasEditList: findBox(track, ["edts", "elst"]) !== undefined,
    defaults: trex
      ? { duration: trex.getUint32(12), size: trex.getUint32(16), flags: trex.getUint32(20) }
      : { duration: 0, size: 0, flags: 0 },
  };
}

/** The fragments of one or more media segments in file order; `tracks` come from their init segment. */
export function readFragments(media: Uint8Array, tracks: readonly Track[]): Fragment[] {
  return readBoxes(media)
    .filter((box) => box.type === "moof")
    .flatMap((moof) => {
      const sequenceNumber = viewOf(requireBox(moof.body, "mfhd")).getUint32(4);
      const trafs = readBoxes(moof.body).filter((box) => box.type === "traf");
      return trafs.map((traf) => readTrackFragment(traf.body, sequenceNumber, tracks));
    });
}

function readTrackFragment(traf: Uint8Array, sequenceNumber: number, tracks: readonly Track[]): Fragment {
  const header = fieldsOf(requireBox(traf, "tfhd"));
  const trackId = header.next();
  const track = tracks.find((candidate) => candidate.id === trackId);
  if (!track)
    throw new Error(`fragment ${sequenceNumber} is of track ${trackId}, which the init segment lacks`);
  // Optional fields of tfhd in the order of ISO/IEC 14496-12, 8.8.7.
  if (header.has(0x01)) header.skip(8);
  if (header.has(0x02)) header.skip(4);
  const defaults: SampleDefaults = {
    duration: header.has(0x08) ? header.next() : track.defaults.duration,
    size: header.has(0x10) ? header.next() : track.defaults.size,
    flags: header.has(0x20) ? header.next() : track.defaults.flags,
  };
  const time = findBox(traf, ["tfdt"])?.body;
  const tfdt = time && (time[0] === 1 ? Number(viewOf(time).getBigUint64(4)) : viewOf(time).getUint32(4));
  const samples: Sample[] = [];
  for (const run of readBoxes(traf).filter((box) => box.type === "trun")) {
    const last = samples.at(-1);
    samples.push(...readRun(run.body, last ? last.dts + last.duration : (tfdt ?? 0), defaults));
  }
  return { sequenceNumber, trackId, tfdt, samples };
}

/** One trun (8.8.8): `dts` is the decode time of its first sample in ticks. */
function readRun(run: Uint8Array, dts: number, defaults: SampleDefaults): Sample[] {
  const fields = fieldsOf(run);
  const count = fields.next();
  if (fields.has(0x01)) fields.skip(4);
  const firstFlags = fields.has(0x04) ? fields.next() : undefined;
  const samples: Sample[] = [];
  for (let index = 0; index < count; index++) {
    const duration = fields.has(0x100) ? fields.next() : defaults.duration;
    const size = fields.has(0x200) ? fields.next() : defaults.size;
    const ownFlags = fields.has(0x400) ? fields.next() : defaults.flags;
    const flags = index === 0 && firstFlags !== undefined ? firstFlags : ownFlags;
    // Signed in version 1 only.
    const offset = fields.has(0x800) ? (run[0] === 0 ? fields.next() : fields.next() | 0) : 0;
    // sample_is_non_sync_sample
    samples.push({ dts, pts: dts + offset, duration, size, isSync: (flags & 0x10000) === 0 });
    dts += duration;
  }
  return samples;
}

/** Reads 32-bit fields one after another behind a full box's version and flags. */
function fieldsOf(fullBox: Uint8Array) {
  const view = viewOf(fullBox);
  const flags = view.getUint32(0) & 0xffffff;
  let at = 4;
  return {
    has: (flag: number): boolean => (flags & flag) !== 0,
    next: (): number => {
      at += 4;
      return view.getUint32(at - 4);
    },
    skip: (bytes: number): void => {
      at += bytes;
    },
  };
}

function fourCharacters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
