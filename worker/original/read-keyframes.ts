import type { EncodedPacket, InputVideoTrack } from "mediabunny";
import type { OpenPicture } from "./open-picture.ts";
import type { Keyframes } from "./packet-requests.ts";
import { openRangeFile } from "./range-file.ts";
import { readCues } from "./read-cues.ts";

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
  const { track, family, mimeType } = picture;
  const timescale = await track.getTimeResolution();
  const codec = await codecOf(track);
  const isMatroska = /matroska|webm/.test(mimeType);
  const indexed = isMatroska ? await indexedKeyframes(picture, timescale) : undefined;
  if (!indexed && indexedOnly && !/mp4|quicktime/.test(mimeType))
    throw new Error("It has no index of keyframes.");
  return { family, timescale, codec, ...(indexed ?? (await allKeyframes(picture, timescale))) };
}

type Found = Omit<Keyframes, "family" | "timescale" | "codec">;

/** Parameter sets stand in the init segment alone: `hvc1`, not `hev1`. */
async function codecOf(track: InputVideoTrack): Promise<string | undefined> {
  return (await track.getCodecParameterString())?.replace(/^hev1/, "hvc1").replace(/^avc3/, "avc1");
}

/** From a Matroska file's Cues; undefined where it has none, or where they are not true. */
async function indexedKeyframes(picture: OpenPicture, timescale: number): Promise<Found | undefined> {
  const file = await openRangeFile(picture.inputUrl);
  try {
    const cues = await readCues(file, picture.track.id);
    if (cues.length === 0) return undefined;
    const times = cues.map(({ time }) => time);
    const leading = await Promise.all(samplesOf(times).map((time) => checkPoint(picture, time, timescale)));
    if (leading.includes("not-there")) return undefined;
    return {
      times,
      bytesBefore: cues.map(({ position }) => position),
      totalBytes: file.size,
      end: undefined,
      isOpen: leading.includes("open"),
    };
  } finally {
    await file.close();
  }
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
async function allKeyframes({ packets }: OpenPicture, timescale: number): Promise<Found> {
  const times: number[] = [];
  const bytesBefore: number[] = [];
  let totalBytes = 0;
  let end = 0;
  let isOpen = false;
  for await (const packet of packets.packets(undefined, undefined, LOOK)) {
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
