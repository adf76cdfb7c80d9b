import type { RangeFile } from "./range-file.ts";

/** Where a keyframe of a track is: in Matroska's index of keyframes (RFC 9559 5.1.5). */
export interface CuePoint {
  /** Ticks of the segment's TimestampScale. */
  readonly time: number;
  /** Of its cluster, bytes from the file's beginning. */
  readonly position: number;
}

const EBML_HEADER = 0x1a45_dfa3;
const SEGMENT = 0x1853_8067;
const SEEK_HEAD = 0x114d_9b74;
const SEEK = 0x4dbb;
const SEEK_ID = 0x53ab;
const SEEK_POSITION = 0x53ac;
const CLUSTER = 0x1f43_b675;
const CUES = 0x1c53_bb6b;
const CUE_POINT = 0xbb;
const CUE_TIME = 0xb3;
const CUE_TRACK_POSITIONS = 0xb7;
const CUE_TRACK = 0xf7;
const CUE_CLUSTER_POSITION = 0xf1;

/** An element's head: identifier and size of at most eight bytes each. */
const HEAD_BYTES = 16;
/** Before the first cluster there are a few elements, not thousands. */
const MOST_TOP_ELEMENTS = 64;
/** A film of a day with a keyframe a second has fewer. */
const MOST_CUES_BYTES = 16 * 2 ** 20;
const MOST_SEEK_HEAD_BYTES = 2 ** 20;

interface Element {
  readonly id: number;
  readonly bodyStart: number;
  /** Infinity where the size is unknown. */
  readonly bodyEnd: number;
}

/** The cue points of a track, in the order of their times; none where the file has no index. */
export async function readCues(file: RangeFile, track: number): Promise<readonly CuePoint[]> {
  const header = await elementAt(file, 0);
  const segment = header?.id === EBML_HEADER ? await elementAt(file, header.bodyEnd) : undefined;
  if (segment?.id !== SEGMENT) return [];
  const cues = await findCues(file, segment);
  if (!cues || cues.bodyEnd - cues.bodyStart > MOST_CUES_BYTES) return [];
  const body = await file.read(cues.bodyStart, cues.bodyEnd);
  return children(body)
    .filter(({ id }) => id === CUE_POINT)
    .flatMap((point) => readCuePoint(body.subarray(point.bodyStart, point.bodyEnd), track, segment.bodyStart))
    .sort((a, b) => a.time - b.time);
}

async function findCues(file: RangeFile, segment: Element): Promise<Element | undefined> {
  let at = segment.bodyStart;
  let sought: number | undefined;
  for (let count = 0; count < MOST_TOP_ELEMENTS && at < file.size; count++) {
    const element = await elementAt(file, at);
    if (!element || element.id === CLUSTER) break;
    if (element.id === CUES) return element;
    if (element.id === SEEK_HEAD && element.bodyEnd - element.bodyStart <= MOST_SEEK_HEAD_BYTES)
      sought ??= cuesPosition(await file.read(element.bodyStart, element.bodyEnd));
    at = element.bodyEnd;
  }
  const found = sought === undefined ? undefined : await elementAt(file, segment.bodyStart + sought);
  return found?.id === CUES ? found : undefined;
}

/** What a SeekHead says of the Cues, bytes from the segment's body. */
function cuesPosition(seekHead: Uint8Array): number | undefined {
  for (const seek of children(seekHead).filter(({ id }) => id === SEEK)) {
    const body = seekHead.subarray(seek.bodyStart, seek.bodyEnd);
    const parts = children(body);
    if (numberIn(body, parts, SEEK_ID) === CUES) return numberIn(body, parts, SEEK_POSITION);
  }
  return undefined;
}

function readCuePoint(point: Uint8Array, track: number, segmentStart: number): CuePoint[] {
  const parts = children(point);
  const time = numberIn(point, parts, CUE_TIME);
  if (time === undefined) return [];
  return parts
    .filter(({ id }) => id === CUE_TRACK_POSITIONS)
    .flatMap(({ bodyStart, bodyEnd }) => {
      const body = point.subarray(bodyStart, bodyEnd);
      const positions = children(body);
      const position = numberIn(body, positions, CUE_CLUSTER_POSITION);
      return position !== undefined && numberIn(body, positions, CUE_TRACK) === track
        ? [{ time, position: segmentStart + position }]
        : [];
    });
}

async function elementAt(file: RangeFile, at: number): Promise<Element | undefined> {
  if (at >= file.size) return undefined;
  const head = readHead(await file.read(at, Math.min(at + HEAD_BYTES, file.size)), 0);
  return head && { id: head.id, bodyStart: at + head.length, bodyEnd: at + head.length + head.size };
}

/** The elements that fill a body; what is cut short is left out. */
function children(body: Uint8Array): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < body.length; ) {
    const head = readHead(body, at);
    if (!head || at + head.length + head.size > body.length) break;
    const bodyStart = at + head.length;
    elements.push({ id: head.id, bodyStart, bodyEnd: bodyStart + head.size });
    at = bodyStart + head.size;
  }
  return elements;
}

function numberIn(body: Uint8Array, elements: readonly Element[], id: number): number | undefined {
  const element = elements.find((candidate) => candidate.id === id);
  if (!element || element.bodyEnd - element.bodyStart > 7) return undefined;
  return unsigned(body.subarray(element.bodyStart, element.bodyEnd));
}

function unsigned(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** Identifier and size (RFC 8794 4): numbers whose first byte tells how long they are. */
function readHead(bytes: Uint8Array, at: number): { id: number; size: number; length: number } | undefined {
  const idLength = Math.clz32(bytes[at] ?? 0) - 23;
  const sizeAt = at + idLength;
  const sizeLength = Math.clz32(bytes[sizeAt] ?? 0) - 23;
  if (idLength > 4 || sizeLength > 8 || sizeAt + sizeLength > bytes.length) return undefined;
  const id = unsigned(bytes.subarray(at, sizeAt));
  const sizeBytes = bytes.subarray(sizeAt, sizeAt + sizeLength);
  const marked = unsigned(sizeBytes);
  const marker = 2 ** (7 * sizeLength);
  // All ones: unknown.
  const size = marked === 2 * marker - 1 ? Number.POSITIVE_INFINITY : marked - marker;
  return { id, size, length: idLength + sizeLength };
}
