import { clockZero, type SourceInfo, type SubtitleTrack } from "../../shared/media/source-info.ts";
import { rational, subtract, toDecimal, ZERO } from "../../shared/rational.ts";
import type { TextTrack } from "../../shared/subtitles/subtitle-renditions.ts";
import { globalArgs, inputArgs } from "./input-args.ts";

/** What FFmpeg writes a track as. */
export type SubtitleFormat = "srt" | "ass" | "webvtt";

/** How far the title's zero lies from that of what is written, seconds: these formats know no time before theirs. */
export const LEAD_SECONDS = 3600;

/** Those that FFmpeg writes as they are, and what it makes of others. */
const WRITTEN: Readonly<Record<string, { readonly format: SubtitleFormat; readonly encoder: string }>> = {
  subrip: { format: "srt", encoder: "copy" },
  ass: { format: "ass", encoder: "copy" },
  webvtt: { format: "webvtt", encoder: "copy" },
  ssa: { format: "ass", encoder: "ass" },
};
const OTHERWISE = { format: "srt", encoder: "srt" } as const;

/** The format that keeps what a track has: FFmpeg's own WebVTT would lose positions. */
export function subtitleFormat({ codec }: SubtitleTrack): SubtitleFormat {
  return writtenAs(codec).format;
}

/** Reads a source from beginning to end and writes its text tracks, each to a pipe of its own, on the title's clock. */
export function subtitleArgs(
  inputUrl: string,
  source: SourceInfo,
  tracks: readonly TextTrack[],
): readonly string[] {
  const offset = toDecimal(subtract(rational(LEAD_SECONDS), clockZero(source)), 6);
  const outputs = tracks.flatMap(({ track }, position) => [
    ...["-map", `0:${track.streamIndex}`, "-map_metadata", "-1", "-map_chapters", "-1"],
    ...["-c:s", writtenAs(track.codec).encoder],
    ...["-output_ts_offset", offset, "-avoid_negative_ts", "disabled"],
    ...["-f", subtitleFormat(track), `pipe:${3 + position}`],
  ]);
  return [...globalArgs, ...inputArgs(inputUrl, ZERO), ...outputs];
}

function writtenAs(codec: string) {
  return WRITTEN[codec] ?? OTHERWISE;
}
