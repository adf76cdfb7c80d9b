import { expect, test } from "vitest";
import { AudioQualityEnum, VideoQualityEnum } from "../../library/enums.ts";
import {
  findRung,
  findSound,
  type OfferedQualities,
  offeredGroups,
  offeredRungs,
  qualityOf,
} from "../../library/qualities.ts";
import { formatIndex, formatMaster } from "../../library/routed-playlists.ts";
import type { SourceInfo } from "../../shared/media/source-info.ts";
import { planTitle, type Title } from "../../shared/media/title.ts";
import { rational } from "../../shared/rational.ts";
import {
  exampleAudio,
  exampleSource,
  exampleVideo,
  soundOnlySource,
} from "../shared/media/example-source.ts";

const ALL: OfferedQualities = { video: undefined, audio: undefined };
const plan = (source: SourceInfo) => planTitle(source, { segmentSeconds: 4 });

const small = exampleVideo({ width: 640, height: 360 });
const surround = exampleAudio({
  codec: "ac3",
  channels: 6,
  language: "en",
  packetGrid: { samples: 1536, phase: rational(0) },
  bitrate: 448_000,
});
const commentary = exampleAudio({ streamIndex: 2, language: "en", isDefault: false, isCommentary: true });

function master(title: Title, offered = ALL): string[] {
  const video = offeredRungs(title, offered);
  return formatMaster({ title, video, groups: offeredGroups(title, offered), original: undefined }).split(
    "\n",
  );
}

test("a master playlist has URIs that the program's routes resolve", async () => {
  expect(master(await plan(exampleSource({ video: small })))).toEqual([
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    "#EXT-X-INDEPENDENT-SEGMENTS",
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="stereo",NAME="Audio 1",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio/0/aac/playlist.m3u8"',
    '#EXT-X-STREAM-INF:BANDWIDTH=1592000,AVERAGE-BANDWIDTH=928000,CODECS="avc1.64001E,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=25.000,VIDEO-RANGE=SDR,AUDIO="stereo",CLOSED-CAPTIONS=NONE',
    "video/0/360p/playlist.m3u8",
    '#EXT-X-STREAM-INF:BANDWIDTH=892000,AVERAGE-BANDWIDTH=528000,CODECS="avc1.640015,mp4a.40.2",RESOLUTION=426x240,FRAME-RATE=25.000,VIDEO-RANGE=SDR,AUDIO="stereo",CLOSED-CAPTIONS=NONE',
    "video/0/240p/playlist.m3u8",
    "",
  ]);
});

test("an index playlist asks for its init segment by a number, as for all segments", async () => {
  const title = await plan(exampleSource({ video: small }));
  const lines = formatIndex(title, title.video[0]!, "ts").split("\n");
  expect(lines).toEqual([
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    "#EXT-X-TARGETDURATION:4",
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    "#EXT-X-INDEPENDENT-SEGMENTS",
    '#EXT-X-MAP:URI="segment-999999999.ts"',
    ...["#EXTINF:1.000000,", "segment-0.ts", "#EXTINF:1.000000,", "segment-1.ts"],
    ...["#EXTINF:2.000000,", "segment-2.ts", "#EXTINF:4.000000,", "segment-3.ts"],
    ...["#EXTINF:2.000000,", "segment-4.ts", "#EXT-X-ENDLIST", ""],
  ]);
  expect(formatIndex(title, title.video[0]!, "m4s")).toContain('URI="segment-999999999.m4s"');
});

test("sound as it is in the file is a group of its own, in which every track has a place", async () => {
  const title = await plan(exampleSource({ video: small, audio: [surround, commentary] }));
  const uris = (offered: OfferedQualities) =>
    offeredGroups(title, offered).map((group) => `${group.id} ${group.members.map(qualityOf)}`);
  expect(uris(ALL)).toEqual(["stereo aac,aac", "ac3 original,aac"]);
  expect(uris({ ...ALL, audio: [AudioQualityEnum.AAC] })).toEqual(["stereo aac,aac"]);
  expect(uris({ ...ALL, audio: [AudioQualityEnum.ORIGINAL] })).toEqual(["ac3 original,aac"]);
});

test("where sound can't be had as it is, it is offered as AAC", async () => {
  const title = await plan(exampleSource());
  const offered = { ...ALL, audio: [AudioQualityEnum.ORIGINAL] };
  expect(offeredGroups(title, offered).map(({ id }) => id)).toEqual(["stereo"]);
  expect(findSound(title, offered, "original", 0).id).toBe("a0");
});

test("a track is found by its place and quality", async () => {
  const title = await plan(exampleSource({ audio: [surround, commentary] }));
  expect(findSound(title, ALL, "aac", 0).id).toBe("a0");
  expect(findSound(title, ALL, "original", 0).id).toBe("d0");
  expect(findSound(title, ALL, "original", 1).id).toBe("a1");
  expect(() => findSound(title, ALL, "aac", 2)).toThrow("has no audio track 2");
  expect(() => findSound(title, ALL, "mp3", 0)).toThrow("no audio quality “mp3”: it is one of aac, original");
});

test("only the qualities that are wanted are offered, and never none", async () => {
  const title = await plan(exampleSource());
  const rungs = (...video: VideoQualityEnum[]) => offeredRungs(title, { ...ALL, video }).map(qualityOf);
  expect(rungs("240p", "720p", "4k")).toEqual(["240p", "720p"]);
  expect(rungs("4k")).toEqual(["1080p"]);
  expect(rungs("original")).toEqual(["1080p"]);
  expect(master(title, { ...ALL, video: ["480p"] }).filter((line) => line.startsWith("video/"))).toEqual([
    "video/0/480p/playlist.m3u8",
  ]);
});

test("a quality that a film does not reach is the largest below it", async () => {
  const title = await plan(exampleSource({ video: small }));
  const rung = (quality: string) => qualityOf(findRung(title, ALL, quality, 0));
  expect(["240p", "360p", "480p", "1080p", "8k"].map(rung)).toEqual(["240p", "360p", "360p", "360p", "360p"]);
  expect(() => rung("best")).toThrow("no video quality “best”");
  expect(() => findRung(title, ALL, "240p", 1)).toThrow("has no video track 1: its picture is 0");
});

test("rungs above 1440 lines have names of their own", async () => {
  const title = await plan(exampleSource({ video: exampleVideo({ width: 7680, height: 4320 }) }));
  expect(title.video.map(qualityOf)).toEqual(
    Object.values(VideoQualityEnum).filter((quality) => quality !== "original"),
  );
});

test("music is played without a picture", async () => {
  const title = await plan(soundOnlySource([exampleAudio()]));
  expect(master(title).slice(3)).toEqual([
    '#EXT-X-STREAM-INF:BANDWIDTH=192000,AVERAGE-BANDWIDTH=128000,CODECS="mp4a.40.2"',
    "audio/0/aac/playlist.m3u8",
    "",
  ]);
  expect(() => findRung(title, ALL, "240p", 0)).toThrow("has no picture");
});
