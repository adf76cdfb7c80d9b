import { describe, expect, it } from "vitest";
import type { AudioTrack } from "../../../shared/media/source-info.ts";
import { planTitle } from "../../../shared/media/title.ts";
import { audioGroups, mediaTags } from "../../../shared/playlist/audio-groups.ts";
import { formatMultivariantPlaylist } from "../../../shared/playlist/multivariant-playlist.ts";
import { rational } from "../../../shared/rational.ts";
import { exampleAudio, exampleSource, exampleVideo } from "../media/example-source.ts";

const packetGrid = { samples: 1536, phase: rational(0) };
const ac3: Partial<AudioTrack> = { codec: "ac3", channels: 6, bitrate: 448_000, packetGrid };

async function titleOf(...tracks: Partial<AudioTrack>[]) {
  const audio = tracks.map((track, index) => exampleAudio({ streamIndex: index + 1, ...track }));
  const source = exampleSource({ video: exampleVideo({ width: 320, height: 240 }), audio });
  return planTitle(source, { segmentSeconds: 4 });
}

async function groupsOf(...tracks: Partial<AudioTrack>[]) {
  const groups = audioGroups((await titleOf(...tracks)).audio);
  return groups.map(({ id, members, codecs }) => [
    id,
    members.map((member) => member.id).join(),
    codecs.join(),
  ]);
}

describe("groups of sound", () => {
  it("are stereo alone where no track has more", async () => {
    expect(await groupsOf({}, { channels: 5 })).toEqual([["stereo", "a0,a1", "mp4a.40.2"]]);
    expect(await groupsOf()).toEqual([]);
  });

  it("hold every track, in stereo where it has no form like the others", async () => {
    expect(await groupsOf(ac3, {}, { channels: 8 }, { ...ac3, codec: "eac3" })).toEqual([
      ["stereo", "a0,a1,a2,a3", "mp4a.40.2"],
      ["surround", "m0,a1,m2,m3", "mp4a.40.2"],
      ["ac3", "d0,a1,a2,a3", "ac-3,mp4a.40.2"],
      ["eac3", "a0,a1,a2,d3", "ec-3,mp4a.40.2"],
    ]);
  });

  it("make a variant of every rung with every group, stereo first", async () => {
    const title = await titleOf({ ...ac3, language: "ger" });
    expect(formatMultivariantPlaylist(title).replaceAll(title.key, "KEY")).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="stereo",NAME="German",LANGUAGE="de",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="KEY/a0/index.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="surround",NAME="German",LANGUAGE="de",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="6",URI="KEY/m0/index.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="ac3",NAME="German",LANGUAGE="de",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="6",URI="KEY/d0/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=892000,AVERAGE-BANDWIDTH=528000,CODECS="avc1.64000D,mp4a.40.2",RESOLUTION=320x240,FRAME-RATE=25.000,VIDEO-RANGE=SDR,AUDIO="stereo",CLOSED-CAPTIONS=NONE
KEY/v240/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1212000,AVERAGE-BANDWIDTH=784000,CODECS="avc1.64000D,mp4a.40.2",RESOLUTION=320x240,FRAME-RATE=25.000,VIDEO-RANGE=SDR,AUDIO="surround",CLOSED-CAPTIONS=NONE
KEY/v240/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1260000,AVERAGE-BANDWIDTH=848000,CODECS="avc1.64000D,ac-3",RESOLUTION=320x240,FRAME-RATE=25.000,VIDEO-RANGE=SDR,AUDIO="ac3",CLOSED-CAPTIONS=NONE
KEY/v240/index.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=350000,CODECS="avc1.64000D",RESOLUTION=320x240,URI="KEY/i240/index.m3u8"
#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=32000,RESOLUTION=160x120,CODECS="jpeg",URI="KEY/sprites/index.m3u8"
`);
  });
});

describe("a commentary and a description", () => {
  it("are told apart, and never what a film begins with", async () => {
    const title = await titleOf(
      { language: "eng", isDefault: true, isCommentary: true },
      { language: "eng", isDefault: true, isDescriptive: true },
      { language: "eng", isDefault: false },
    );
    const [group] = audioGroups(title.audio);
    const tags = mediaTags(group!, ({ id }) => id).map((tag) => tag.replace(/.*(?=NAME)/, ""));
    expect(tags).toEqual([
      'NAME="English (commentary)",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=NO,CHANNELS="2",URI="a0"',
      'NAME="English (audio description)",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,CHARACTERISTICS="public.accessibility.describes-video",CHANNELS="2",URI="a1"',
      'NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a2"',
    ]);
  });

  it("are played where there is nothing else", async () => {
    const [group] = audioGroups((await titleOf({ isCommentary: true })).audio);
    expect(mediaTags(group!, ({ id }) => id)[0]).toContain("DEFAULT=YES,AUTOSELECT=YES");
  });
});
