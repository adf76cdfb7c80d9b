import type { SourceInfo } from "../shared/media/source-info.ts";
import type { SegmentSpan } from "../shared/media/timeline.ts";
import type { SoundRendition } from "../shared/media/title.ts";
import { audioCopyArgs, copyClockShift } from "./ffmpeg/audio-copy-args.ts";
import { complains } from "./ffmpeg/complaints.ts";
import { type EncodePolicy, runFfmpeg } from "./ffmpeg/run-ffmpeg.ts";
import { checkCopy } from "./fragment/copied-fragment.ts";
import { type Fragment, FragmentError } from "./fragment/fragment.ts";

/** Cuts consecutive segments of a track whose packets are served as they are, each checked against the plan. */
export async function copyAudioSegments(
  inputUrl: string,
  source: SourceInfo,
  rendition: SoundRendition,
  spans: readonly SegmentSpan[],
  policy: EncodePolicy,
): Promise<readonly Fragment[]> {
  const args = audioCopyArgs(inputUrl, source, rendition, spans);
  const { outputs, stderrTail } = await runFfmpeg(args, spans.length, policy);
  return spans.map((span, position) => {
    const clockShift = copyClockShift(rendition, span);
    // A gap is the source's own unless FFmpeg had trouble reading it.
    const expected = { span, timeline: rendition.timeline, clockShift, mayHaveGaps: !complains(stderrTail) };
    try {
      return checkCopy(outputs[position]!, expected);
    } catch (error) {
      if (!(error instanceof FragmentError)) throw error;
      throw new FragmentError([error.message, stderrTail].filter(Boolean).join(": "), { cause: error });
    }
  });
}
