import { expect, it } from "vitest";
import { rational } from "../../../shared/rational.ts";
import { textTracks } from "../../../shared/subtitles/subtitle-renditions.ts";
import { subtitleArgs } from "../../../worker/ffmpeg/subtitle-args.ts";
import { exampleSource, exampleVideo } from "../../shared/media/example-source.ts";

const track = (streamIndex: number, codec: string, form: "text" | "image" = "text") => ({
  ...{ streamIndex, codec, form },
  ...{ isDefault: false, isForced: false, isHearingImpaired: false },
});

it("one reading writes every text track to a pipe of its own, an hour after the title's zero", () => {
  const source = exampleSource({
    video: exampleVideo({ start: rational(23, 1000) }),
    subtitles: [
      ...[track(2, "subrip"), track(3, "hdmv_pgs_subtitle", "image"), track(4, "ass")],
      ...[track(5, "mov_text"), track(6, "ssa"), track(7, "webvtt")],
    ],
  });
  const args = subtitleArgs("file:/media/a.mkv", source, textTracks(source));
  const begin = args.indexOf("-copyts");
  const output = (stream: number, encoder: string, format: string, pipe: number) => [
    ...["-map", `0:${stream}`, "-map_metadata", "-1", "-map_chapters", "-1", "-c:s", encoder],
    ...["-output_ts_offset", "3599.977000", "-avoid_negative_ts", "disabled", "-f", format, `pipe:${pipe}`],
  ];
  expect(args.slice(begin)).toEqual([
    ...["-copyts", "-i", "file:/media/a.mkv"],
    ...output(2, "copy", "srt", 3),
    ...output(4, "copy", "ass", 4),
    ...output(5, "srt", "srt", 5),
    ...output(6, "ass", "ass", 6),
    ...output(7, "copy", "webvtt", 7),
  ]);
  expect(args).toContain("-format_whitelist");
});
