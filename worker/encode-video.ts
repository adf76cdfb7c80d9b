import { RECIPE_CRF, segmentByteLimit, stricterCrf, WORST_CRF } from "../shared/media/rate-budget.ts";
import type { SourceInfo } from "../shared/media/source-info.ts";
import type { SegmentSpan } from "../shared/media/timeline.ts";
import type { VideoRendition } from "../shared/media/title.ts";
import { divide, rational, ZERO } from "../shared/rational.ts";
import { type EncodePolicy, runFfmpeg } from "./ffmpeg/run-ffmpeg.ts";
import { type VideoEffort, videoSegmentArgs } from "./ffmpeg/video-args.ts";
import { checkFragment, type Fragment, FragmentError } from "./fragment/fragment.ts";

/**
 * What is tried, in this order, until a segment comes out as planned. Each step is decided by the source
 * alone, so every worker ends at the same one with the same bytes.
 */
const SEEKS: readonly Pick<VideoEffort, "seekBack" | "conceal">[] = [
  { seekBack: ZERO, conceal: false },
  { seekBack: rational(4), conceal: false },
  { seekBack: rational(20), conceal: false },
  // The source is damaged here: hold the nearest picture rather than stop the film.
  { seekBack: rational(4), conceal: true },
  { seekBack: rational(60), conceal: true },
];

/** Makes one video segment, checked against the plan and within its byte limit. */
export async function encodeVideoSegment(
  realPath: string,
  source: SourceInfo,
  rendition: VideoRendition,
  span: SegmentSpan,
  policy: EncodePolicy,
): Promise<Fragment> {
  const expected = { span, timeline: rendition.timeline, kind: "video" } as const;
  const duration = divide(rational(span.endUnit - span.firstUnit), rendition.rung.rate);
  const limit = segmentByteLimit(rendition.rung.peakBitrate, duration);
  let failure: FragmentError | undefined;
  let seek = 0;
  let crf = RECIPE_CRF;
  while (seek < SEEKS.length) {
    const effort = { ...SEEKS[seek]!, crf };
    const args = videoSegmentArgs(realPath, source, rendition, span, effort);
    const { outputs, stderrTail } = await runFfmpeg(args, 1, policy);
    try {
      const fragment = checkFragment(outputs[0]!, expected);
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
