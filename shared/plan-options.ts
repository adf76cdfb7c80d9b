import { type Config, ConfigError } from "./config.ts";
import type { HardwareEncoder } from "./media/encoder.ts";
import type { PlanOptions } from "./media/title.ts";

/** @param encoder in hardware; undefined for x264. */
export function planOptions(
  { SEGMENT_SECONDS }: Pick<Config, "SEGMENT_SECONDS">,
  encoder: HardwareEncoder | undefined,
): PlanOptions {
  return { segmentSeconds: SEGMENT_SECONDS, ...(encoder && { encoder }) };
}

/** What a fleet's titles are made by, which all of it must agree on; undefined for x264. */
export function fleetEncoder({ ENCODER }: Pick<Config, "ENCODER">): HardwareEncoder | undefined {
  if (ENCODER === "auto") {
    throw new ConfigError(
      "ENCODER=auto is for a single process: who plans titles for a fleet can't see what its workers have. Name one encoder, the same for all.",
    );
  }
  return ENCODER === "software" ? undefined : ENCODER;
}
