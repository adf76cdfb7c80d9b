import {
  findBox,
  readBoxes,
  readFragments,
  readInit,
  requireBox,
  type Sample,
  type Track,
  viewOf,
} from "./iso-bmff.ts";
import { readSampleEntry, type SampleEntry } from "./sample-entry.ts";
import { mostCommon, type TrackSpan } from "./track-span.ts";

/** An init segment, read. */
export interface InitSegment {
  readonly tracks: readonly (Track & SampleEntry & { readonly editShift: number })[];
}

/** A segment speaks of a track that its init segment lacks. */
export class InitMismatchError extends Error {
  override readonly name = "InitMismatchError";
}

const BOX_TYPES = /^(styp|ftyp|moof|moov|sidx|prft|emsg|free|mdat)$/;
const KINDS: Readonly<Record<string, TrackSpan["kind"]>> = { vide: "video", soun: "audio" };

/** Whether bytes look like a file of boxes. */
export function isFmp4(bytes: Uint8Array): boolean {
  return bytes.length > 8 && BOX_TYPES.test(String.fromCharCode(...bytes.subarray(4, 8)));
}

/** @throws Error where it is none. */
export function readInitSegment(init: Uint8Array): InitSegment {
  const traks = readBoxes(requireBox(init, "moov")).filter(({ type }) => type === "trak");
  const tracks = readInit(init).map((track, position) => {
    const trak = traks[position]!.body;
    const entry = readSampleEntry(requireBox(trak, "mdia", "minf", "stbl", "stsd"), track.handler);
    return { ...track, ...entry, editShift: editShift(trak) };
  });
  if (tracks.length === 0) throw new Error("it has no track");
  return { tracks };
}

/** @throws Error where it can't be read; InitMismatchError where it is of another init segment. */
export function readFmp4(media: Uint8Array, init: InitSegment): readonly TrackSpan[] {
  requireKnownTracks(media, init);
  const fragments = readFragments(media, init.tracks);
  if (fragments.length === 0) throw new Error("it has no fragment (moof)");
  return init.tracks.flatMap((track) => {
    const own = fragments.filter(({ trackId }) => trackId === track.id);
    const samples = own.flatMap((fragment) => fragment.samples);
    return samples.length > 0 ? [describe(track, own[0]!.tfdt, samples)] : [];
  });
}

function describe(
  track: InitSegment["tracks"][number],
  decodeStart: number | undefined,
  samples: readonly Sample[],
): TrackSpan {
  const last = samples.at(-1)!;
  return {
    id: track.id,
    kind: KINDS[track.handler] ?? "other",
    codec: track.codec,
    timescale: track.timescale,
    decodeStart,
    decodeEnd: last.dts + last.duration,
    presentationStart:
      samples.reduce((least, { pts }) => Math.min(least, pts), Number.POSITIVE_INFINITY) - track.editShift,
    sampleCount: samples.length,
    sampleTicks: mostCommon(samples.map(({ duration }) => duration)),
    beginsWithSync: samples[0]!.isSync,
    isExact: true,
    ...(track.width && { width: track.width, height: track.height }),
  };
}

function requireKnownTracks(media: Uint8Array, { tracks }: InitSegment): void {
  for (const moof of readBoxes(media).filter(({ type }) => type === "moof")) {
    for (const traf of readBoxes(moof.body).filter(({ type }) => type === "traf")) {
      const id = viewOf(requireBox(traf.body, "tfhd")).getUint32(4);
      if (!tracks.some((track) => track.id === id))
        throw new InitMismatchError(
          `track ${id}, where its init segment has ${tracks.map((track) => track.id)}`,
        );
    }
  }
}

/** By how much an edit list moves a track's media to an earlier time, ticks (ISO/IEC 14496-12 8.6.6). */
function editShift(trak: Uint8Array): number {
  const elst = findBox(trak, ["edts", "elst"])?.body;
  if (!elst) return 0;
  const view = viewOf(elst);
  const isLong = elst[0] === 1;
  const size = isLong ? 20 : 12;
  for (let entry = 0; entry < view.getUint32(4); entry++) {
    const at = 8 + entry * size;
    const mediaTime = isLong ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4);
    // An empty edit says -1.
    if (mediaTime >= 0) return mediaTime;
  }
  return 0;
}
