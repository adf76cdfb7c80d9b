const [WIDTH, HEIGHT] = [40, 8] as const;
/** On a picture of 320x180. */
const PLACE = [...u16(140), ...u16(160)];

/**
 * A Blu-ray subtitle stream (PGS in a .sup file) of two white boxes, each shown for a second: what FFmpeg makes
 * the picture subtitles of other containers from.
 */
export const pictureSubtitles: Uint8Array = Buffer.concat(
  [1, 3].flatMap((second, pair) => [
    ...segments(second, [composition(2 * pair, true), windows(), palette(), box()]),
    ...segments(second + 1, [composition(2 * pair + 1, false), windows()]),
  ]),
);

type Segment = readonly [type: number, body: readonly number[]];

function segments(second: number, parts: readonly Segment[]): Buffer[] {
  const end: Segment = [0x80, []];
  return [...parts, end].map(([type, body]) => {
    const head = Buffer.from(["P".charCodeAt(0), "G".charCodeAt(0), 0, 0, 0, 0, 0, 0, 0, 0, type, 0, 0]);
    head.writeUInt32BE(second * 90_000, 2);
    head.writeUInt16BE(body.length, 11);
    return Buffer.concat([head, Buffer.from(body)]);
  });
}

function composition(number: number, shown: boolean): Segment {
  const objects = shown ? [1, ...u16(0), 0, 0, ...PLACE] : [0];
  return [0x16, [...u16(320), ...u16(180), 0x10, ...u16(number), shown ? 0x80 : 0, 0, 0, ...objects]];
}

function windows(): Segment {
  return [0x17, [1, 0, ...PLACE, ...u16(WIDTH), ...u16(HEIGHT)]];
}

/** Colour 1 is white. */
function palette(): Segment {
  return [0x14, [0, 0, 1, 235, 128, 128, 255]];
}

function box(): Segment {
  const line = [0, 0x80 | WIDTH, 1, 0, 0];
  const lines = Array.from({ length: HEIGHT }, () => line).flat();
  const length = lines.length + 4;
  return [0x15, [...u16(0), 0, 0xc0, 0, ...u16(length), ...u16(WIDTH), ...u16(HEIGHT), ...lines]];
}

function u16(value: number): number[] {
  return [value >> 8, value & 255];
}
