import type { HardwareEncoder } from "../../shared/media/encoder.ts";

/** An encoder in hardware, as this machine has it. */
export interface VideoEncoder {
  readonly family: HardwareEncoder;
  /** A render node, or for NVENC the number of a GPU; the first there is unless told. */
  readonly device?: string;
}

/** It did not make what it was asked for: in words, with FFmpeg's own. */
export class EncoderError extends Error {
  override readonly name = "EncoderError";
}
