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
  /** Streams whose ends are wanted too. */
  readonly otherStreams: readonly number[];
  readonly timeBases: ReadonlyMap<number, Rational>;
  /** How long after its packet a frame is shown where the container does not say when, seconds by stream. */
  readonly delays?: ReadonlyMap<number, Rational>;
  /** How long packets are where the container does not say, seconds by stream. */
  readonly lengths?: ReadonlyMap<number, Rational>;
  /** What the header says, if it says anything: a place to start from, no more. */
  readonly declaredEnd: Rational | undefined;
  readonly start: Rational;
  /**
   * A seek past the end may land after the last keyframe, where frames that are shown later are already past, or
   * where time stamps are guessed.
   */
  readonly landsAnywhere: boolean;
  /** Reads packets in an ffprobe interval. */
  readonly read: (interval: string) => Promise<readonly ProbedPacket[]>;
}

/** A place past the end of every film; demuxers with an index answer it with the last keyframe. */
export const FAR = "9999999%";
/** Longer than any group of frames that are stored in another order than they are shown. */
const REORDER_SPAN = rational(5);
/** A duration above this belongs to a broken header, not to a packet. */
const LONGEST_PACKET = rational(30);
const BISECT_UNTIL = rational(8);
/** Seconds to read at each step: longer than the packets of any stream are apart. */
const BISECT_SPAN = 4;
const LATE_SPAN = 20;

/**
 * Finds where streams really end by reading the last packets, never the whole file: headers lie, and a
 * file that was cut short keeps the header of the whole.
 */
export async function findEnds(search: EndSearch): Promise<StreamEnds> {
  const ends = new Map(await findMainEnd(search));
  const mainEnd = ends.get(search.mainStream);
  if (!mainEnd) return ends;
  for (const stream of search.otherStreams.filter((other) => !ends.has(other))) {
    // It stops long before the main stream does.
    const end = (await endsFrom(search, intervalFrom(await bisect(search, stream, mainEnd), LATE_SPAN))).get(
      stream,
    );
    if (end) ends.set(stream, end);
  }
  return ends;
}

async function findMainEnd(search: EndSearch): Promise<StreamEnds> {
  const { mainStream, declaredEnd, start } = search;
  let ends = await endsFrom(search, FAR);
  if (!ends.has(mainStream)) ends = await endsFrom(search, intervalBefore(search, declaredEnd ?? start));
  if (!ends.has(mainStream)) {
    ends = await endsFrom(search, intervalFrom(await bisect(search, mainStream, declaredEnd ?? start)));
  }
  const last = ends.get(mainStream);
  if (!last || !search.landsAnywhere) return ends;
  const again = await endsFrom(search, intervalBefore(search, last));
  return again.has(mainStream) ? again : ends;
}

async function endsFrom(search: EndSearch, interval: string): Promise<StreamEnds> {
  return packetEnds(await search.read(interval), search.timeBases, search);
}

/** The latest place, to within a few seconds, from which packets of a stream can still be read. */
async function bisect(search: EndSearch, stream: number, end: Rational): Promise<Rational> {
  let readable = search.start;
  let unreadable = end;
  while (compare(subtract(unreadable, readable), BISECT_UNTIL) > 0) {
    const middle = multiply(add(readable, unreadable), rational(1, 2));
    const packets = await search.read(intervalFrom(middle, BISECT_SPAN));
    if (packets.some((packet) => packet.stream_index === stream)) readable = middle;
    else unreadable = middle;
  }
  return readable;
}

export function packetEnds(
  packets: readonly ProbedPacket[],
  timeBases: ReadonlyMap<number, Rational>,
  { delays, lengths }: Pick<EndSearch, "delays" | "lengths"> = {},
): StreamEnds {
  const ends = new Map<number, Rational>();
  for (const { stream_index: stream, pts, dts, duration } of packets) {
    const timeBase = timeBases.get(stream);
    const ticks = pts ?? dts;
    if (ticks === undefined || !timeBase) continue;
    const length =
      duration === undefined ? (lengths?.get(stream) ?? ZERO) : multiply(rational(duration), timeBase);
    const sane = compare(length, LONGEST_PACKET) > 0 ? ZERO : length;
    const delay = pts === undefined ? (delays?.get(stream) ?? ZERO) : ZERO;
    const end = add(add(multiply(rational(ticks), timeBase), delay), sane);
    ends.set(stream, max(end, ends.get(stream) ?? end));
  }
  return ends;
}

function intervalBefore({ start }: EndSearch, end: Rational): string {
  return intervalFrom(max(subtract(end, REORDER_SPAN), start));
}

/** An ffprobe interval from a place on, to the end or `length` seconds long. */
function intervalFrom(start: Rational, length?: number): string {
  // A leading sign would read as relative to the current place.
  return `${toDecimal(max(start, ZERO), 3)}%${length === undefined ? "" : `+${length}`}`;
}
