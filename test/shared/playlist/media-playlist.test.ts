import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { audioRenditions } from "../../../shared/media/ladder.ts";
import {
  audioTimeline,
  segmentCount,
  targetDuration,
  timelineDuration,
  videoTimeline,
} from "../../../shared/media/timeline.ts";
import { formatMediaPlaylist } from "../../../shared/playlist/media-playlist.ts";
import { divide, rational, subtract, toNumber } from "../../../shared/rational.ts";
import { exampleAudio, exampleSource, exampleVideo } from "../media/example-source.ts";
import { readAttributes, readPlaylist, tagsNamed } from "./read-playlist.ts";

const FILM = rational(24000, 1001);

function film(frames: number, rate = FILM, segmentSeconds = 4) {
  const video = exampleVideo({ baseRate: rate, end: divide(rational(frames), rate) });
  return videoTimeline(exampleSource({ video }), rate, segmentSeconds);
}

describe("a media playlist", () => {
  it("of ten seconds of film", () => {
    expect(formatMediaPlaylist(film(240), 4)).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXTINF:1.001000,
0.m4s
#EXTINF:1.001000,
1.m4s
#EXTINF:2.002000,
2.m4s
#EXTINF:4.004000,
3.m4s
#EXTINF:2.002000,
4.m4s
#EXT-X-ENDLIST
`);
  });

  it("of the sound beside it", () => {
    const audio = [exampleAudio({ end: rational(10) })];
    const picture = film(240);
    const video = exampleVideo({ end: rational(1001, 100) });
    const timeline = audioTimeline(exampleSource({ audio, video }), audioRenditions(audio)[0]!, picture, 4);
    expect(formatMediaPlaylist(timeline, 4)).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXTINF:1.002667,
0.m4s
#EXTINF:1.002666,
1.m4s
#EXTINF:2.005334,
2.m4s
#EXTINF:3.989333,
3.m4s
#EXTINF:2.005333,
4.m4s
#EXT-X-ENDLIST
`);
  });

  it("of one frame", () => {
    const tags = readPlaylist(formatMediaPlaylist(film(1), 1));
    expect(tagsNamed(tags, "EXTINF")).toEqual([{ name: "EXTINF", value: "0.041708,", uri: "0.m4s" }]);
  });

  it("of a film of three hours sums up to its length within a microsecond", () => {
    const timeline = film(258_941);
    const tags = tagsNamed(readPlaylist(formatMediaPlaylist(timeline, 4)), "EXTINF");
    const microseconds = tags.reduce(
      (sum, { value }) => sum + Number(value.slice(0, -1).replace(".", "")),
      0,
    );
    expect(Math.abs(microseconds - toNumber(timelineDuration(timeline)) * 1e6)).toBeLessThanOrEqual(1);
  });

  it("obeys RFC 8216bis for any film", () => {
    const rates = fc
      .tuple(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 1, max: 1001 }))
      .map(([n, d]) => rational(n, d))
      .filter(({ n, d }) => n >= d && n <= 60 * d);
    fc.assert(
      fc.property(
        rates,
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 2, max: 10 }),
        (rate, frames, seconds) => {
          const timeline = film(frames, rate, seconds);
          const target = targetDuration([timeline]);
          const tags = readPlaylist(formatMediaPlaylist(timeline, target));
          expect(tags[0]!.name).toBe("EXTM3U");
          expect(tags.at(-1)!.name).toBe("EXT-X-ENDLIST");
          // 4.4.4.5: EXT-X-MAP without EXT-X-I-FRAMES-ONLY needs version 6 or more.
          expect(Number(tagsNamed(tags, "EXT-X-VERSION")[0]!.value)).toBeGreaterThanOrEqual(6);
          expect(tagsNamed(tags, "EXT-X-TARGETDURATION").map(({ value }) => value)).toEqual([String(target)]);
          const map = tags.findIndex(({ name }) => name === "EXT-X-MAP");
          expect(map).toBeLessThan(tags.findIndex(({ name }) => name === "EXTINF"));
          expect(readAttributes(tags[map]!.value).get("URI")).toBe('"init.mp4"');
          const segments = tagsNamed(tags, "EXTINF");
          expect(segments.length).toBe(segmentCount(timeline));
          let sum = 0;
          for (const [index, { value, uri }] of segments.entries()) {
            expect(uri).toBe(`${index}.m4s`);
            expect(value).toMatch(/^\d+\.\d{6},$/);
            // 4.4.3.1: EXTINF, rounded to the nearest integer, is at most the target duration.
            expect(Math.round(Number(value.slice(0, -1)))).toBeLessThanOrEqual(target);
            expect(Number(value.slice(0, -1))).toBeGreaterThan(0);
            sum += Number(value.slice(0, -1).replace(".", ""));
          }
          const off = subtract(rational(sum, 1_000_000), timelineDuration(timeline));
          expect(Math.abs(toNumber(off))).toBeLessThanOrEqual(1e-6);
        },
      ),
    );
  });
});
