import { segmentByteLimit } from "../shared/media/rate-budget.ts";
import type { SourceInfo } from "../shared/media/source-info.ts";
import type { SegmentSpan } from "../shared/media/timeline.ts";
import type { SoundRendition } from "../shared/media/title.ts";
import { divide, rational } from "../shared/rational.ts";
import { audioSegmentsArgs } from "./ffmpeg/audio-args.ts";
import { type EncodePolicy, runFfmpeg } from "./ffmpeg/run-ffmpeg.ts";
import { checkFragment, type Fragment, FragmentError } from "./fragment/fragment.ts";

/** Makes consecutive segments of a sound track in one process, each checked against the plan. */
export async function encodeAudioSegments(
  realPath: string,
  source: SourceInfo,
  rendition: SoundRendition,
  spans: readonly SegmentSpan[],
  policy: EncodePolicy,
): Promise<readonly Fragment[]> {
  const args = audioSegmentsArgs(realPath, source, rendition, spans);
  const { outputs, stderrTail } = await runFfmpeg(args, spans.length, policy);
  return spans.map((span, position) => {
    const expected = { span, timeline: rendition.timeline, kind: "audio" } as const;
    try {
      return withinLimit(checkFragment(outputs[position]!, expected), rendition, span);
    } catch (error) {
      if (!(error instanceof FragmentError)) throw error;
      throw new FragmentError([error.message, stderrTail].filter(Boolean).join(": "), { cause: error });
    }
  });
}

/** The AAC encoder keeps to its rate; should it ever not, BANDWIDTH must not become a lie. */
function withinLimit(fragment: Fragment, { audio, timeline }: SoundRendition, span: SegmentSpan): Fragment {
  const limit = segmentByteLimit(
    audio.peakBitrate,
    divide(rational(span.endUnit - span.firstUnit), timeline.rate),
  );
  if (fragment.media.length <= limit) return fragment;
  throw new FragmentError(
    `sound segment ${span.index} has ${fragment.media.length} bytes, ${limit} are allowed`,
  );
}
