import { parseCuts } from "../../shared/media/copied-cuts.ts";
import { copyBorders } from "../../shared/media/copy-borders.ts";
import { outputRate } from "../../shared/media/ladder.ts";
import {
  mediaTicks,
  notCopied,
  ORIGINAL_INDEX,
  type OriginalClock,
  type OriginalIndex,
  originalRate,
} from "../../shared/media/original.ts";
import { clockZero, type SourceInfo, type VideoTrack } from "../../shared/media/source-info.ts";
import { plannedCopy } from "../../shared/media/timeline.ts";
import { divide, multiply, rational, round, subtract, toNumber } from "../../shared/rational.ts";
import type { AssetMaker, MadeAsset } from "../assets/asset-maker.ts";
import type { Keyframes } from "./packet-requests.ts";
import { PacketError, type PacketThreads } from "./packet-threads.ts";

/** In FFmpeg's names. */
const CONTAINERS = /^(?:mov,|matroska|mpegts$)/;
/** All of a file may have to be read. */
const TIMEOUT_MS = 600_000;
/** Whoever seeks decodes from a keyframe on, and fetches from there. */
const LONGEST_SEGMENT_SECONDS = 30;
/** A segment is kept in memory while it is made. */
export const MOST_SEGMENT_BYTES = 160 * 2 ** 20;
/** How far a rate may be from the grid's, as a share of it. */
const GRID_TOLERANCE = 0.0005;
const COARSE_TIMESCALE = 10_000;
const FINER = 90;
const LARGEST_TIMESCALE = 2 ** 31 - 1;
/** How far the keyframe that begins the film may lie from its first picture. */
const START_TOLERANCE = 0.0015;
/** How far the last packet's end may lie from what the probe found, in frames. */
const END_TOLERANCE = 2;

/** Looks up where the original picture can be cut, or why it can't be offered. */
export const makeOriginalIndex: AssetMaker = async (
  _,
  { inputUrl, source, title },
  { signal },
  { packets },
) => [asAsset(await findIndex(inputUrl, source, title.options.segmentSeconds, packets, signal))];

export function asAsset(index: OriginalIndex): MadeAsset {
  return { name: ORIGINAL_INDEX, bytes: new TextEncoder().encode(JSON.stringify(index)) };
}

async function findIndex(
  inputUrl: string,
  source: SourceInfo,
  segmentSeconds: number,
  packets: PacketThreads,
  signal: AbortSignal,
): Promise<OriginalIndex> {
  if (!source.video) return unavailable("There is no picture.");
  const reason = notCopied(source.video);
  if (reason) return unavailable(reason);
  if (!CONTAINERS.test(source.format))
    return unavailable(`A film in ${source.format} can't be cut without encoding it.`);
  try {
    const request = { kind: "keyframes", inputUrl, codec: source.video.codec, indexedOnly: false } as const;
    const keyframes = await packets.ask<"keyframes">(request, { signal, timeoutMs: TIMEOUT_MS });
    return planIndex(source, keyframes, segmentSeconds);
  } catch (error) {
    if (error instanceof PacketError) return unavailable(error.message);
    throw error;
  }
}

/** What the keyframes of a source make possible. */
export function planIndex(source: SourceInfo, keyframes: Keyframes, segmentSeconds: number): OriginalIndex {
  const video = source.video!;
  const never = notCopied(video);
  if (never !== undefined) return unavailable(never);
  const { codec, isOpen } = keyframes;
  const clock = originalClock(video, keyframes.timescale);
  if (!clock) return unavailable("Its clock has ticks that MP4 can't count.");
  if (!codec) return unavailable("It does not say which profile of its codec it is in.");
  const zero = round(multiply(clockZero(source), rational(clock.sourceTimescale)));
  const seconds = (ticks: number) => ticks / clock.timescale;
  const keys = [
    ...new Map(keyframes.times.map((time, place) => [mediaTicks(clock, time - zero), place])),
  ].sort(([a], [b]) => a - b);
  // A whole step, as the rungs end.
  const steps = rational(clock.timescale, clock.step);
  const end = clock.step * Math.max(1, round(multiply(subtract(video.end, clockZero(source)), steps)));
  const firstOff = ((keyframes.times[keys[0]?.[1] ?? 0] ?? Infinity) - zero) / clock.sourceTimescale;
  if (Math.abs(firstOff) > START_TOLERANCE)
    return unavailable("Its first picture is no keyframe: there is no clean start.");
  const rate = originalRate(video);
  const packetEnd = keyframes.end === undefined ? end : mediaTicks(clock, keyframes.end - zero);
  if (Math.abs(seconds(packetEnd - end)) > END_TOLERANCE / toNumber(rate))
    return unavailable("Its index and its packets disagree about where it ends.");
  const places = new Map(keys);
  const times = [0, ...keys.map(([time]) => time).filter((time) => time > 0 && time < end - clock.step)];
  const borders = copyBorders(times, end, Math.round(segmentSeconds * clock.timescale), clock.timescale);
  const cutPlaces = borders.slice(0, -1).map((border) => places.get(border) ?? keys[0]![1]);
  const bytes = segmentBytes(cutPlaces, keyframes);
  const longest = Math.max(...borders.slice(1).map((border, k) => seconds(border - borders[k]!)));
  if (longest > LONGEST_SEGMENT_SECONDS)
    return unavailable(
      `Its keyframes lie up to ${Math.round(longest)} seconds apart: seeking would take too long.`,
    );
  if (Math.max(...bytes) > MOST_SEGMENT_BYTES)
    return unavailable("Between its keyframes lies more than a segment may have.");
  if (!isCutAsPlanned(source, borders, clock, segmentSeconds))
    return unavailable("Its keyframes are not where they were found before.");
  return {
    ...{ kind: "copied", codec, clock, borders, bytes, isIndependent: !isOpen },
    cuts: cutPlaces.map((place) => keyframes.times[place]!),
    reorderTicks: Math.round((video.reorderFrames * clock.timescale) / toNumber(rate)),
  };
}

/** Where the picture is a variant beside the rungs they are cut where it was to be cut. */
function isCutAsPlanned(
  source: SourceInfo,
  borders: readonly number[],
  { step }: OriginalClock,
  segmentSeconds: number,
): boolean {
  const copy = plannedCopy(source, segmentSeconds);
  const cuts = copy && parseCuts(copy.cuts);
  return !cuts || (cuts.length === borders.length - 1 && cuts.every((cut, k) => cut * step === borders[k]));
}

/**
 * The rungs' own clock where the picture lies on their grid, else one as fine as the file's. (Where two qualities
 * count in different ticks, hls.js puts what follows a change two frames late.) Millisecond clocks get finer ticks,
 * so that the shift that all renditions share is exact to 10 µs.
 */
function originalClock(video: VideoTrack, sourceTimescale: number): OriginalClock | undefined {
  const rate = outputRate(video);
  const ratio = toNumber(divide(video.baseRate, rate));
  if (Math.abs(ratio - 1) < GRID_TOLERANCE) return { sourceTimescale, timescale: rate.n, step: rate.d };
  const timescale = sourceTimescale < COARSE_TIMESCALE ? FINER * sourceTimescale : sourceTimescale;
  const counts = Number.isSafeInteger(timescale) && timescale >= 1 && timescale <= LARGEST_TIMESCALE;
  return counts ? { sourceTimescale, timescale, step: 1 } : undefined;
}

function segmentBytes(places: readonly number[], { bytesBefore, totalBytes }: Keyframes): readonly number[] {
  return places.map((place, k) => {
    const next = places[k + 1];
    return Math.max(0, (next === undefined ? totalBytes : bytesBefore[next]!) - bytesBefore[place]!);
  });
}

function unavailable(reason: string): OriginalIndex {
  return { kind: "unavailable", reason };
}
