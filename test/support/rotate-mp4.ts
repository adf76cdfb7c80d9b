import { readBoxes, requireBox, viewOf } from "../../check/media/iso-bmff.ts";

/**
 * The same mp4 with a display matrix that turns its video by 90 degrees clockwise. FFmpeg 5 and 7 want different
 * options for this (`-metadata rotate`, `-display_rotation`); nine numbers in the track header suit both.
 */
export function turnClockwise(file: Uint8Array): Uint8Array {
  const turned = Uint8Array.from(file);
  const tracks = readBoxes(requireBox(turned, "moov")).filter((box) => box.type === "trak");
  const header = tracks.map((track) => requireBox(track.body, "tkhd")).find((tkhd) => heightOf(tkhd) > 0);
  if (!header) throw new Error("no video track to turn");
  const one = 0x10000;
  // Rows (a b u) (c d v) (x y w): x' = -y + height, y' = x; u, v and w are 2.30 fixed point, the rest 16.16.
  const matrix = [0, one, 0, -one, 0, 0, heightOf(header), 0, 0x40000000];
  const offset = header.length - 8 - 36;
  for (const [index, value] of matrix.entries()) viewOf(header).setInt32(offset + 4 * index, value);
  return turned;
}

/** The track's height as 16.16 fixed point: the last field of the box; 0 for sound. */
function heightOf(tkhd: Uint8Array): number {
  return viewOf(tkhd).getUint32(tkhd.length - 4);
}
