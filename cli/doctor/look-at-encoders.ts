import type { Config } from "../../shared/config.ts";
import { detectEncoders } from "../../worker/encoders/detect-encoders.ts";
import { type Diagnosis, fail, ok } from "./diagnosis.ts";

/** Which encoders in hardware make a few pictures here. One that doesn't is a fault only where it is to be used. */
export async function lookAtEncoders(
  { ENCODER, ENCODER_DEVICE }: Pick<Config, "ENCODER" | "ENCODER_DEVICE">,
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const found = await detectEncoders(ENCODER_DEVICE, signal);
  return found.map((detection) => {
    const name = `encoder: ${detection.family}`;
    if (detection.kind === "usable") return ok(name, "works");
    if (detection.family !== ENCODER) return ok(name, `not to be had: ${detection.reason}`);
    return fail(name, detection.reason, "mend that, or set ENCODER=software");
  });
}
