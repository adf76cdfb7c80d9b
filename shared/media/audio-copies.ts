import {
  add,
  ceil,
  compare,
  divide,
  floor,
  multiply,
  type Rational,
  rational,
  round,
  subtract,
  toNumber,
  ZERO,
} from "../rational.ts";
import type { AudioRendition } from "./ladder.ts";
import { type AudioTrack, clockZero, type SourceInfo } from "./source-info.ts";
import { appendOverhang, presentationStart, type Timeline } from "./timeline.ts";

/** Samples of an AC-3 packet, and of nearly every E-AC-3 packet (ETSI TS 102 366: six blocks of 256). */
export const AC3_PACKET_SAMPLES = 1536;
/** Where the file says nothing: the most that AC-3 has, and about the most that is used of E-AC-3. */
const UNKNOWN_BITRATE = { ac3: 640_000, eac3: 1_024_000 };
/** AC-3 is constant, but for a packet more or less in a short segment, and boxes. E-AC-3 may vary. */
const PEAK_FACTOR = { ac3: 1.25, eac3: 2 };

/** A track whose packets are served as they are. */
export interface AudioCopy {
  readonly rendition: AudioRendition;
  /** Its units are packets, its decode times begin where the first one really does. */
  readonly timeline: Timeline;
}

/**
 * The tracks that can be served as they are: AC-3 and E-AC-3 that begin with the picture. What begins later would
 * need something to play until then, and where nothing is known of the end there is no plan to make. (Sound without a
 * picture has no groups but variants, and players such as GStreamer can't change to one in another codec.)
 */
export function audioCopies(
  source: SourceInfo,
  picture: Timeline,
  segmentSeconds: number,
): readonly AudioCopy[] {
  return source.audio.flatMap((track, position) => {
    const { codec, sampleRate, channels, bitrate } = track;
    if (codec !== "ac3" && codec !== "eac3") return [];
    if (!hasEvenPackets(track)) return [];
    const firstPacket = findFirstPacket(source, track, presentationStart(picture));
    const timeline = firstPacket && copyTimeline(source, track, firstPacket, picture, segmentSeconds);
    if (!timeline) return [];
    const averageBitrate = bitrate ?? UNKNOWN_BITRATE[codec];
    const peakBitrate = Math.round(averageBitrate * PEAK_FACTOR[codec]);
    const id = `d${position}`;
    const rendition: AudioRendition = {
      ...{ id, track, codec, firstPacket, sampleRate, channels },
      ...{ averageBitrate, peakBitrate },
    };
    return [{ rendition, timeline }];
  });
}

function copyTimeline(
  source: SourceInfo,
  track: AudioTrack,
  start: Rational,
  picture: Timeline,
  segmentSeconds: number,
): Timeline | undefined {
  if (!track.end) return undefined;
  const length = rational(AC3_PACKET_SAMPLES, track.sampleRate);
  const packets = round(divide(subtract(track.end, start), length));
  if (packets < 1) return undefined;
  const onClock = subtract(start, clockZero(source));
  const rate = divide(rational(1), length);
  return {
    rate,
    timescale: track.sampleRate,
    ticksPerUnit: AC3_PACKET_SAMPLES,
    borders: followPicture(picture, onClock, rate, packets, segmentSeconds),
    decodeOffset: round(multiply(add(presentationStart(picture), onClock), rational(track.sampleRate))),
    compositionOffset: 0,
  };
}

/** Whether every packet lasts a whole number of ticks, so that time stamps say exactly where each one lies. */
function hasEvenPackets({ packetGrid, sampleRate, tick }: AudioTrack): boolean {
  const ticks = divide(rational(AC3_PACKET_SAMPLES, sampleRate), tick);
  return packetGrid?.samples === AC3_PACKET_SAMPLES && ticks.d === 1;
}

/**
 * Where the packet begins that sounds at the title's zero, seconds on the container's clock; the next one where
 * that would have to be decoded before time began. Undefined where the track begins later than that.
 */
function findFirstPacket(source: SourceInfo, track: AudioTrack, shown: Rational): Rational | undefined {
  const length = rational(AC3_PACKET_SAMPLES, track.sampleRate);
  const { phase } = track.packetGrid!;
  const packetAt = (index: number) => add(phase, multiply(rational(index), length));
  const place = divide(subtract(clockZero(source), phase), length);
  const containing = packetAt(floor(place));
  const earliest = subtract(clockZero(source), shown);
  const first = compare(containing, earliest) >= 0 ? containing : packetAt(ceil(place));
  const isThere = compare(first, subtract(track.start, divide(length, rational(2)))) >= 0;
  if (isThere) return compare(first, ZERO) >= 0 ? first : undefined;
  // A little later than the picture, as muxers leave it, is heard in its place all the same.
  const late = subtract(track.start, clockZero(source));
  const next = packetAt(round(divide(subtract(track.start, phase), length)));
  return compare(late, length) <= 0 && compare(next, ZERO) >= 0 ? next : undefined;
}

function followPicture(
  picture: Timeline,
  start: Rational,
  rate: Rational,
  packets: number,
  segmentSeconds: number,
): number[] {
  const inner = picture.borders
    .slice(1)
    .map((border) => round(multiply(subtract(divide(rational(border), picture.rate), start), rate)));
  const borders = [0];
  for (const border of inner) {
    if (border > borders.at(-1)! && border <= packets) borders.push(border);
  }
  const end = inner.at(-1)!;
  if (packets > end && borders.length > 1) return appendOverhang(borders, packets, rate, segmentSeconds);
  return joinTail(borders, packets, toNumber(rate));
}

/** Sound that ends before the picture does: what is left of it is the last segment. */
function joinTail(borders: number[], packets: number, perSecond: number): number[] {
  const last = borders.at(-1)!;
  if (last === packets) return borders;
  // A crumb of less than half a second joins the segment before.
  if (borders.length > 1 && packets - last < perSecond / 2) return borders.with(-1, packets);
  return [...borders, packets];
}
