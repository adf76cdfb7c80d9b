import { type Box, strip, stripCells } from "./frame-marks.ts";
import { runProgram } from "./run-program.ts";

/** FFmpeg's crop filter for a box given in fractions of the picture. */
export function cropTo(box: Box): string {
  return `crop=w=iw*${box.width}:h=ih*${box.height}:x=iw*${box.x}:y=ih*${box.y}:exact=1`;
}

/**
 * The frame numbers of every frame that decodes, in presentation order; a repeated or missing frame shows.
 *
 * `source` is a path, or the bytes of an init segment and media segments one after another. The strip is looked
 * for at the top-left of the displayed picture (`area`, in fractions of it, to look elsewhere), at any size.
 */
export async function readFrameNumbers(source: string | Uint8Array, area: Box = strip): Promise<number[]> {
  const file = typeof source === "string" ? source : "pipe:0";
  const args = [
    ...["-v", "error", "-copyts", "-i", file, "-map", "0:v:0", "-fps_mode", "passthrough"],
    // Shrunk by averaging to one pixel a cell. gray first: chroma would force even sizes on the crop.
    ...["-vf", `format=gray,${cropTo(area)},scale=${stripCells}:1:flags=area,format=gray`],
    ...["-f", "rawvideo", "pipe:1"],
  ];
  const { stdout } = await runProgram("ffmpeg", args, typeof source === "string" ? undefined : source);
  const frames = Math.floor(stdout.length / stripCells);
  return Array.from({ length: frames }, (_, frame) =>
    readNumber(stdout.subarray(frame * stripCells, (frame + 1) * stripCells)),
  );
}

function readNumber(cells: Uint8Array): number {
  return cells.reduce((number, luma, bit) => (luma > 125 ? number | (1 << bit) : number), 0);
}
