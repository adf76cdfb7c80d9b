import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCuts } from "../../../shared/media/copied-cuts.ts";
import { planOriginal } from "../../../shared/media/original.ts";
import type { AudioTrack, SourceInfo } from "../../../shared/media/source-info.ts";
import { planTitle } from "../../../shared/media/title.ts";
import { formatMultivariantPlaylist } from "../../../shared/playlist/multivariant-playlist.ts";
import { rational } from "../../../shared/rational.ts";
import { exampleAudio, exampleSource, exampleVideo, soundOnlySource } from "../media/example-source.ts";
import { readAttributes, readPlaylist, type Tag, tagsNamed } from "./read-playlist.ts";

/** The playlist with the title key as KEY. */
async function playlistOf(source: SourceInfo, offered?: "all"): Promise<string> {
  const title = await planTitle(source, { segmentSeconds: 4 });
  return formatMultivariantPlaylist(title, "", offered).replaceAll(title.key, "KEY");
}

const media = (tags: readonly Tag[]) =>
  tagsNamed(tags, "EXT-X-MEDIA").map(({ value }) => readAttributes(value));
const variants = (tags: readonly Tag[]) =>
  tagsNamed(tags, "EXT-X-STREAM-INF").map(({ value, uri }) => ({
    attributes: readAttributes(value),
    uri: uri!,
  }));

describe("a multivariant playlist", () => {
  it("of a 720p film with two languages", async () => {
    const source = exampleSource({
      video: exampleVideo({ width: 1280, height: 720, baseRate: rational(24000, 1001) }),
      audio: [
        exampleAudio({ language: "ger", isDefault: false }),
        exampleAudio({ language: "eng", streamIndex: 2, title: 'The "original"' }),
      ],
    });
    expect(await playlistOf(source)).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="stereo",NAME="German",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="KEY/a0/index.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="stereo",NAME="The 'original'",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="KEY/a1/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=4192000,AVERAGE-BANDWIDTH=2528000,CODECS="avc1.64001F,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=23.976,VIDEO-RANGE=SDR,AUDIO="stereo",CLOSED-CAPTIONS=NONE
KEY/v720/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=892000,AVERAGE-BANDWIDTH=528000,CODECS="avc1.640015,mp4a.40.2",RESOLUTION=426x240,FRAME-RATE=23.976,VIDEO-RANGE=SDR,AUDIO="stereo",CLOSED-CAPTIONS=NONE
KEY/v240/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1592000,AVERAGE-BANDWIDTH=928000,CODECS="avc1.64001E,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=23.976,VIDEO-RANGE=SDR,AUDIO="stereo",CLOSED-CAPTIONS=NONE
KEY/v360/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2292000,AVERAGE-BANDWIDTH=1328000,CODECS="avc1.64001E,mp4a.40.2",RESOLUTION=854x480,FRAME-RATE=23.976,VIDEO-RANGE=SDR,AUDIO="stereo",CLOSED-CAPTIONS=NONE
KEY/v480/index.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=350000,CODECS="avc1.640015",RESOLUTION=426x240,URI="KEY/i240/index.m3u8"
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=700000,CODECS="avc1.64001E",RESOLUTION=640x360,URI="KEY/i360/index.m3u8"
#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=32000,RESOLUTION=160x90,CODECS="jpeg",URI="KEY/sprites/index.m3u8"
`);
  });

  const pictureCutAt = (cuts: readonly number[]) => {
    const copy = { segmentSeconds: 4, cuts: formatCuts(cuts), codec: "hvc1.2.4.L93.90" };
    return exampleVideo({
      ...{ width: 320, height: 240, colour: { isFullRange: false, transfer: "smpte2084" } },
      copy: { ...copy, peakBitrate: 3_000_000, averageBitrate: 2_000_000 },
    });
  };

  it("has the picture as it is in the file last, with the sound of the rungs", async () => {
    const source = exampleSource({ video: pictureCutAt([0, 150]), audio: [exampleAudio({ channels: 6 })] });
    const tags = readPlaylist(await playlistOf(source, "all"));
    const [rung, wide, original] = variants(tags);
    expect(variants(tags).map(({ uri }) => uri)).toEqual(
      ["v240", "v240", "o0", "o0"].map((id) => `KEY/${id}/index.m3u8`),
    );
    expect(wide!.attributes.get("AUDIO")).toBe('"surround"');
    expect(Object.fromEntries(original!.attributes)).toEqual({
      ...Object.fromEntries(rung!.attributes),
      ...{ BANDWIDTH: "3192000", "AVERAGE-BANDWIDTH": "2128000", RESOLUTION: "320x240" },
      ...{ CODECS: '"hvc1.2.4.L93.90,mp4a.40.2"', "VIDEO-RANGE": "PQ" },
    });
  });

  it("for any player has it only where the rungs' segments begin where its own do", async () => {
    const together = exampleSource({ video: pictureCutAt([0, 25, 50, 100, 200]) });
    expect(await playlistOf(together)).toContain("KEY/o0/");
    const apart = exampleSource({ video: pictureCutAt([0, 50, 100, 200]) });
    expect(await playlistOf(apart)).not.toContain("KEY/o0/");
    expect(await playlistOf(apart, "all")).toContain("KEY/o0/");
  });

  it("of the picture as it is in the file gives its sound the same target duration", async () => {
    const title = await planTitle(exampleSource(), { segmentSeconds: 4 });
    const clock = { sourceTimescale: 25, timescale: 25, step: 1 };
    const index = {
      kind: "copied",
      codec: "avc1.640028",
      clock,
      reorderTicks: 2,
      isIndependent: true,
    } as const;
    const listed = (borders: readonly number[]) => {
      const cuts = borders.slice(0, -1);
      const original = planOriginal(title, { ...index, borders, cuts, bytes: cuts.map(() => 1000) });
      const tags = readPlaylist(formatMultivariantPlaylist(title, "?q", original));
      return [
        ...variants(tags).map(({ uri }) => uri),
        ...media(tags).map((rendition) => rendition.get("URI")),
      ];
    };
    const uri = (name: string) => `${title.key}/${name}.m3u8?q`;
    expect(listed([0, 250])).toEqual([uri("o0/index"), `"${uri("a0/long")}"`]);
    expect(listed([0, 75, 150, 250])).toEqual([uri("o0/index"), `"${uri("a0/index")}"`]);
  });

  it("of a silent film names no sound", async () => {
    const source = exampleSource({ audio: [], video: exampleVideo({ width: 320, height: 240 }) });
    expect(await playlistOf(source)).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=700000,AVERAGE-BANDWIDTH=400000,CODECS="avc1.64000D",RESOLUTION=320x240,FRAME-RATE=25.000,VIDEO-RANGE=SDR,CLOSED-CAPTIONS=NONE
KEY/v240/index.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=350000,CODECS="avc1.64000D",RESOLUTION=320x240,URI="KEY/i240/index.m3u8"
#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=32000,RESOLUTION=160x120,CODECS="jpeg",URI="KEY/sprites/index.m3u8"
`);
  });

  it("of one sound track is one variant", async () => {
    expect(await playlistOf(soundOnlySource([exampleAudio()]))).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=192000,AVERAGE-BANDWIDTH=128000,CODECS="mp4a.40.2"
KEY/a0/index.m3u8
`);
  });

  it("of two sound tracks is one variant with a group", async () => {
    const source = soundOnlySource([
      exampleAudio({ title: "Song" }),
      exampleAudio({ streamIndex: 2, isDefault: false }),
    ]);
    expect(await playlistOf(source)).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="stereo",NAME="Song",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="KEY/a0/index.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="stereo",NAME="Audio 2",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="KEY/a1/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=192000,AVERAGE-BANDWIDTH=128000,CODECS="mp4a.40.2",AUDIO="stereo"
KEY/a0/index.m3u8
`);
  });

  it.each([
    [1920, 1080, "v720"],
    [1280, 720, "v720"],
    [854, 480, "v480"],
    [640, 360, "v360"],
    [160, 120, "v120"],
  ])("of %ix%i begins with the variant that is nearest to 2 Mbit/s: %s", async (width, height, id) => {
    const tags = readPlaylist(await playlistOf(exampleSource({ video: exampleVideo({ width, height }) })));
    expect(variants(tags)[0]!.uri).toBe(`KEY/${id}/index.m3u8`);
  });

  it("declares more than the rung's peak for a film so short that its limit amounts to more", async () => {
    const video = exampleVideo({ width: 320, height: 240, end: rational(1, 25) });
    const [variant] = variants(readPlaylist(await playlistOf(exampleSource({ audio: [], video }))));
    expect(Number(variant!.attributes.get("BANDWIDTH"))).toBeGreaterThanOrEqual((700_000 / 2) * 25 - 8);
  });

  it("obeys RFC 8216bis for any film", async () => {
    const track: fc.Arbitrary<AudioTrack> = fc
      .record({
        isDefault: fc.boolean(),
        title: fc.option(
          fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom('"', "🎬", "a\r\nURI=x", ",")),
          {
            nil: undefined,
          },
        ),
        language: fc.option(fc.constantFrom("eng", "ger", "xx-", "🎬", "en-x-a"), { nil: undefined }),
      })
      .map(({ isDefault, title, language }) =>
        exampleAudio({
          isDefault,
          ...(title !== undefined && { title }),
          ...(language !== undefined && { language }),
        }),
      );
    const side = fc.integer({ min: 16, max: 4400 });
    const video = fc.tuple(side, side).map(([width, height]) => exampleVideo({ width, height }));
    await fc.assert(
      fc.asyncProperty(
        fc.option(video, { nil: undefined }),
        fc.array(track, { maxLength: 4 }),
        async (picture, audio) => {
          fc.pre(picture !== undefined || audio.length > 0);
          const source = picture ? exampleSource({ video: picture, audio }) : soundOnlySource(audio);
          const tags = readPlaylist(await playlistOf(source));
          const renditions = media(tags);
          // 4.4.6.1: names differ within a group, at most one is the default.
          expect(new Set(renditions.map((rendition) => rendition.get("NAME"))).size).toBe(renditions.length);
          const defaults = renditions.filter((rendition) => rendition.get("DEFAULT") === "YES");
          expect(defaults.length).toBe(renditions.length === 0 ? 0 : 1);
          for (const rendition of renditions) {
            expect(rendition.get("TYPE")).toBe("AUDIO");
            // DEFAULT=YES needs AUTOSELECT=YES.
            expect(rendition.get("AUTOSELECT")).toBe("YES");
            const language = rendition.get("LANGUAGE");
            if (language) expect(Intl.getCanonicalLocales(JSON.parse(language))).toHaveLength(1);
          }
          const all = variants(tags);
          expect(all.length).toBeGreaterThan(0);
          for (const { attributes } of all) {
            const [peak, average] = [
              Number(attributes.get("BANDWIDTH")),
              Number(attributes.get("AVERAGE-BANDWIDTH")),
            ];
            expect(Number.isInteger(peak) && Number.isInteger(average)).toBe(true);
            expect(peak).toBeGreaterThanOrEqual(average);
            expect(attributes.get("CODECS")).toMatch(/^"[a-zA-Z0-9.,]+"$/);
            if (picture) expect(attributes.get("RESOLUTION")).toMatch(/^\d+x\d+$/);
            // 4.4.6.2: AUDIO names a group that there is.
            const group = attributes.get("AUDIO");
            expect(group).toBe(renditions.length > 0 ? '"stereo"' : undefined);
          }
          expect(new Set(all.map(({ uri }) => uri)).size).toBe(all.length);
        },
      ),
    );
  });

  it("has one default where no track, or every track, is marked as such", async () => {
    for (const isDefault of [false, true]) {
      const audio = [exampleAudio({ isDefault }), exampleAudio({ isDefault, streamIndex: 2 })];
      const renditions = media(readPlaylist(await playlistOf(exampleSource({ audio }))));
      expect(renditions.map((rendition) => rendition.get("DEFAULT"))).toEqual(["YES", "NO"]);
    }
  });
});
