import { encoderName, type HardwareEncoder } from "../../shared/media/encoder.ts";
import type { Rung } from "../../shared/media/ladder.ts";
import { RECIPE_CRF } from "../../shared/media/rate-budget.ts";
import type { Timeline } from "../../shared/media/timeline.ts";
import type { VideoEncoder } from "./video-encoder.ts";

const FIRST_RENDER_NODE = "/dev/dri/renderD128";
/** More than any segment has, and less than 16 bits, in which Quick Sync counts. */
const NO_OTHER_KEYFRAME = 9999;
/** Of a rung's peak: hardware keeps to it over a while, and a segment of two seconds may not exceed the peak. */
const MAX_RATE = 0.9;
const BUFFER_SECONDS = 0.25;
const CRF_PER_HALVING = 6;

/** What an encode is to be like. */
export interface HardwareTarget {
  readonly rung: Pick<Rung, "rate" | "averageBitrate" | "peakBitrate" | "level">;
  readonly timeline: Pick<Timeline, "timescale" | "compositionOffset">;
  /** On x264's scale: 23 unless a segment got too large. */
  readonly crf: number;
}

/** Options before the input: which device is used. */
export function deviceArgs({ family, device }: VideoEncoder): readonly string[] {
  if (family === "vaapi") return ["-vaapi_device", device ?? FIRST_RENDER_NODE];
  if (family === "qsv") return ["-init_hw_device", `qsv=gpu${device ? `,child_device=${device}` : ""}`];
  return [];
}

/** Filters that end a chain: pictures are handed over as the encoder takes them. */
export function handOverFilters(family: HardwareEncoder): readonly string[] {
  return family === "vaapi" ? ["format=nv12", "hwupload"] : ["format=nv12"];
}

/**
 * FFmpeg's options for one segment by hardware: one IDR picture, at its start, and no B-pictures, whose number and
 * order drivers choose. Decode times are moved ahead of presentation as x264's B-pictures need it, so that a title's
 * clock is the same whatever makes it.
 */
export function hardwareEncoderArgs(
  { family, device }: VideoEncoder,
  { rung, timeline, crf }: HardwareTarget,
): readonly string[] {
  return [
    ...["-c:v", encoderName(family), ...familyArgs(family, device), ...rateArgs(family, rung, crf)],
    ...["-profile:v", "high", "-level:v", String(rung.level), "-bf", "0", "-g", String(NO_OTHER_KEYFRAME)],
    ...["-flags:v", "+bitexact+cgop", "-fps_mode", "passthrough"],
    // Ticks of the media's own, since FFmpeg's versions differ in which of the two the filter counts in.
    ...["-enc_time_base:v", `1/${timeline.timescale}`],
    ...["-bsf:v", `setts=dts=PTS-${timeline.compositionOffset}`],
  ];
}

function familyArgs(family: HardwareEncoder, device: string | undefined): readonly string[] {
  switch (family) {
    case "nvenc":
      return [...(device ? ["-gpu", device] : []), "-preset", "p4", "-tune", "hq", "-forced-idr", "1"];
    case "qsv":
      return ["-preset", "medium", "-look_ahead", "0", "-forced_idr", "1", "-adaptive_i", "0"];
    case "vaapi":
      // What it would write of itself into the stream names the driver.
      return ["-sei", "0"];
    case "amf":
      return ["-usage", "transcoding", "-quality", "balanced"];
    case "videotoolbox":
      // An encoder in software of that name would be another one.
      return ["-allow_sw", "0", "-realtime", "0"];
  }
}

/**
 * By quality, where the driver has that together with a peak, else by the ladder's average. VAAPI's constant
 * quantiser is part of the init segment, so that a segment that had to be made smaller would not play.
 */
function rateArgs(family: HardwareEncoder, rung: HardwareTarget["rung"], crf: number): readonly string[] {
  const average = Math.round(rung.averageBitrate * 2 ** ((RECIPE_CRF - crf) / CRF_PER_HALVING));
  const peak = Math.round(rung.peakBitrate * MAX_RATE);
  const limits = ["-maxrate", String(peak), "-bufsize", String(Math.round(peak * BUFFER_SECONDS))];
  const bounded = ["-b:v", String(average), ...limits];
  switch (family) {
    case "nvenc":
      return ["-rc", "vbr", "-cq", String(crf), "-b:v", "0", ...limits];
    case "qsv":
      return ["-global_quality", String(crf), ...bounded];
    case "vaapi":
      return ["-rc_mode", "VBR", ...bounded];
    case "amf":
      return ["-rc", "vbr_peak", ...bounded];
    case "videotoolbox":
      return bounded;
  }
}
