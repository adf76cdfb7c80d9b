/**
 * NAL units behind start codes (ITU-T H.264 annex B), as MPEG-TS has them, to NAL units behind their lengths of four
 * bytes, as MP4 has them.
 */
export function toLengthPrefixed(data: Uint8Array): Uint8Array {
  const units = nalUnits(data);
  const length = units.reduce((sum, { start, end }) => sum + 4 + end - start, 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const { start, end } of units) {
    view.setUint32(offset, end - start);
    bytes.set(data.subarray(start, end), offset + 4);
    offset += 4 + end - start;
  }
  return bytes;
}

function nalUnits(data: Uint8Array): { start: number; end: number }[] {
  const units: { start: number; end: number }[] = [];
  for (let at = nextStartCode(data, 0); at < data.length; ) {
    const start = at + 3;
    const next = nextStartCode(data, start);
    let end = next;
    // A zero before a start code belongs to it, and any more of them to nobody.
    while (end > start && data[end - 1] === 0) end -= 1;
    if (end > start) units.push({ start, end });
    at = next;
  }
  return units;
}

/** Where the next 00 00 01 is; the end where there is none. */
function nextStartCode(data: Uint8Array, from: number): number {
  for (let at = from + 2; at < data.length; ) {
    const byte = data[at]!;
    if (byte > 1) at += 3;
    else if (byte === 0) at += 1;
    else if (data[at - 1] === 0 && data[at - 2] === 0) return at - 2;
    else at += 3;
  }
  return data.length;
}
