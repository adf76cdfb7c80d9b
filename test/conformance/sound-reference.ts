import { decodePcm, type Pcm } from "../support/pcm.ts";
import { runProgram } from "../support/run-program.ts";
import { seamError } from "../support/seam-error.ts";

/** Samples of an AAC frame, and how many an encoder's output decodes to before the first that went in. */
export const FRAME = 1024;
/** Half a step of 16-bit sound: noise below is none. */
const SILENT_NOISE = 1 / 65536;

/**
 * The same sound as encoders make it that never stop: what segments must be indistinguishable from. There are two,
 * half a frame apart, because what an encoder makes of a sudden sound depends on where its frames happen to lie:
 * tenfold noise or none, where the source itself was AAC on the same grid.
 */
export function encodeUnbroken(sound: readonly Float32Array[], rate: number): Promise<Float32Array[][]> {
  return Promise.all([0, FRAME / 2].map((lead) => encodeOnGrid(sound, rate, lead)));
}

/** One such encode, whose frames begin `lead` samples before the sound. */
export async function encodeOnGrid(
  sound: readonly Float32Array[],
  rate: number,
  lead: number,
): Promise<Float32Array[]> {
  const channels = sound.length === 6 ? 6 : 2;
  const bitrate = channels === 6 ? "384k" : "128k";
  const encoder = ["-c:a", "aac", "-aac_coder", "fast", "-b:a", bitrate, "-f", "adts", "pipe:1"];
  const input = ["-f", "f32le", "-ar", String(rate), "-ac", String(sound.length), "-i", "pipe:0"];
  const led = moveTo(sound, lead, sound[0]!.length + lead);
  const { stdout } = await runProgram("ffmpeg", ["-v", "error", ...input, ...encoder], interleave(led));
  const decoded = await decodePcm(stdout, { channels });
  return decoded.channels.map((samples) => samples.subarray(FRAME + lead));
}

function interleave(channels: readonly Float32Array[]): Uint8Array {
  const together = new Float32Array(channels.length * channels[0]!.length);
  for (const [channel, samples] of channels.entries())
    for (let index = 0; index < samples.length; index++)
      together[index * channels.length + channel] = samples[index]!;
  return new Uint8Array(together.buffer);
}

/** The sound moved later by `lag` samples and cut or filled with silence to `length`. */
export function moveTo(sound: Pcm["channels"], lag: number, length: number): Float32Array[] {
  return sound.map((samples) => {
    const moved = new Float32Array(length);
    const from = Math.max(0, -lag);
    const to = Math.max(0, lag);
    moved.set(samples.subarray(from, from + Math.max(0, length - to)), to);
    return moved;
  });
}

/**
 * By how many samples `decoded` lies behind `source` in [from, to), at most `reach`: where their difference is
 * smallest. Undefined in silence.
 */
export function findLag(
  source: Float32Array,
  decoded: Float32Array,
  [from, to]: readonly [number, number],
  reach: number,
): number | undefined {
  if (!source.subarray(from, to).some((sample) => Math.abs(sample) > 0.01)) return undefined;
  let best = { lag: 0, error: Number.POSITIVE_INFINITY };
  for (let lag = -reach; lag <= reach; lag++) {
    let error = 0;
    for (let index = from; index < to; index++)
      error += ((decoded[index] ?? 0) - (source[index - lag] ?? 0)) ** 2;
    if (error < best.error) best = { lag, error };
  }
  return best.lag;
}

/**
 * What coding added to the true sound of one channel within `radius` samples of the seams: root mean square, full
 * scale is 1. The first frame is left out: in every AAC stream it lacks the frame before that it overlaps with.
 */
export function noiseAtSeams(
  truth: Float32Array,
  decoded: Float32Array,
  seams: readonly number[],
  radius: number,
): number {
  const moved = seams.map((seam) => seam - FRAME);
  const errors = seamError(truth.subarray(FRAME), decoded.subarray(FRAME), moved, radius).seams;
  const squares = errors.reduce((sum, error) => sum + error ** 2, 0);
  return Math.max(SILENT_NOISE, Math.sqrt(squares / errors.length));
}
