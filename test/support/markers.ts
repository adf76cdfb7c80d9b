import { burst, burstAt, flash } from "./frame-marks.ts";
import { cropTo } from "./numbered-frames.ts";
import { runProgram } from "./run-program.ts";

/** The time of the first video frame on the file's own clock, in seconds: what a title's time zero is. */
export async function startOfVideo(file: string): Promise<number> {
  const [first] = await frameTimes(file, "null", ["-frames:v", "1"]);
  if (!first) throw new Error(`no video frame came out of ${file}`);
  return first.seconds;
}

/**
 * The seconds, exact to a microsecond, at which the white flashes of the footage begin, counted from `zero`
 * seconds of the file's own clock (0 unless said). A flash that lasts several frames counts once.
 */
export async function findFlashes(source: string | Uint8Array, zero = 0): Promise<number[]> {
  // The middle half of the box: its edges blur when the picture is scaled.
  const middle = {
    x: flash.x + flash.width / 4,
    y: flash.y + flash.height / 4,
    width: flash.width / 2,
    height: flash.height / 2,
  };
  const frames = await frameTimes(source, `format=gray,${cropTo(middle)},scale=1:1:flags=area,format=gray`);
  return frames
    .filter((frame, index) => frame.luma > 160 && !((frames[index - 1]?.luma ?? 0) > 160))
    .map((frame) => frame.seconds - zero);
}

/** Each frame that decodes: its pts in seconds and, behind `filter`, the mean luma (0..255) of the picture. */
async function frameTimes(source: string | Uint8Array, filter: string, output: readonly string[] = []) {
  const args = [
    ...["-v", "error", "-copyts", "-i", typeof source === "string" ? source : "pipe:0", "-map", "0:v:0"],
    // pts in microseconds: FFmpeg prints seconds with six digits only, too few behind an offset of 1000 s.
    ...[
      "-vf",
      `${filter},settb=1/1000000,signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=pipe\\\\:1`,
    ],
    ...["-fps_mode", "passthrough", ...output, "-f", "null", "-"],
  ];
  const { stdout } = await runProgram("ffmpeg", args, typeof source === "string" ? undefined : source);
  const lines = stdout.toString().matchAll(/pts:(-?\d+)\s.*\n.*YAVG=([\d.]+)/g);
  return [...lines].map(([, pts, luma]) => ({ seconds: Number(pts) / 1e6, luma: Number(luma) }));
}

/**
 * The seconds at which the marker bursts begin in one channel of sound, exact to a sample in clean sound and
 * well under 1 ms after lossy codecs. A burst whose beginning is cut off is not found.
 */
export function findOnsets(pcm: Float32Array, rate: number): number[] {
  const shape = Float64Array.from({ length: Math.round(burst.seconds * rate) }, (_, i) => burstAt(i / rate));
  const onsets: number[] = [];
  for (const candidate of loudHighs(pcm, rate)) {
    const reach = Math.round(0.035 * rate);
    const best = bestMatch(pcm, shape, candidate - reach, candidate + reach);
    const seconds = best.index / rate;
    if (best.likeness > 0.6 && seconds - (onsets.at(-1) ?? -1) > burst.seconds) onsets.push(seconds);
  }
  return onsets;
}

/** Where the sound's second difference, which leaves only high frequencies, gets loud: sample indices to 5 ms. */
function loudHighs(pcm: Float32Array, rate: number): number[] {
  const hop = Math.round(0.005 * rate);
  const energies: number[] = [];
  for (let start = 0; start + hop <= pcm.length; start += hop) {
    let energy = 0;
    for (let i = Math.max(start, 2); i < start + hop; i++)
      energy += (pcm[i]! - 2 * pcm[i - 1]! + pcm[i - 2]!) ** 2;
    energies.push(energy);
  }
  const floor = energies.reduce((a, b) => Math.max(a, b), 0) / 100;
  return energies.flatMap((energy, i) =>
    energy > floor && !((energies[i - 1] ?? 0) > floor) ? [i * hop] : [],
  );
}

/** The index in [from, to] at which `shape` fits `pcm` best; `likeness` is their correlation, 1 for the same. */
function bestMatch(pcm: Float32Array, shape: Float64Array, from: number, to: number) {
  const shapeEnergy = shape.reduce((sum, value) => sum + value * value, 0);
  let best = { index: 0, likeness: 0 };
  for (let index = Math.max(0, from); index <= Math.min(to, pcm.length - shape.length); index++) {
    let product = 0;
    let energy = 0;
    for (let i = 0; i < shape.length; i++) {
      product += shape[i]! * pcm[index + i]!;
      energy += pcm[index + i]! ** 2;
    }
    const likeness = product / Math.sqrt(shapeEnergy * energy || 1);
    if (likeness > best.likeness) best = { index, likeness };
  }
  return best;
}
