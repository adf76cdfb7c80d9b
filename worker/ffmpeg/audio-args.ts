import type { AudioRendition } from "../../shared/media/ladder.ts";
import { type AudioTrack, clockZero, type SourceInfo } from "../../shared/media/source-info.ts";
import { AAC_FRAME_SAMPLES, type SegmentSpan } from "../../shared/media/timeline.ts";
import type { SoundRendition } from "../../shared/media/title.ts";
import {
  add,
  ceil,
  compare,
  multiply,
  type Rational,
  rational,
  subtract,
  toFraction,
} from "../../shared/rational.ts";
import type { SoundAnchor } from "../probe/sound-anchor.ts";
import { globalArgs, inputArgs } from "./input-args.ts";
import { muxerArgs } from "./muxer-args.ts";

/**
 * AAC frames encoded before and after a segment and dropped: what makes its borders inaudible. Four would
 * do for the transform; the encoder's rate control takes sixteen to forget where it started.
 */
const PRE_ROLL = 16;
const POST_ROLL = 4;
/** Decoders need a moment to settle after a seek (MP3's reservoir, AC-3's overlap, Opus's pre-roll). */
const DECODER_LEAD = rational(1, 2);
/** Less sound than this may not decode to anything; it lies in the pre-roll. */
const SHORTEST_REST = rational(1, 10);

/** Where the sound of some segments comes from. */
export type SoundSource =
  /** Nowhere: FFmpeg would read the rest of the file for a sound that never comes. */
  { readonly kind: "silence" } | { readonly kind: "track"; readonly anchor?: SoundAnchor | undefined };

/**
 * FFmpeg's command line for consecutive segments of a sound track: one decoder, then an encoder of its
 * own for each segment, so that its bytes don't depend on its company.
 */
export function audioSegmentsArgs(
  inputUrl: string,
  source: SourceInfo,
  rendition: SoundRendition,
  spans: readonly SegmentSpan[],
  sound: SoundSource,
): string[] {
  const start = startSample(rendition, spans[0]!);
  const outputs = spans.flatMap((span, output) => [
    ...["-map", `[s${output}]`, ...encoderArgs(rendition, span)],
    ...muxerArgs(output, span.index + 1),
  ]);
  const isSilent = sound.kind === "silence";
  const input = isSilent ? silence(rendition, start) : trackSound(source, rendition, start, sound.anchor);
  const layout = channelLayout(rendition.audio);
  return [
    ...globalArgs,
    ...(isSilent ? [] : inputArgs(inputUrl, seekTo(source, rendition, start))),
    ...["-filter_complex_threads", "1", "-filter_complex", [input, ...cuts(spans, layout)].join("")],
    ...outputs,
  ];
}

/**
 * Where the track is over by then, as far as the probe knows, the part of the file that would have to hold
 * its sound, seconds on the container's clock; undefined where there is sound.
 */
export function possiblySilentPart(
  source: SourceInfo,
  rendition: SoundRendition,
  spans: readonly SegmentSpan[],
): { readonly from: Rational; readonly to: Rational } | undefined {
  const { track, sampleRate } = rendition.audio;
  if (!track.end) return undefined;
  const from = add(clockZero(source), rational(startSample(rendition, spans[0]!), sampleRate));
  if (compare(from, subtract(track.end, SHORTEST_REST)) < 0) return undefined;
  const endSample = spans.at(-1)!.endUnit * AAC_FRAME_SAMPLES;
  return { from, to: add(clockZero(source), rational(endSample, sampleRate)) };
}

/** First sample to encode, at the output's rate; on a multiple that every resampler ratio divides. */
function startSample({ audio }: SoundRendition, span: SegmentSpan): number {
  const frame = span.firstUnit - PRE_ROLL;
  // 8, 12, 16 and 24 kHz reach 48 kHz by factors of 6, 4, 3 and 2: a multiple of 3 frames fits them all.
  const aligned = audio.sampleRate === audio.track.sampleRate ? frame : frame - (((frame % 3) + 3) % 3);
  return Math.max(0, aligned) * AAC_FRAME_SAMPLES;
}

function seekTo(source: SourceInfo, { audio }: SoundRendition, start: number): Rational {
  return start === 0 ? rational(0) : seekBefore(source, rational(start, audio.sampleRate));
}

/** Where to seek for sound from `time` on, seconds on the title's clock; the result is on FFmpeg's seek clock. */
export function seekBefore(source: SourceInfo, time: Rational): Rational {
  const onSeekClock = add(subtract(time, DECODER_LEAD), subtract(clockZero(source), source.formatStart));
  return subtract(onSeekClock, source.video ? source.video.seekBack : rational(0));
}

/** The track's sound from `start` on, and silence after its end. */
function trackSound(
  source: SourceInfo,
  { audio }: SoundRendition,
  start: number,
  anchor: SoundAnchor | undefined,
): string {
  const { track, sampleRate } = audio;
  const inputStart = inputSample(audio, start);
  return [
    `[0:${track.streamIndex}]asetpts=${presentationTime(source, track)}`,
    ...(anchor ? [`aselect=gte(pts\\,${anchor.notBefore})`, `asetpts=PTS-STARTPTS+(${anchor.sample})`] : []),
    // Fills gaps and a late start with silence, cuts what lies before the start.
    `aresample=${track.sampleRate}:async=1:min_hard_comp=0.02:first_pts=${inputStart}`,
    ...(sampleRate === track.sampleRate ? [] : [`aresample=${sampleRate}`]),
    "apad",
  ].join(",");
}

/** First sample that segments from `span` on need of the track, at its own rate. */
export function firstInputSample(rendition: SoundRendition, span: SegmentSpan): number {
  return inputSample(rendition.audio, startSample(rendition, span));
}

function inputSample({ track, sampleRate }: AudioRendition, outputSample: number): number {
  return Math.floor((outputSample * track.sampleRate) / sampleRate);
}

function silence({ audio }: SoundRendition, start: number): string {
  return `anullsrc=sample_rate=${audio.sampleRate}:channel_layout=${channelLayout(audio)},asetpts=PTS+${start}`;
}

/** FFmpeg's name of what comes out; 5.1 has its surround channels at the back, as AAC counts them. */
function channelLayout({ channels }: AudioRendition): "stereo" | "5.1" {
  return channels === 6 ? "5.1" : "stereo";
}

/** One branch for each segment, with its pre- and post-roll. */
function cuts(spans: readonly SegmentSpan[], layout: string): string[] {
  const names = spans.map((_, output) => `[c${output}]`).join("");
  return [
    `,aformat=sample_fmts=fltp:channel_layouts=${layout},asplit=${spans.length}${names}`,
    ...spans.map((span, output) => {
      const from = Math.max(0, span.firstUnit - PRE_ROLL) * AAC_FRAME_SAMPLES;
      const to = (span.endUnit + POST_ROLL) * AAC_FRAME_SAMPLES;
      return `;[c${output}]atrim=start_pts=${from}:end_pts=${to}[s${output}]`;
    }),
  ];
}

/**
 * Samples since the title's zero. A container with coarse time stamps (Matroska: 1 ms) puts every decoder
 * start up to a tick off; where all packets are equally long, each is put back on their common grid. It is
 * the packet's end that is: after a seek a decoder may leave out the beginning of the first.
 */
function presentationTime(source: SourceInfo, track: AudioTrack): string {
  const zero = multiply(clockZero(source), rational(track.sampleRate));
  const shifted = `PTS-(${toFraction(zero)})`;
  const tick = multiply(track.tick, rational(track.sampleRate));
  if (!track.packetGrid) return `'round(${shifted})'`;
  const { samples, phase } = track.packetGrid;
  const origin = toFraction(subtract(multiply(phase, rational(track.sampleRate)), zero));
  const tolerance = ceil(multiply(tick, rational(2))) + 1;
  const nearest = `round((${shifted}+NB_SAMPLES-(${origin}))/${samples})*${samples}+(${origin})-NB_SAMPLES`;
  return `'st(0,${nearest});round(if(lte(abs(ld(0)-(${shifted})),${tolerance}),ld(0),${shifted}))'`;
}

function encoderArgs({ audio, timeline }: SoundRendition, span: SegmentSpan): string[] {
  const first = span.firstUnit * AAC_FRAME_SAMPLES;
  const end = span.endUnit * AAC_FRAME_SAMPLES;
  return [
    // The `fast` coder leaves no audible trace of where an encoder started; the default one does.
    ...["-c:a", "aac", "-aac_coder", "fast", "-b:a", String(audio.averageBitrate), "-flags:a", "+bitexact"],
    ...["-bsf:a", `noise=drop='lt(pts\\,${first})+gte(pts\\,${end})',setts=ts=TS+${timeline.decodeOffset}`],
  ];
}
