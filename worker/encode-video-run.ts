import { segmentByteLimit } from "../shared/media/rate-budget.ts";
import type { SourceInfo } from "../shared/media/source-info.ts";
import { divide, rational } from "../shared/rational.ts";
import { complains } from "./ffmpeg/complaints.ts";
import { type EncodePolicy, runFfmpeg } from "./ffmpeg/run-ffmpeg.ts";
import { type RunPart, videoRunArgs } from "./ffmpeg/video-args.ts";
import { checkFragment, type Fragment, FragmentError } from "./fragment/fragment.ts";
import { RunOutputError } from "./run-program.ts";

/** A run may take as long as its segments may one by one. */
const TIMEOUT_MS_PER_SEGMENT = 120_000;

/** What came out of a run: what each of its segments would be alone; undefined where only making it alone can tell. */
export interface EncodedRun {
  readonly fragments: readonly (Fragment | undefined)[];
  /**
   * FFmpeg complained. What a damaged picture decodes to depends on what was decoded before it, and a run has
   * decoded more than a segment alone would have: nothing of it is used.
   */
  readonly complaint: string | undefined;
}

/**
 * Makes segments of one title by one decode, each byte for byte what `encodeVideoSegment` makes, or nothing: what
 * did not come out as planned or within its byte limit at once takes more tries, and those are made alone.
 */
export async function encodeVideoRun(
  inputUrl: string,
  source: SourceInfo,
  parts: readonly RunPart[],
  policy: EncodePolicy,
): Promise<EncodedRun> {
  const args = videoRunArgs(inputUrl, source, parts);
  const bounded = { ...policy, timeoutMs: parts.length * TIMEOUT_MS_PER_SEGMENT };
  const nothing = parts.map(() => undefined);
  try {
    const { outputs, stderrTail } = await runFfmpeg(args, parts.length, bounded);
    if (complains(stderrTail)) return { fragments: nothing, complaint: stderrTail };
    const fragments = parts.map((part, position) => fragmentAsPlanned(outputs[position]!, part));
    return { fragments, complaint: undefined };
  } catch (error) {
    if (error instanceof RunOutputError) return { fragments: nothing, complaint: undefined };
    throw error;
  }
}

function fragmentAsPlanned(
  output: Buffer,
  { rendition: { rung, timeline }, span }: RunPart,
): Fragment | undefined {
  const duration = divide(rational(span.endUnit - span.firstUnit), rung.rate);
  try {
    const fragment = checkFragment(output, { span, timeline, kind: "video" });
    return fragment.media.length <= segmentByteLimit(rung.peakBitrate, duration) ? fragment : undefined;
  } catch (error) {
    if (error instanceof FragmentError) return undefined;
    throw error;
  }
}
