import * as z from "zod";

/** Encoders in hardware, by the interface that reaches them; what is none of these is x264. */
export const HARDWARE_ENCODERS = ["nvenc", "qsv", "vaapi", "amf", "videotoolbox"] as const;

export type HardwareEncoder = (typeof HARDWARE_ENCODERS)[number];

export const hardwareEncoderSchema = z.enum(HARDWARE_ENCODERS);

/** FFmpeg's name of an encoder; part of the title key. */
export function encoderName(encoder: HardwareEncoder | undefined): string {
  return encoder ? `h264_${encoder}` : "libx264";
}

/** Object in a title's folder: a part of it could not be made by its encoder, and why. */
export const ENCODER_FAILURE = "encoder.json";

export const encoderFailureSchema = z.object({ encoder: hardwareEncoderSchema, reason: z.string() });

/** Why a title is made in software and not by that encoder. */
export type EncoderFailure = z.infer<typeof encoderFailureSchema>;
