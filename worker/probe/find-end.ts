import {
  add,
  compare,
  max,
  multiply,
  type Rational,
  rational,
  subtract,
  toDecimal,
  ZERO,
} from "../../shared/rational.ts";
import type { ProbedPacket } from "./ffprobe.ts";

/** Ends of streams by stream index, seconds on the container's clock. */
export type StreamEnds = ReadonlyMap<number, Rational>;

export interface EndSearch {
  /** The stream whose end matters: the picture's where there is one. */
  readonly mainStream: number;
  readonly timeBases: ReadonlyMap<number, Rational>;
  /** What the header says, if it says anything: a place to start from, no more. */
  readonly declaredEnd: Rational | undefined;
  readonly start: Rational;
  /** The demuxer may land after the last keyframe, where frames that are shown later are already past. */
  readonly landsAnywhere: boolean;
  /** Reads packets in an ffprobe interval. */
  readonly read: (interval: string) => Promise<readonly ProbedPacket[]>;
}

/** A place past the end of every film; demuxers with an index answer it with the last keyframe. */
const FAR = "9999999%";
/** Longer than any group of frames that are stored in another order than they are shown. */
const REORDER_SPAN = rational(5);
/** A duration above this belongs to a broken header, not to a packet. */
const LONGEST_PACKET = rational(30);
const BISECT_UNTIL = rational(8);

/**
 * Finds where streams really end by reading the last packets, never the whole file: headers lie, and a
 * file that was cut short keeps the header of the whole.
 */
export async function findEnds(search: EndSearch): Promise<StreamEnds> {
  let ends = await endsFrom(search, FAR);
  if (!ends.has(search.mainStream)) ends = await endsFrom(search, beforeDeclaredEnd(search));
  if (!ends.has(search.mainStream)) ends = await endsFrom(search, intervalFrom(await bisect(search)));
  const last = ends.get(search.mainStream);
  if (!last || !search.landsAnywhere) return ends;
  const again = await endsFrom(search, intervalFrom(max(subtract(last, REORDER_SPAN), search.start)));
  return again.has(search.mainStream) ? again : ends;
}

async function endsFrom(search: EndSearch, interval: string): Promise<StreamEnds> {
  return packetEnds(await search.read(interval), search.timeBases);
}

function beforeDeclaredEnd({ declaredEnd, start }: EndSearch): string {
  return intervalFrom(declaredEnd ? max(subtract(declaredEnd, REORDER_SPAN), start) : start);
}

/** The latest place, to within a few seconds, from which packets can still be read. */
async function bisect(search: EndSearch): Promise<Rational> {
  let readable = search.start;
  let unreadable = search.declaredEnd ?? search.start;
  while (compare(subtract(unreadable, readable), BISECT_UNTIL) > 0) {
    const middle = multiply(add(readable, unreadable), rational(1, 2));
    const packets = await search.read(`${toDecimal(middle, 3)}%+#64`);
    if (packets.some((packet) => packet.stream_index === search.mainStream)) readable = middle;
    else unreadable = middle;
  }
  return readable;
}

export function packetEnds(
  packets: readonly ProbedPacket[],
  timeBases: ReadonlyMap<number, Rational>,
): StreamEnds {
  const ends = new Map<number, Rational>();
  for (const { stream_index: stream, pts, duration } of packets) {
    const timeBase = timeBases.get(stream);
    if (pts === undefined || !timeBase) continue;
    const length = multiply(rational(duration ?? 0), timeBase);
    const sane = compare(length, LONGEST_PACKET) > 0 ? ZERO : length;
    const end = add(multiply(rational(pts), timeBase), sane);
    ends.set(stream, max(end, ends.get(stream) ?? end));
  }
  return ends;
}

function intervalFrom(start: Rational): string {
  // A leading sign would read as relative to the current place.
  return `${toDecimal(max(start, ZERO), 3)}%`;
}
