import { RECIPE_CRF, segmentByteLimit, stricterCrf, WORST_CRF } from "../shared/media/rate-budget.ts";
import type { SourceInfo } from "../shared/media/source-info.ts";
import type { SegmentSpan } from "../shared/media/timeline.ts";
import type { VideoRendition } from "../shared/media/title.ts";
import { divide, rational } from "../shared/rational.ts";
import { blamesEncoder, explainEncoder } from "./encoders/encoder-words.ts";
import { checkParameterSets } from "./encoders/parameter-sets.ts";
import { EncoderError, type VideoEncoder } from "./encoders/video-encoder.ts";
import { complains } from "./ffmpeg/complaints.ts";
import { type EncodePolicy, type FfmpegRun, runFfmpeg } from "./ffmpeg/run-ffmpeg.ts";
import { PLAIN_EFFORT, type VideoEffort, videoSegmentArgs } from "./ffmpeg/video-args.ts";
import { checkFragment, type Fragment, FragmentError } from "./fragment/fragment.ts";
import { RunOutputError } from "./run-program.ts";

/**
 * What is tried, in this order, until a segment comes out as planned. Each step is decided by the source
 * alone, so every worker ends at the same one with the same bytes.
 */
const SEEKS: readonly Pick<VideoEffort, "seekBack" | "conceal">[] = [
  PLAIN_EFFORT,
  { seekBack: rational(4), conceal: false },
  { seekBack: rational(20), conceal: false },
  // The source is damaged here: hold the nearest picture rather than stop the film.
  { seekBack: rational(4), conceal: true },
  { seekBack: rational(60), conceal: true },
];

/** All tries together: a source can make each of them slow without making one too slow. */
const ALL_TRIES_TIMEOUT_MS = 300_000;

/**
 * Makes one video segment, checked against the plan and within its byte limit.
 * @param encoder in hardware; x264 where there is none.
 * @throws EncoderError where that is what failed, and not the source.
 */
export async function encodeVideoSegment(
  inputUrl: string,
  source: SourceInfo,
  rendition: VideoRendition,
  span: SegmentSpan,
  policy: EncodePolicy,
  encoder?: VideoEncoder,
): Promise<Fragment> {
  const expected = { span, timeline: rendition.timeline, kind: "video" } as const;
  const duration = divide(rational(span.endUnit - span.firstUnit), rendition.rung.rate);
  const limit = segmentByteLimit(rendition.rung.peakBitrate, duration);
  const bounded = { ...policy, deadline: performance.now() + ALL_TRIES_TIMEOUT_MS };
  let failure: FragmentError | undefined;
  let seek = 0;
  let crf = RECIPE_CRF;
  let steady = false;
  while (seek < SEEKS.length) {
    const effort = { ...SEEKS[seek]!, crf, steady };
    const args = videoSegmentArgs(inputUrl, source, rendition, span, effort, encoder);
    const run = await runFfmpeg(args, 1, bounded).catch(overflow);
    if (run instanceof RunOutputError) {
      // More than is kept, let alone allowed: how much more is not known, so it may take a few steps.
      if (crf === WORST_CRF) throw run;
      crf = stricterCrf(crf, run.bytes, limit);
      continue;
    }
    if (encoder) throwIfEncoderFailed(run, encoder);
    const { outputs, stderrTail } = run;
    if (!steady && complains(stderrTail)) {
      steady = true;
      continue;
    }
    try {
      const fragment = checkFragment(outputs[0]!, expected);
      if (encoder) checkParameterSets(fragment.init, rendition.rung);
      const bytes = fragment.media.length;
      if (bytes <= limit) return fragment;
      if (crf === WORST_CRF)
        throw new FragmentError(`${bytes} bytes at the worst quality, ${limit} are allowed`);
      crf = stricterCrf(crf, bytes, limit);
    } catch (error) {
      if (!(error instanceof FragmentError)) throw error;
      failure = new FragmentError([error.message, stderrTail].filter(Boolean).join(": "), { cause: error });
      seek += 1;
    }
  }
  throw failure;
}

/** Not tried from other places of the source, and nothing of it held: it would come to the same. */
function throwIfEncoderFailed({ exitCode, stderrTail }: FfmpegRun, { family }: VideoEncoder): void {
  const crashed = exitCode === null || exitCode > 128;
  if (!crashed && (exitCode === 0 || !blamesEncoder(stderrTail))) return;
  throw new EncoderError(explainEncoder(family, stderrTail));
}

function overflow(error: unknown): RunOutputError {
  if (error instanceof RunOutputError) return error;
  throw error;
}
