import { runProgram } from "../support/run-program.ts";

/** What a decoder finds out about the first video track of a stream. */
export interface DecodedPicture {
  readonly profile: string;
  readonly width: number;
  readonly height: number;
  /** `1:1`: width to height of one pixel. */
  readonly pixels: string;
  readonly format: string;
  /** Frames that decoded. */
  readonly frames: number;
  /** What the decoder complained about: nothing, if all is well. */
  readonly complaints: string;
}

/** Decodes a stream, which any damage is to spoil. */
export async function decodePicture(stream: Uint8Array): Promise<DecodedPicture> {
  const entries = "stream=profile,width,height,sample_aspect_ratio,pix_fmt,nb_read_frames";
  const args = ["-v", "warning", "-err_detect", "explode", "-count_frames", "-select_streams", "v:0"];
  const output = ["-show_entries", entries, "-of", "json", "-i", "pipe:0"];
  const { stdout, stderr } = await runProgram("ffprobe", [...args, ...output], stream);
  const [track] = JSON.parse(stdout.toString()).streams;
  return {
    profile: track.profile,
    width: track.width,
    height: track.height,
    pixels: track.sample_aspect_ratio,
    format: track.pix_fmt,
    frames: Number(track.nb_read_frames),
    complaints: stderr,
  };
}
