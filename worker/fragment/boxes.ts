/** A box of ISO/IEC 14496-12 4.2 inside a buffer. */
export interface Box {
  readonly type: string;
  /** The whole box, header included. */
  readonly bytes: Buffer;
  readonly body: Buffer;
}

export class BoxError extends Error {
  override readonly name = "BoxError";
}

/** The boxes that fill a buffer from end to end; throws where they don't. */
export function readBoxes(buffer: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let offset = 0; offset < buffer.length; ) {
    const box = readBox(buffer, offset);
    boxes.push(box);
    offset += box.bytes.length;
  }
  return boxes;
}

/** The first box of a type; throws where there is none. */
export function childBox(parent: readonly Box[], type: string): Box {
  const box = parent.find((candidate) => candidate.type === type);
  if (!box) throw new BoxError(`no ${type} box`);
  return box;
}

export function hasBox(parent: readonly Box[], type: string): boolean {
  return parent.some((box) => box.type === type);
}

function readBox(buffer: Buffer, offset: number): Box {
  if (offset + 8 > buffer.length) throw new BoxError(`${buffer.length - offset} bytes left over`);
  const type = buffer.toString("latin1", offset + 4, offset + 8);
  const short = buffer.readUInt32BE(offset);
  const header = short === 1 ? 16 : 8;
  // Size 0, "to the end of the file", never comes out of a fragmented muxer.
  const size =
    short === 1 && offset + 16 <= buffer.length ? Number(buffer.readBigUInt64BE(offset + 8)) : short;
  if (size < header || offset + size > buffer.length) throw new BoxError(`box ${type} is cut short`);
  const bytes = buffer.subarray(offset, offset + size);
  return { type, bytes, body: bytes.subarray(header) };
}
