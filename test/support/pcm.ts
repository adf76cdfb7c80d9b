import { runProgram } from "./run-program.ts";

/** Sound as decoded. */
export interface Pcm {
  /** Samples in a second: the file's own rate, or the one that was wanted. */
  readonly rate: number;
  /** One array a channel, samples from -1 to 1; index 0 is time zero, instants without sound are 0. */
  readonly channels: readonly Float32Array[];
  /** Where the first decoded sample lies, in samples from time zero; negative when sound before zero was cut. */
  readonly start: number;
  /** Where the frames' timestamps jump, in samples: `by` > 0 is a hole, `by` < 0 an overlap. */
  readonly jumps: readonly { readonly at: number; readonly by: number }[];
}

export interface DecodeOptions {
  /** 1 mixes everything down to one channel, 2 (the default) to stereo; 6 is 5.1. */
  readonly channels?: 1 | 2 | 6;
  /** Which audio track, from 0. */
  readonly track?: number;
  /** The instant on the file's own clock that is time zero: 0 s unless said. See `startOfVideo`. */
  readonly zero?: number | "first-sample";
  /**
   * Seconds by which a frame may lie beside its timestamp so that it follows the one before without a jump.
   * The default covers the whole milliseconds of Matroska; 0 believes every timestamp. `jumps` has them all.
   */
  readonly tolerance?: number;
  /** Samples in a second, where not the file's own rate is wanted. */
  readonly resampleTo?: number;
}

/**
 * Decodes a file (or an init segment and media segments one after another). Each frame is put where its own
 * timestamp says, so late sound, holes and shifts show: nothing is resampled, stretched or filled in.
 */
export async function decodePcm(source: string | Uint8Array, options: DecodeOptions = {}): Promise<Pcm> {
  const { channels = 2, track = 0, zero = 0, tolerance = 0.0015, resampleTo } = options;
  const resample = resampleTo ? `aresample=${resampleTo},` : "";
  const layout = { 1: "mono", 2: "stereo", 6: "5.1" }[channels];
  const args = [
    ...["-hide_banner", "-nostats", "-copyts", "-i", typeof source === "string" ? source : "pipe:0"],
    ...[
      "-map",
      `0:a:${track}`,
      "-af",
      `${resample}aformat=sample_fmts=flt:channel_layouts=${layout},ashowinfo`,
    ],
    ...["-c:a", "pcm_f32le", "-f", "f32le", "pipe:1"],
  ];
  const { stdout, stderr } = await runProgram(
    "ffmpeg",
    args,
    typeof source === "string" ? undefined : source,
  );
  const frames = readFrameLines(stderr);
  const [first] = frames;
  if (!first) throw new Error(`no sound came out of ${typeof source === "string" ? source : "the bytes"}`);
  const interleaved = new Float32Array(
    stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length),
  );
  const shift = zero === "first-sample" ? first.pts : Math.round(zero * first.rate);
  const { starts, jumps } = layOut(frames, shift, tolerance * first.rate);
  const placed = placeFrames(frames, starts, interleaved, channels);
  return { rate: first.rate, channels: placed, start: first.pts - shift, jumps };
}

/** A decoded frame: its first sample's time and its length in samples. */
interface Frame {
  readonly pts: number;
  readonly length: number;
  readonly rate: number;
}

/** ashowinfo's lines; the timestamps of audio filters count samples. */
function readFrameLines(messages: string): Frame[] {
  const lines = messages.matchAll(/ashowinfo.* pts:(-?\d+) .* rate:(\d+) nb_samples:(\d+)/g);
  return [...lines].map(([, pts, rate, length]) => ({
    pts: Number(pts),
    rate: Number(rate),
    length: Number(length),
  }));
}

/** Where each frame begins, in samples from time zero, which is `shift` on the file's clock. */
function layOut(frames: readonly Frame[], shift: number, tolerance: number) {
  const starts: number[] = [];
  const jumps: { at: number; by: number }[] = [];
  let following = frames[0]!.pts - shift;
  for (const [index, { pts, length }] of frames.entries()) {
    const stamped = pts - shift;
    const before = frames[index - 1];
    const by = before ? pts - (before.pts + before.length) : 0;
    if (by !== 0) jumps.push({ at: stamped, by });
    const start = Math.abs(stamped - following) <= tolerance ? following : stamped;
    starts.push(start);
    following = start + length;
  }
  return { starts, jumps };
}

function placeFrames(
  frames: readonly Frame[],
  starts: readonly number[],
  interleaved: Float32Array,
  channels: number,
): Float32Array[] {
  const end = frames.reduce((latest, { length }, index) => Math.max(latest, starts[index]! + length), 0);
  const placed = Array.from({ length: channels }, () => new Float32Array(end));
  let read = 0;
  for (const [frame, { length }] of frames.entries()) {
    const start = starts[frame]!;
    for (const [channel, samples] of placed.entries()) {
      for (let index = Math.max(0, -start); index < length; index++) {
        samples[start + index] = interleaved[(read + index) * channels + channel]!;
      }
    }
    read += length;
  }
  if (read * channels !== interleaved.length) throw new Error(`${read} samples announced, others came`);
  return placed;
}
