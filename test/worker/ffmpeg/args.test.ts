import { describe, expect, it } from "vitest";
import type { SourceInfo } from "../../../shared/media/source-info.ts";
import { segmentSpan } from "../../../shared/media/timeline.ts";
import { planTitle } from "../../../shared/media/title.ts";
import { rational, toNumber, ZERO } from "../../../shared/rational.ts";
import { audioSegmentsArgs, possiblySilentPart } from "../../../worker/ffmpeg/audio-args.ts";
import { type VideoEffort, videoSegmentArgs } from "../../../worker/ffmpeg/video-args.ts";
import { exampleAudio, exampleSource, exampleVideo } from "../../shared/media/example-source.ts";

const FILM = rational(24000, 1001);
const RECIPE: VideoEffort = { seekBack: ZERO, conceal: false, crf: 23 };

/** A minute of 720p whose container starts 20 ms before zero and whose picture starts a frame after it. */
const film = exampleSource({
  formatStart: rational(-1, 50),
  video: exampleVideo({
    width: 1280,
    height: 720,
    baseRate: FILM,
    start: rational(1, 24),
    end: rational(60),
  }),
  audio: [exampleAudio({ end: rational(60), packetGrid: { samples: 1024, phase: rational(1024, 48000) } })],
});

async function videoArgs(source: SourceInfo, index: number, effort = RECIPE) {
  const { video } = await planTitle(source, { segmentSeconds: 4 });
  const rendition = video.at(-1)!;
  return videoSegmentArgs(
    "file:/media/a b.mp4",
    source,
    rendition,
    segmentSpan(rendition.timeline, index)!,
    effort,
  );
}

async function audioArgs(source: SourceInfo, ...indices: number[]) {
  const { audio } = await planTitle(source, { segmentSeconds: 4 });
  const spans = indices.map((index) => segmentSpan(audio[0]!.timeline, index)!);
  return audioSegmentsArgs("file:/media/a b.mp4", source, audio[0]!, spans, { kind: "track" });
}

const optionOf = (args: readonly string[], option: string) => args[args.indexOf(option) + 1]!;
const lines = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => line.trim());

const GUARDS = `
  -nostdin -nostats -hide_banner -v error -max_alloc 805306368 -protocol_whitelist file
  -format_whitelist aac,ac3,aiff,ape,asf,avi,caf,dts,dv,eac3,flac,flv,matroska,mov,mp3,mpeg,mpegts,mxf,nut,ogg,rm,tta,w64,wav,wtv,wv
  -max_pixels 67108864`;
const words = (text: string) => text.trim().split(/\s+/);

describe("FFmpeg's arguments for a video segment", () => {
  it("in the middle of a film", async () => {
    expect(await videoArgs(film, 5)).toEqual([
      ...words(GUARDS),
      ...words("-noaccurate_seek -ss 12.084094 -copyts -i"),
      "file:/media/a b.mp4",
      ...words("-map 0:0 -an -sn -dn -filter_threads 1 -vf"),
      [
        "setpts=round(PTS-(1/24)/TB)",
        "fps=24000/1001",
        "trim=start_pts=288:end_pts=384",
        "scale=1280:720:flags=bicubic+accurate_rnd+bitexact+full_chroma_int",
        "setsar=1",
        "format=yuv420p",
        "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709",
        "sidedata=delete:MASTERING_DISPLAY_METADATA",
        "sidedata=delete:CONTENT_LIGHT_LEVEL",
      ].join(","),
      ...words("-c:v libx264 -preset veryfast -profile:v high -level:v 3.1"),
      ...words("-crf 23 -x264-params"),
      "sync-lookahead=0:lookahead-threads=2:stitchable=1:zones=0,0,b=1.4/92,93,b=1.1/94,94,b=1.25/95,95,b=1.6",
      ...words("-threads:v 2 -bf 3"),
      ...words("-g 99999 -keyint_min 1 -sc_threshold 0 -flags:v +bitexact+cgop"),
      ...words("-fps_mode passthrough -enc_time_base:v 1001/24000"),
      ...words("-map_metadata -1 -map_chapters -1 -fflags +bitexact -video_track_timescale 24000"),
      ...words(
        "-avoid_negative_ts disabled -movflags +empty_moov+default_base_moof+frag_discont+skip_trailer",
      ),
      ...words("-fragment_index 6 -write_btrt 0 -f mp4 pipe:3"),
    ]);
  });

  it("at the start seek nowhere, and at the end hold the last picture", async () => {
    const first = await videoArgs(film, 0);
    expect(first).not.toContain("-ss");
    expect(optionOf(first, "-vf")).toContain("fps=24000/1001,trim=start_pts=0:end_pts=24,");
    const last = await videoArgs(film, 16);
    expect(optionOf(last, "-vf")).toContain(
      "fps=24000/1001,tpad=stop=2:stop_mode=clone,trim=start_pts=1344:end_pts=1438,",
    );
  });

  it("seek to just before the first frame where the container is no MP4", async () => {
    // 287.5 frames · 1001/24000 + 1/24 + 1/50
    expect(optionOf(await videoArgs({ ...film, format: "matroska,webm" }, 5), "-ss")).toBe("12.052813");
  });

  it("seek a group of frames back where the container has no index, and never before its start", async () => {
    const video = { ...film.video!, seekBack: rational(5, 2) };
    const source = { ...film, video, format: "mpegts" };
    expect(optionOf(await videoArgs(source, 5), "-ss")).toBe("9.552813");
    expect(await videoArgs(source, 1)).not.toContain("-ss");
  });

  it("deinterlace what is interlaced, from a field before", async () => {
    const video = exampleVideo({ interlaced: true, end: rational(60) });
    const args = await videoArgs(exampleSource({ video }), 5);
    expect(optionOf(args, "-vf")).toMatch(/^setpts=[^,]*,yadif=deint=interlaced,fps=25\/1,/);
    // (300 + 1/4) / 25 - 1/5
    expect(optionOf(args, "-ss")).toBe("11.810000");
  });

  it("change with the effort, and only where they must", async () => {
    const effort = { seekBack: rational(4), conceal: true, crf: 28 };
    const [easy, hard] = [await videoArgs(film, 5), await videoArgs(film, 5, effort)];
    const different = easy.flatMap((word, k) => (word === hard[k] ? [] : [easy[k - 1]!]));
    expect(different).toEqual(["-ss", "-vf", "-crf"]);
    expect(optionOf(hard, "-ss")).toBe("8.084094");
    expect(optionOf(hard, "-vf")).toContain(
      "fps=24000/1001:start_time=288288/24000,tpad=stop=-1:stop_mode=clone,trim=",
    );
    expect(optionOf(hard, "-crf")).toBe("28");
    expect(easy).toHaveLength(hard.length);
  });
});

describe("FFmpeg's arguments for sound segments", () => {
  it("two in the middle of a film", async () => {
    const output = (pipe: number, first: number, end: number, sequence: number) => [
      ...words(`-map [s${pipe}] -c:a aac -aac_coder fast -b:a 128000 -flags:a +bitexact -bsf:a`),
      `noise=drop='lt(pts\\,${first})+gte(pts\\,${end})',setts=ts=TS+4004`,
      ...words("-map_metadata -1 -map_chapters -1 -fflags +bitexact -avoid_negative_ts disabled"),
      ...words("-movflags +empty_moov+default_base_moof+frag_discont+skip_trailer"),
      ...words(`-fragment_index ${sequence} -write_btrt 0 -f mp4 pipe:${3 + pipe}`),
    ];
    const filter = `
      [0:1]asetpts='st(0,round((PTS-(2000/1)+NB_SAMPLES-(-976/1))/1024)*1024+(-976/1)-NB_SAMPLES);round(if(lte(abs(ld(0)-(PTS-(2000/1))),3),ld(0),PTS-(2000/1)))',
      aresample=48000:async=1:min_hard_comp=0.02:first_pts=367616,
      apad,
      aformat=sample_fmts=fltp:channel_layouts=stereo,
      asplit=2[c0][c1];
      [c0]atrim=start_pts=367616:end_pts=580608[s0];
      [c1]atrim=start_pts=560128:end_pts=773120[s1]`;
    expect(await audioArgs(film, 4, 5)).toEqual([
      ...words(GUARDS),
      ...words("-noaccurate_seek -ss 7.220333 -copyts -i"),
      "file:/media/a b.mp4",
      ...words("-filter_complex_threads 1 -filter_complex"),
      lines(filter).join(""),
      ...output(0, 375 * 1024, 563 * 1024, 5),
      ...output(1, 563 * 1024, 751 * 1024, 6),
    ]);
  });

  it("at the start seek nowhere and have no run-up", async () => {
    const args = await audioArgs(film, 0);
    expect(args).not.toContain("-ss");
    expect(optionOf(args, "-filter_complex")).toContain("first_pts=0,");
    expect(optionOf(args, "-filter_complex")).toContain("[c0]atrim=start_pts=0:end_pts=52224[s0]");
  });

  it("read no file where the track is silent, which is cut like sound", async () => {
    const { audio } = await planTitle(film, { segmentSeconds: 4 });
    const spans = [segmentSpan(audio[0]!.timeline, 6)!];
    const args = (kind: "silence" | "track") =>
      audioSegmentsArgs("file:/media/a b.mp4", film, audio[0]!, spans, { kind });
    const [silent, playing] = [args("silence"), args("track")];
    expect(silent).not.toContain("-i");
    expect(playing).toContain("-i");
    const filter = optionOf(silent, "-filter_complex");
    const span = [spans[0]!.firstUnit - 16, spans[0]!.endUnit + 4].map((frame) => frame * 1024);
    expect(filter).toContain(`atrim=start_pts=${span[0]}:end_pts=${span[1]}[s0]`);
    expect(silent.slice(silent.indexOf("-c:a"))).toEqual(playing.slice(playing.indexOf("-c:a")));
  });

  it("may be silence only from where the track is over", async () => {
    const source = exampleSource({ ...film, audio: [exampleAudio({ end: rational(10) })] });
    const { audio } = await planTitle(source, { segmentSeconds: 4 });
    const part = (index: number) =>
      possiblySilentPart(source, audio[0]!, [segmentSpan(audio[0]!.timeline, index)!]);
    expect(part(4)).toBeUndefined();
    expect(toNumber(part(6)!.from)).toBeGreaterThan(10);
    expect(toNumber(part(6)!.to)).toBeGreaterThan(toNumber(part(6)!.from));
  });

  it("resample what AAC would not take, from a sample that both rates share", async () => {
    const source = exampleSource({ audio: [exampleAudio({ sampleRate: 16000, end: rational(60) })] });
    const filter = optionOf(await audioArgs(source, 8), "-filter_complex");
    const [, firstIn] = /aresample=16000:[^,]*first_pts=(\d+)/.exec(filter)!;
    expect(filter).toContain("aresample=48000,");
    // The first sample in, at three times the rate, is a whole AAC frame.
    expect((Number(firstIn) * 3) % 1024).toBe(0);
  });

  it("are decided by the plan alone: a segment's own part is the same alone and in company", async () => {
    const together = await audioArgs(film, 4, 5);
    const alone = await audioArgs(film, 4);
    const own = (args: string[]) => args.slice(args.indexOf("[s0]"), args.indexOf("pipe:3"));
    expect(own(alone)).toEqual(own(together));
    expect(optionOf(alone, "-ss")).toBe(optionOf(together, "-ss"));
  });
});
