import type { EncodedPacket, InputVideoTrack } from "mediabunny";
import type { OpenPicture } from "./open-picture.ts";
import type { Keyframes } from "./packet-requests.ts";
import { openRangeFile, type RangeFile } from "./range-file.ts";
import { readCues } from "./read-cues.ts";
import { bytesBeforeSamples } from "./sample-sizes.ts";

const LOOK = { metadataOnly: true } as const;
/** Places in an index of keyframes that are checked against the packets. */
const CHECKED_POINTS = 5;
/** Packets after a keyframe that could be shown before it. */
const LEADING_PACKETS = 16;

/** Where a picture can be cut: from the file's index where it has one, else by reading all of it. */
export async function readKeyframes(
  picture: OpenPicture,
  { indexedOnly }: { readonly indexedOnly: boolean },
): Promise<Keyframes> {
  const { track, family } = picture;
  const timescale = await track.getTimeResolution();
  const codec = await codecOf(track);
  const indexed = await indexedKeyframes(picture, timescale);
  if (!indexed && indexedOnly) throw new Error("It has no index of keyframes.");
  return { family, timescale, codec, ...(indexed ?? (await allKeyframes(picture, timescale))) };
}

type Found = Omit<Keyframes, "family" | "timescale" | "codec">;

/** Parameter sets stand in the init segment alone: `hvc1`, not `hev1`. */
async function codecOf(track: InputVideoTrack): Promise<string | undefined> {
  return (await track.getCodecParameterString())?.replace(/^hev1/, "hvc1").replace(/^avc3/, "avc1");
}

/** From a file's own index; undefined where it has none, or where that is not true. */
async function indexedKeyframes(picture: OpenPicture, timescale: number): Promise<Found | undefined> {
  const file = await openRangeFile(picture.inputUrl);
  try {
    const index = /matroska|webm/.test(picture.mimeType)
      ? await fromCues(picture, file)
      : await fromSampleTable(picture, file, timescale);
    if (!index || index.times.length === 0) return undefined;
    const checks = samplesOf(index.times).map((time) => checkPoint(picture, time, timescale));
    const leading = await Promise.all(checks);
    if (leading.includes("not-there")) return undefined;
    return { ...index, end: undefined, isOpen: leading.includes("open") };
  } finally {
    await file.close();
  }
}

type Index = Pick<Keyframes, "times" | "bytesBefore" | "totalBytes">;

/** Matroska's says where clusters begin, which hold all tracks. */
async function fromCues({ track }: OpenPicture, file: RangeFile): Promise<Index> {
  const cues = await readCues(file, track.id);
  const bytesBefore = cues.map(({ position }) => position);
  return { times: cues.map(({ time }) => time), bytesBefore, totalBytes: file.size };
}

async function fromSampleTable(
  { track, packets }: OpenPicture,
  file: RangeFile,
  timescale: number,
): Promise<Index | undefined> {
  const before = await bytesBeforeSamples(file, track.id);
  if (!before) return undefined;
  const keys: EncodedPacket[] = [];
  for (let key = await packets.getFirstKeyPacket(LOOK); key; key = await packets.getNextKeyPacket(key, LOOK))
    keys.push(key);
  // In a file without fragments a packet's number is its sample's.
  const bytesBefore = keys.map(({ sequenceNumber }) => before[sequenceNumber] ?? Number.NaN);
  if (bytesBefore.some(Number.isNaN)) return undefined;
  const times = keys.map(({ timestamp }) => Math.round(timestamp * timescale));
  return { times, bytesBefore, totalBytes: before.at(-1)! };
}

function samplesOf(times: readonly number[]): number[] {
  const last = times.length - 1;
  const places = Array.from({ length: CHECKED_POINTS }, (_, k) =>
    Math.round((k * last) / (CHECKED_POINTS - 1)),
  );
  return [...new Set(places)].map((place) => times[place]!);
}

/** Whether a keyframe is where an index says, and whether what follows it needs what came before. */
async function checkPoint(
  { packets }: OpenPicture,
  time: number,
  timescale: number,
): Promise<"not-there" | "open" | "closed"> {
  const key = await packets.getKeyPacket((time + 0.5) / timescale, LOOK);
  if (!key || Math.round(key.timestamp * timescale) !== time) return "not-there";
  let packet: EncodedPacket | null = key;
  for (let count = 0; count < LEADING_PACKETS; count++) {
    packet = await packets.getNextPacket(packet, LOOK);
    if (!packet || packet.type === "key") break;
    if (packet.timestamp < key.timestamp) return "open";
  }
  return "closed";
}

/** From all packets: an MP4 has them in its index, of others the whole file is read. */
async function allKeyframes(picture: OpenPicture, timescale: number): Promise<Found> {
  const times: number[] = [];
  const bytesBefore: number[] = [];
  let totalBytes = 0;
  let end = 0;
  let isOpen = false;
  for await (const packet of picture.from(undefined, LOOK)) {
    const time = Math.round(packet.timestamp * timescale);
    if (packet.type === "key") {
      times.push(time);
      bytesBefore.push(totalBytes);
    } else if (times.length > 1 && time < times.at(-1)!) isOpen = true;
    // What stands before the first keyframe can't be decoded.
    if (times.length === 0) continue;
    totalBytes += packet.byteLength;
    end = Math.max(end, time + Math.round(packet.duration * timescale));
  }
  return { times, bytesBefore, totalBytes, end, isOpen };
}
