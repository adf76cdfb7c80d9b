import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { audioCopies } from "../../../shared/media/audio-copies.ts";
import type { AudioTrack } from "../../../shared/media/source-info.ts";
import {
  borderTime,
  presentationStart,
  timelineDuration,
  videoTimeline,
} from "../../../shared/media/timeline.ts";
import { planTitle } from "../../../shared/media/title.ts";
import {
  add,
  divide,
  multiply,
  type Rational,
  rational,
  subtract,
  toNumber,
  ZERO,
} from "../../../shared/rational.ts";
import { exampleAudio, exampleSource, exampleVideo, soundOnlySource } from "./example-source.ts";

const PACKET = rational(1536, 48000);
const ac3 = (changes: Partial<AudioTrack> = {}) =>
  exampleAudio({
    ...{ codec: "ac3", channels: 6, bitrate: 448_000, tick: rational(1, 1000) },
    packetGrid: { samples: 1536, phase: PACKET },
    ...changes,
  });

/** Copies beside a picture of 10 s at 25 frames/s that begins at `start` on the container's clock. */
function copiesOf(track: AudioTrack, start: Rational = ZERO) {
  const video = exampleVideo({ start, end: add(start, rational(10)) });
  const source = exampleSource({ video, audio: [track] });
  return audioCopies(source, videoTimeline(source, rational(25), 4), 4);
}

describe("a track that is served as it is", () => {
  it("is cut at the packets next to the picture's borders, and begins with it", () => {
    const [copy] = copiesOf(ac3());
    expect(copy!.rendition).toMatchObject({ id: "d0", codec: "ac3", firstPacket: ZERO, channels: 6 });
    expect(copy!.timeline).toMatchObject({ timescale: 48000, ticksPerUnit: 1536, decodeOffset: 3840 });
    expect(copy!.timeline.borders).toEqual([0, 31, 63, 125, 250, 313]);
  });

  it("begins with the packet that sounds at the picture's start, by as much earlier as that begins", () => {
    const [copy] = copiesOf(ac3(), rational(1, 100));
    expect(copy!.rendition.firstPacket).toEqual(ZERO);
    expect(copy!.timeline.decodeOffset).toBe(3840 - 480);
  });

  it("begins with the next packet where decoding would have to begin before time", () => {
    const start = rational(1, 100);
    const video = exampleVideo({ start, end: rational(10), baseRate: rational(1) });
    const source = exampleSource({ video, audio: [ac3()] });
    const [copy] = audioCopies(source, videoTimeline(source, rational(1), 4), 4);
    expect(copy!.rendition.firstPacket).toEqual(PACKET);
    expect(copy!.timeline.decodeOffset).toBe(1536 - 480);
  });

  it("ends with its last packet, before the picture's end or after", () => {
    expect(copiesOf(ac3({ end: rational(6) }))[0]!.timeline.borders).toEqual([0, 31, 63, 125, 188]);
    expect(copiesOf(ac3({ end: rational(4001, 1000) }))[0]!.timeline.borders).toEqual([0, 31, 63, 125]);
    expect(copiesOf(ac3({ end: rational(11) }))[0]!.timeline.borders).toEqual([0, 31, 63, 125, 250, 344]);
  });

  it("needs a picture beside it", async () => {
    const { audio } = await planTitle(soundOnlySource([ac3()]), { segmentSeconds: 4 });
    expect(audio.map(({ id }) => id)).toEqual(["a0", "m0"]);
  });

  it.each<[string, Partial<AudioTrack>]>([
    ["is of another codec", { codec: "dts" }],
    ["begins more than a packet after the picture", { start: rational(1) }],
    ["ends nobody knows where", { end: undefined as never }],
    ["has packets of another length", { packetGrid: { samples: 256, phase: ZERO } }],
    ["has time stamps that can't tell its packets apart evenly", { sampleRate: 44100 }],
  ])("is not one that %s", (_, changes) => {
    const { end, ...rest } = ac3(changes);
    expect(copiesOf(end ? { ...rest, end } : rest)).toEqual([]);
  });

  it("has for any start and end growing borders within half a packet of the picture's, and exact time", () => {
    const times = fc.record({
      startMs: fc.integer({ min: 0, max: 5000 }),
      phaseMs: fc.integer({ min: 0, max: 31 }),
      endMs: fc.integer({ min: 500, max: 30_000 }),
    });
    fc.assert(
      fc.property(times, ({ startMs, phaseMs, endMs }) => {
        const start = rational(startMs, 1000);
        const phase = rational(phaseMs, 1000);
        const video = exampleVideo({ start, end: add(start, rational(10)) });
        const track = ac3({
          start: phase,
          end: add(start, rational(endMs, 1000)),
          packetGrid: { samples: 1536, phase },
        });
        const source = exampleSource({ video, audio: [track] });
        const picture = videoTimeline(source, rational(25), 4);
        for (const { rendition, timeline } of audioCopies(source, picture, 4)) {
          const { borders } = timeline;
          expect(borders.every((border, k) => k === 0 || border > borders[k - 1]!)).toBe(true);
          const first = rendition.firstPacket!;
          // It is a packet of the track, and sounds as long after the picture's start as in the source.
          expect(divide(subtract(first, phase), PACKET).d).toBe(1);
          const served = subtract(rational(timeline.decodeOffset, 48000), presentationStart(picture));
          expect(Math.abs(toNumber(subtract(served, subtract(first, start))))).toBeLessThan(1 / 48000);
          const end = toNumber(add(first, timelineDuration(timeline)));
          expect(Math.abs(end - toNumber(track.end!))).toBeLessThanOrEqual(toNumber(PACKET));
          for (let k = 1; k < Math.min(borders.length, picture.borders.length) - 1; k++) {
            const off = subtract(add(borderTime(timeline, k), served), borderTime(picture, k));
            expect(Math.abs(toNumber(multiply(off, rational(48000))))).toBeLessThanOrEqual(769);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
