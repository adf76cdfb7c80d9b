import { type Config, ConfigError } from "../shared/config.ts";
import type { Log } from "../shared/log.ts";
import { encoderName, type HardwareEncoder } from "../shared/media/encoder.ts";
import { fleetEncoder } from "../shared/plan-options.ts";
import { detectEncoders, tryEncoder } from "../worker/encoders/detect-encoders.ts";
import type { VideoEncoder } from "../worker/encoders/video-encoder.ts";

type EncoderConfig = Pick<Config, "ENCODER" | "ENCODER_DEVICE">;

/** The encoder of a process that plans titles and makes them: with `auto`, the first one that works here, else x264. */
export async function chooseEncoder(
  config: EncoderConfig,
  log: Log,
  signal: AbortSignal,
): Promise<HardwareEncoder | undefined> {
  if (config.ENCODER !== "auto") return requireEncoder(config, signal);
  const found = await detectEncoders(config.ENCODER_DEVICE, signal);
  for (const { family, ...detection } of found) log.info({ encoder: family, ...detection }, "encoder tried");
  const chosen = found.find(({ kind }) => kind === "usable")?.family;
  log.info({ encoder: encoderName(chosen) }, "encoder chosen");
  return chosen;
}

/**
 * The encoder that a fleet's worker is told to use; undefined for x264. One that can't would fail every job that it
 * takes from those that can.
 */
export async function requireEncoder(
  config: EncoderConfig,
  signal: AbortSignal,
): Promise<HardwareEncoder | undefined> {
  const encoder = fleetEncoder(config);
  const detection = encoder && (await tryEncoder(videoEncoder(encoder, config), signal));
  if (detection?.kind !== "unusable") return encoder;
  throw new ConfigError(
    `ENCODER=${encoder} can't be used here. ${detection.reason}. Mend that, or set ENCODER=software.`,
  );
}

/** As a worker needs it. */
export function videoEncoder(
  family: HardwareEncoder,
  { ENCODER_DEVICE: device }: Pick<Config, "ENCODER_DEVICE">,
): VideoEncoder {
  return { family, ...(device !== undefined && { device }) };
}
