import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sheetByteLimit, spritePlan, TILE_BYTES } from "../../../shared/media/sprite-plan.ts";
import { planTitle } from "../../../shared/media/title.ts";
import { formatImagePlaylist, formatSpriteVtt } from "../../../shared/playlist/sprite-playlists.ts";
import { rational, toNumber } from "../../../shared/rational.ts";
import { exampleAudio, exampleSource, exampleVideo, soundOnlySource } from "./example-source.ts";

const SHORT = { segmentSeconds: 4 };

async function planOf(seconds: number, soundSeconds = seconds, video = {}) {
  const source = exampleSource({
    video: exampleVideo({ ...video, end: rational(Math.round(seconds * 25), 25) }),
    audio: [exampleAudio({ end: rational(Math.round(soundSeconds * 48_000), 48_000) })],
  });
  const title = await planTitle(source, SHORT);
  return { title, plan: spritePlan(title)! };
}

describe("the plan of sprites", () => {
  it("of films of several lengths", async () => {
    const row = async (seconds: number) => {
      const { tileSeconds, columns, rows, tileCount, sheetCount } = (await planOf(seconds)).plan;
      return `${seconds} s: ${tileCount} tiles, one in ${tileSeconds} s, on ${sheetCount} sheets of ${columns}x${rows}`;
    };
    expect(await Promise.all([1, 9, 60, 1440, 5400, 7200, 172_800].map(row))).toEqual([
      "1 s: 1 tiles, one in 2 s, on 1 sheets of 1x1",
      "9 s: 5 tiles, one in 2 s, on 1 sheets of 5x1",
      "60 s: 30 tiles, one in 2 s, on 1 sheets of 6x5",
      "1440 s: 720 tiles, one in 2 s, on 24 sheets of 6x5",
      "5400 s: 540 tiles, one in 10 s, on 18 sheets of 6x5",
      "7200 s: 720 tiles, one in 10 s, on 24 sheets of 6x5",
      "172800 s: 720 tiles, one in 240 s, on 24 sheets of 6x5",
    ]);
  });

  it("keeps the shape that is shown: stretched, turned, wide", async () => {
    const tile = async (video: object) => {
      const { tileWidth, tileHeight } = (await planOf(10, 10, video)).plan;
      return [tileWidth, tileHeight];
    };
    expect(await tile({ width: 720, height: 576, sampleAspectRatio: rational(64, 45) })).toEqual([160, 90]);
    expect(await tile({ width: 1280, height: 720, rotation: 90 })).toEqual([90, 160]);
    expect(await tile({ width: 1920, height: 800 })).toEqual([160, 66]);
  });

  it("is none where there is no picture", async () => {
    expect(spritePlan(await planTitle(soundOnlySource([exampleAudio()]), SHORT))).toBeUndefined();
  });

  it("gives every moment of a title one tile, each of them on a sheet", async () => {
    const lengths = fc.tuple(
      fc.double({ min: 0.04, max: 20_000, noNaN: true }),
      fc.double({ min: 0, max: 9, noNaN: true }),
    );
    await fc.assert(
      fc.asyncProperty(lengths, async ([seconds, overhang]) => {
        const { title, plan } = await planOf(seconds, seconds + overhang);
        const cues = readCues(formatSpriteVtt(plan, title.duration));
        let end = 0;
        for (const [tile, cue] of cues.entries()) {
          expect(cue.start).toBe(end);
          expect(cue.end).toBeGreaterThan(cue.start);
          end = cue.end;
          const { columns, rows, tileWidth, tileHeight } = plan;
          const place = (cue.y / tileHeight) * columns + cue.x / tileWidth;
          expect(cue.sheet * columns * rows + place).toBe(tile);
          expect(place).toBeLessThan(columns * rows);
          expect(cue.sheet).toBeLessThan(plan.sheetCount);
        }
        expect(end).toBeCloseTo(toNumber(title.duration), 2);
      }),
      { numRuns: 50 },
    );
  });
});

describe("the lists of sprites", () => {
  it("as WebVTT, each URI with the query", async () => {
    const { title, plan } = await planOf(3.5, 4.25);
    expect(formatSpriteVtt(plan, title.duration, "?token=t")).toBe(`WEBVTT

00:00:00.000 --> 00:00:02.000
0.jpg?token=t#xywh=0,0,160,90

00:00:02.000 --> 00:00:04.267
0.jpg?token=t#xywh=160,0,160,90
`);
  });

  it("as an image media playlist, whose last sheet is shorter", async () => {
    const { plan } = await planOf(65);
    expect(formatImagePlaylist(plan, "?token=t")).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:60
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-IMAGES-ONLY
#EXTINF:60.000,
#EXT-X-TILES:RESOLUTION=160x90,LAYOUT=6x5,DURATION=2.000
0.jpg?token=t
#EXTINF:6.000,
#EXT-X-TILES:RESOLUTION=160x90,LAYOUT=6x5,DURATION=2.000
1.jpg?token=t
#EXT-X-ENDLIST
`);
    expect(sheetByteLimit(plan)).toBe(30 * TILE_BYTES);
  });
});

function readCues(vtt: string) {
  const pattern = /^(\d+):(\d+):([\d.]+) --> (\d+):(\d+):([\d.]+)\n(\d+)\.jpg#xywh=(\d+),(\d+),\d+,\d+$/gm;
  return [...vtt.matchAll(pattern)].map((match) => {
    const [h1, m1, s1, h2, m2, s2, sheet, x, y] = match.slice(1).map(Number) as [
      ...[number, number, number, number, number, number, number, number, number],
    ];
    const milliseconds = (h: number, m: number, s: number) =>
      Math.round((h * 3600 + m * 60 + s) * 1000) / 1000;
    return { start: milliseconds(h1, m1, s1), end: milliseconds(h2, m2, s2), sheet, x, y };
  });
}
