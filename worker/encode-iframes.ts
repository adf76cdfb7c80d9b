import type { IFrameRendition } from "../shared/media/iframe-rendition.ts";
import { RECIPE_CRF, segmentByteLimit, stricterCrf, WORST_CRF } from "../shared/media/rate-budget.ts";
import type { SegmentSpan } from "../shared/media/timeline.ts";
import type { Title } from "../shared/media/title.ts";
import { divide, rational } from "../shared/rational.ts";
import { iframesArgs } from "./ffmpeg/iframe-args.ts";
import { type EncodePolicy, runFfmpeg } from "./ffmpeg/run-ffmpeg.ts";
import { checkFragment, type Fragment, FragmentError, splitFragments } from "./fragment/fragment.ts";

/** All tries together. */
const ALL_TRIES_TIMEOUT_MS = 300_000;

/** Makes consecutive I-frames by one decode of keyframes, each checked against the plan and within its byte limit. */
export async function encodeIFrames(
  inputUrl: string,
  title: Title,
  rendition: IFrameRendition,
  spans: readonly SegmentSpan[],
  policy: EncodePolicy,
): Promise<readonly Fragment[]> {
  const bounded = { ...policy, deadline: performance.now() + ALL_TRIES_TIMEOUT_MS };
  for (let crf = RECIPE_CRF; ; ) {
    const args = iframesArgs(inputUrl, title, rendition, spans, crf);
    const { outputs, stderrTail } = await runFfmpeg(args, 1, bounded);
    const fragments = checkAll(outputs[0]!, stderrTail, rendition, spans);
    const excess = Math.max(
      ...spans.map((span, k) => fragments[k]!.media.length / byteLimit(rendition, span)),
    );
    if (excess <= 1) return fragments;
    if (crf === WORST_CRF) throw new FragmentError("an I-frame is too large even at the worst quality");
    crf = stricterCrf(crf, excess, 1);
  }
}

function checkAll(
  output: Buffer,
  stderrTail: string,
  { timeline }: IFrameRendition,
  spans: readonly SegmentSpan[],
): readonly Fragment[] {
  try {
    const parts = splitFragments(output);
    if (parts.length !== spans.length + 1) {
      throw new FragmentError(`${parts.length} pictures instead of ${spans.length + 1}`);
    }
    return spans.map((span, k) => checkFragment(parts[k]!, { span, timeline, kind: "iframe" }));
  } catch (error) {
    if (!(error instanceof FragmentError)) throw error;
    throw new FragmentError([error.message, stderrTail].filter(Boolean).join(": "), { cause: error });
  }
}

function byteLimit({ peakBitrate, rung }: IFrameRendition, { firstUnit, endUnit }: SegmentSpan): number {
  return segmentByteLimit(peakBitrate, divide(rational(endUnit - firstUnit), rung.rate));
}
