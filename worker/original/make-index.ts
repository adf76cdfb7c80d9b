import { copyBorders } from "../../shared/media/copy-borders.ts";
import { notCopied, ORIGINAL_INDEX, type OriginalIndex, originalRate } from "../../shared/media/original.ts";
import { clockZero, type SourceInfo } from "../../shared/media/source-info.ts";
import { multiply, type Rational, rational, round, subtract, toNumber } from "../../shared/rational.ts";
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
/** Millisecond clocks have media times of finer ticks, so that the shift that all renditions share is exact to 10 µs. */
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
  const { codec, isOpen } = keyframes;
  const finer = keyframes.timescale < COARSE_TIMESCALE ? FINER : 1;
  const timescale = keyframes.timescale * finer;
  if (!Number.isSafeInteger(timescale) || timescale < 1 || timescale > LARGEST_TIMESCALE)
    return unavailable("Its clock has ticks that MP4 can't count.");
  if (!codec) return unavailable("It does not say which profile of its codec it is in.");
  const zero = clockZero(source);
  const seconds = (ticks: number) => ticks / timescale;
  const ticksOf = (time: Rational) => round(multiply(time, rational(timescale)));
  const times = [...new Set(keyframes.times)]
    .sort((a, b) => a - b)
    .map((time) => time * finer - ticksOf(zero));
  const end = ticksOf(subtract(video.end, zero));
  const rate = originalRate(video);
  const frame = 1 / toNumber(rate);
  if (times.length === 0 || Math.abs(seconds(times[0]!)) > START_TOLERANCE)
    return unavailable("Its first picture is no keyframe: there is no clean start.");
  const packetEnd = keyframes.end === undefined ? end : keyframes.end * finer - ticksOf(zero);
  if (Math.abs(seconds(packetEnd - end)) > END_TOLERANCE * frame)
    return unavailable("Its index and its packets disagree about where it ends.");
  const cuts = [0, ...times.slice(1).filter((time) => time < end - 1)];
  const borders = copyBorders(cuts, end, Math.round(segmentSeconds * timescale), timescale);
  const bytes = segmentBytes(borders, times, keyframes);
  const longest = Math.max(...borders.slice(1).map((border, k) => seconds(border - borders[k]!)));
  if (longest > LONGEST_SEGMENT_SECONDS)
    return unavailable(
      `Its keyframes lie up to ${Math.round(longest)} seconds apart: seeking would take too long.`,
    );
  if (Math.max(...bytes) > MOST_SEGMENT_BYTES)
    return unavailable("Between its keyframes lies more than a segment may have.");
  return {
    ...{ kind: "copied", codec, timescale, ticksPerSourceTick: finer, borders, bytes },
    isIndependent: !isOpen,
    reorderTicks: ticksOf(multiply(rational(video.reorderFrames), rational(rate.d, rate.n))),
  };
}

function segmentBytes(
  borders: readonly number[],
  times: readonly number[],
  { bytesBefore, totalBytes }: Keyframes,
): readonly number[] {
  const places = borders.slice(0, -1).map((border, k) => (k === 0 ? 0 : times.indexOf(border)));
  return places.map((place, k) => {
    const next = places[k + 1];
    return Math.max(0, (next === undefined ? totalBytes : bytesBefore[next]!) - bytesBefore[place]!);
  });
}

function unavailable(reason: string): OriginalIndex {
  return { kind: "unavailable", reason };
}
