import { HARDWARE_ENCODERS, type HardwareEncoder } from "../../shared/media/encoder.ts";
import { RECIPE_CRF } from "../../shared/media/rate-budget.ts";
import { rational } from "../../shared/rational.ts";
import { globalArgs } from "../ffmpeg/input-args.ts";
import { muxerArgs } from "../ffmpeg/muxer-args.ts";
import { checkFragment, FragmentError } from "../fragment/fragment.ts";
import { RunTimeoutError, runProgram } from "../run-program.ts";
import { explainEncoder } from "./encoder-words.ts";
import { deviceArgs, handOverFilters, hardwareEncoderArgs } from "./hardware-args.ts";
import { checkParameterSets } from "./parameter-sets.ts";
import type { VideoEncoder } from "./video-encoder.ts";

/** A driver that takes longer over five small pictures is of no use. */
const TIMEOUT_MS = 10_000;
const FRAMES = 5;
const RUNG = { rate: rational(25), averageBitrate: 400_000, peakBitrate: 700_000, level: 30 };
const TIMELINE = {
  rate: RUNG.rate,
  timescale: 25,
  ticksPerUnit: 1,
  borders: [0, FRAMES],
  decodeOffset: 0,
  compositionOffset: 2,
};
const SPAN = { index: 0, firstUnit: 0, endUnit: FRAMES, decodeTime: 0 };

/** What came of trying an encoder; `reason` is for whoever runs the machine. */
export type Detection = { readonly family: HardwareEncoder } & (
  | { readonly kind: "usable" }
  | { readonly kind: "unusable"; readonly reason: string }
);

/** Tries all encoders in hardware that there are, one after the other, the preferred ones first. */
export async function detectEncoders(
  device: string | undefined,
  signal: AbortSignal,
): Promise<readonly Detection[]> {
  const found: Detection[] = [];
  for (const family of HARDWARE_ENCODERS) {
    found.push(await tryEncoder({ family, ...(device !== undefined && { device }) }, signal));
  }
  return found;
}

/** Has an encoder make a segment of a few pictures, as it would a film's, and checks what comes out. */
export async function tryEncoder(encoder: VideoEncoder, signal: AbortSignal): Promise<Detection> {
  const { family } = encoder;
  const unusable = (reason: string): Detection => ({ family, kind: "unusable", reason });
  try {
    const options = { signal, timeoutMs: TIMEOUT_MS, stallMs: TIMEOUT_MS, pipes: 1 };
    const { exitCode, stderrTail, pipes } = await runProgram("ffmpeg", testFrameArgs(encoder), options);
    if (exitCode !== 0) return unusable(explainEncoder(family, stderrTail));
    const fragment = checkFragment(pipes[0]!, { span: SPAN, timeline: TIMELINE, kind: "video" });
    checkParameterSets(fragment.init, RUNG);
    return { family, kind: "usable" };
  } catch (error) {
    if (error instanceof RunTimeoutError) return unusable(`h264_${family}: it does not answer`);
    if (error instanceof FragmentError) {
      return unusable(`h264_${family}: it makes something else than it was asked for: ${error.message}`);
    }
    throw error;
  }
}

function testFrameArgs(encoder: VideoEncoder): readonly string[] {
  const picture = "testsrc2=size=256x144:rate=25,setparams=range=tv:color_primaries=bt709:color_trc=bt709";
  return [
    ...[...globalArgs, ...deviceArgs(encoder)],
    ...["-f", "lavfi", "-i", picture, "-frames:v", String(FRAMES)],
    ...["-vf", handOverFilters(encoder.family).join(",")],
    ...hardwareEncoderArgs(encoder, { rung: RUNG, timeline: TIMELINE, crf: RECIPE_CRF }),
    ...muxerArgs(0, 1, TIMELINE.timescale),
  ];
}
