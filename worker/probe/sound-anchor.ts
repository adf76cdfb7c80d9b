import { type AudioTrack, clockZero, type SourceInfo } from "../../shared/media/source-info.ts";
import {
  add,
  max,
  multiply,
  type Rational,
  rational,
  subtract,
  toDecimal,
  toNumber,
  ZERO,
} from "../../shared/rational.ts";
import type { RunOptions } from "../run-program.ts";
import { readFrames } from "./ffprobe.ts";

/** A decoded frame of sound whose place is known to the sample, though its time stamp is coarse. */
export interface SoundAnchor {
  /** It is the first frame whose time stamp, in samples on the title's clock, is not below this. */
  readonly notBefore: number;
  /** Its first sample on the title's clock. */
  readonly sample: number;
}

/** Seconds of frames to measure: the more there are, the better their time stamps agree on one place. */
const WINDOW = rational(5);
/** How long before the sound that is wanted the anchor lies: decoders have settled by then. */
const LEAD = rational(1, 5);

/** Whether time stamps are too coarse for samples, and packets too uneven to put them on a grid. */
export function needsAnchor(track: AudioTrack): boolean {
  return !track.packetGrid && toNumber(multiply(track.tick, rational(track.sampleRate))) > 1;
}

/**
 * Finds a frame shortly before sample `wanted` (at the track's rate) and where exactly it lies. Each
 * frame's time stamp is off by up to half a tick, but all of them together leave room for one place only,
 * so whoever measures, wherever it begins, finds the same.
 * @returns undefined where time stamps don't agree on one place: there is a gap.
 */
export async function findSoundAnchor(
  inputUrl: string,
  source: SourceInfo,
  track: AudioTrack,
  wanted: number,
  options: RunOptions,
): Promise<SoundAnchor | undefined> {
  const middle = add(clockZero(source), rational(wanted, track.sampleRate));
  const start = max(subtract(middle, multiply(WINDOW, rational(1, 2))), ZERO);
  const interval = `${toDecimal(start, 3)}%+${toDecimal(WINDOW, 0)}`;
  const frames = await readFrames(inputUrl, interval, String(track.streamIndex), options);
  const zero = clockZero(source);
  const stamped = frames.flatMap(({ best_effort_timestamp: pts, nb_samples: samples }) =>
    pts === undefined || samples === undefined ? [] : [{ at: toSamples(pts, track, zero), samples }],
  );
  return anchorAmong(stamped, tickSamples(track) / 2, wanted - toNumber(LEAD) * track.sampleRate);
}

/** @param tolerance by how much a time stamp may be off, samples. */
export function anchorAmong(
  frames: readonly { readonly at: number; readonly samples: number }[],
  tolerance: number,
  wanted: number,
): SoundAnchor | undefined {
  let [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let before = 0;
  const offsets = frames.map(({ at, samples }) => {
    least = Math.max(least, at - before - tolerance);
    most = Math.min(most, at - before + tolerance);
    before += samples;
    return before - samples;
  });
  if (offsets.length === 0 || least > most + 1) return undefined;
  const first = (least + most) / 2;
  const position = Math.max(
    0,
    offsets.findLastIndex((offset) => first + offset <= wanted),
  );
  const sample = Math.round(first + offsets[position]!);
  return { notBefore: Math.floor(sample - 2 * tolerance - 1), sample };
}

function toSamples(pts: number, track: AudioTrack, zero: Rational): number {
  const seconds = subtract(multiply(rational(pts), track.tick), zero);
  return toNumber(multiply(seconds, rational(track.sampleRate)));
}

function tickSamples(track: AudioTrack): number {
  return toNumber(multiply(track.tick, rational(track.sampleRate)));
}
