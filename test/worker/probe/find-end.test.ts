import { describe, expect, it } from "vitest";
import { type Rational, rational, toNumber } from "../../../shared/rational.ts";
import type { ProbedPacket } from "../../../worker/probe/ffprobe.ts";
import { type EndSearch, findEnds, packetEnds } from "../../../worker/probe/find-end.ts";

const TIME_BASE = rational(1, 1000);
const timeBases = new Map([
  [0, TIME_BASE],
  [1, TIME_BASE],
]);

/** A file of packets, as ffprobe reads it from a time on. */
interface Reels {
  /** Seconds of picture from `start`, 25 packets each; a keyframe every `gop` seconds. */
  readonly seconds: number;
  readonly gop: number;
  readonly start?: number;
  /** Where a seek past the end lands: at the last keyframe (an index), or nowhere. */
  readonly isIndexed: boolean;
  /** Times from which on nothing can be read. */
  readonly cutAt?: number;
  /** Where the sound stops, if before the picture. */
  readonly soundEnd?: number;
}

/** Reads as ffprobe would, and counts what it read. */
function reader({ seconds, gop, start = 0, isIndexed, cutAt = Number.POSITIVE_INFINITY, soundEnd }: Reels) {
  const end = Math.min(start + seconds, cutAt);
  const reads: { interval: string; packets: number }[] = [];
  const read = async (interval: string): Promise<readonly ProbedPacket[]> => {
    const match = /^(\d+(?:\.\d+)?)%(?:\+(\d+(?:\.\d+)?))?$/.exec(interval);
    if (!match) throw new Error(`no interval: ${interval}`);
    const from = Number(match[1]);
    const packets: ProbedPacket[] = [];
    if (from < end || isIndexed) {
      const at = Math.min(Math.max(from, start), end - 0.04);
      const key = start + Math.floor((at - start) / gop) * gop;
      for (let t = key; t < end - 0.02; t += 0.04) {
        const [pts, duration] = [Math.round(t * 1000), 40];
        packets.push({ stream_index: 0, pts, duration, flags: t === key ? "K__" : "___" });
        if (t < (soundEnd ?? end)) packets.push({ stream_index: 1, pts, duration: 50, flags: "K__" });
        if (match[2] && t - key >= Number(match[2])) break;
      }
    }
    reads.push({ interval, packets: packets.length });
    return packets;
  };
  return { read, reads };
}

function search(reels: Reels, changes: Partial<EndSearch> = {}) {
  const { read, reads } = reader(reels);
  const start = rational(Math.round((reels.start ?? 0) * 1000), 1000);
  const declaredEnd = rational(Math.round(((reels.start ?? 0) + reels.seconds) * 1000), 1000);
  const found = findEnds({
    mainStream: 0,
    otherStreams: [1],
    timeBases,
    declaredEnd,
    start,
    landsAnywhere: false,
    read,
    ...changes,
  });
  return { found, reads };
}

const seconds = (value: Rational | undefined) => value && toNumber(value);

describe("the end of a film", () => {
  it("is that of its last packet, for each stream", async () => {
    const { found } = search({ seconds: 60, gop: 2, isIndexed: true });
    const ends = await found;
    expect(seconds(ends.get(0))).toBe(60);
    expect(seconds(ends.get(1))).toBe(60.01);
  });

  it("is found by reading no more than its last group of frames", async () => {
    const { found, reads } = search({ seconds: 7200, gop: 10, isIndexed: true });
    await found;
    expect(reads.reduce((sum, { packets }) => sum + packets, 0)).toBeLessThanOrEqual(2 * 25 * 10);
  });

  it("is not what the header says, but what can be read", async () => {
    for (const declared of [10, 7200, 86_400]) {
      const changes = { declaredEnd: rational(declared) };
      const { found } = search({ seconds: 60, gop: 2, isIndexed: true }, changes);
      expect(seconds((await found).get(0))).toBe(60);
    }
  });

  it("is found in a file without an index", async () => {
    const { found } = search({ seconds: 600, gop: 2, isIndexed: false }, { landsAnywhere: true });
    expect(seconds((await found).get(0))).toBe(600);
  });

  it.each([1, 7, 60, 599, 3000, 7100])(
    "is found in a file without an index that was cut off after %i s and keeps the header of the whole",
    async (cutAt) => {
      const { found, reads } = search({ seconds: 7200, gop: 2, isIndexed: false, cutAt });
      expect(seconds((await found).get(0))).toBeCloseTo(cutAt, 1);
      expect(reads.length).toBeLessThanOrEqual(20);
      // Never the whole file: a few seconds at most beside the soundings.
      expect(Math.max(...reads.map(({ packets }) => packets))).toBeLessThanOrEqual(2 * 25 * 20);
    },
  );

  it.each([5, 100, 3000, 7000])(
    "comes with that of sound which stops after %i s already",
    async (soundEnd) => {
      const { found, reads } = search({ seconds: 7200, gop: 2, isIndexed: true, soundEnd });
      const ends = await found;
      expect(seconds(ends.get(0))).toBe(7200);
      expect(Math.abs(seconds(ends.get(1))! - soundEnd)).toBeLessThanOrEqual(0.1);
      expect(reads.length).toBeLessThanOrEqual(20);
    },
  );

  it("is found where the header says nothing", async () => {
    const { found } = search({ seconds: 30, gop: 2, isIndexed: false }, { declaredEnd: undefined });
    expect(seconds((await found).get(0))).toBe(30);
  });

  it("is found on a clock that begins late", async () => {
    const late = search({ seconds: 30, gop: 2, start: 95_443.7, isIndexed: false }, { landsAnywhere: true });
    expect(seconds((await late.found).get(0))).toBeCloseTo(95_473.7, 1);
  });

  it("takes frames into account that are shown later than the last that is stored", async () => {
    const packets = [
      { stream_index: 0, pts: 9960, duration: 40, flags: "___" },
      { stream_index: 0, pts: 9920, duration: 40, flags: "___" },
    ];
    const ends = await findEnds({
      mainStream: 0,
      otherStreams: [],
      timeBases,
      declaredEnd: rational(10),
      start: rational(0),
      landsAnywhere: true,
      // A seek past the end finds only the last packet that is stored.
      read: async (interval) => (interval.startsWith("9999999") ? packets.slice(1) : packets),
    });
    expect(seconds(ends.get(0))).toBe(10);
  });

  it("is found where packets have no presentation times, by when frames were seen to be shown", async () => {
    const packets = [{ stream_index: 0, dts: 9960, duration: 40, flags: "___" }];
    const delays = new Map([[0, rational(2, 25)]]);
    const { found } = search({ seconds: 10, gop: 2, isIndexed: true }, { delays, read: async () => packets });
    expect(seconds((await found).get(0))).toBeCloseTo(10.08, 9);
  });

  it("is found where packets do not say how long they are", async () => {
    const packets = [{ stream_index: 0, pts: 9960, flags: "K__" }];
    const lengths = new Map([[0, rational(4096, 44_100)]]);
    const { found } = search(
      { seconds: 10, gop: 2, isIndexed: true },
      { lengths, read: async () => packets },
    );
    expect(seconds((await found).get(0))).toBeCloseTo(9.96 + 4096 / 44_100, 9);
  });

  it("is missing where nothing can be read, in a bounded number of tries", async () => {
    let reads = 0;
    const read = async () => {
      reads += 1;
      return [];
    };
    const common = {
      mainStream: 0,
      otherStreams: [1],
      timeBases,
      start: rational(0),
      landsAnywhere: true,
      read,
    };
    expect((await findEnds({ ...common, declaredEnd: rational(1_000_000_000) })).size).toBe(0);
    expect(reads).toBeLessThanOrEqual(40);
  });
});

describe("the ends of packets", () => {
  const ends = (...packets: Partial<ProbedPacket>[]) =>
    packetEnds(
      packets.map((packet) => ({ stream_index: 0, flags: "___", ...packet })),
      timeBases,
    );

  it("leave out packets without a time, and streams that nobody knows", () => {
    expect(ends({ duration: 40 }, { stream_index: 9, pts: 5, duration: 40 }).size).toBe(0);
  });

  it("take a packet without a duration, or with a mad one, for a moment", () => {
    expect(seconds(ends({ pts: 1000 }).get(0))).toBe(1);
    expect(seconds(ends({ pts: 1000, duration: 2_000_000_000 }).get(0))).toBe(1);
    expect(seconds(ends({ pts: 1000, duration: 40 }).get(0))).toBe(1.04);
  });

  it("may lie before zero", () => {
    expect(seconds(ends({ pts: -1000, duration: 40 }, { pts: -2000, duration: 40 }).get(0))).toBe(-0.96);
  });
});
