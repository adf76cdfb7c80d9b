import { FaultError } from "../../shared/fault.ts";
import type { Cue } from "../../shared/subtitles/cue.ts";
import { moveCues } from "../../shared/subtitles/cue.ts";
import { formatWebvtt } from "../../shared/subtitles/format-webvtt.ts";
import { parseAss } from "../../shared/subtitles/parse-ass.ts";
import { parseSubrip } from "../../shared/subtitles/parse-subrip.ts";
import { parseWebvtt } from "../../shared/subtitles/parse-webvtt.ts";
import { textTracks } from "../../shared/subtitles/subtitle-renditions.ts";
import { subtitlesAsset } from "../../shared/subtitles/subtitles-asset.ts";
import { runFfmpeg } from "../ffmpeg/run-ffmpeg.ts";
import { LEAD_SECONDS, type SubtitleFormat, subtitleArgs, subtitleFormat } from "../ffmpeg/subtitle-args.ts";
import type { AssetMaker } from "./asset-maker.ts";

/** Text lies among the picture's bytes, so the whole film has to be read, from however slow a disk. */
const READ_TIMEOUT_MS = 30 * 60_000;
const MAX_OUTPUT_BYTES = 32 * 1024 ** 2;
/** FFmpeg ends well on a disk that fails in the middle; what it has by then is not all. */
const DISK_FAILED = /Input\/output error|Stale file handle|Connection (?:reset|timed out)/i;

const PARSERS: Readonly<Record<SubtitleFormat, (file: string) => readonly Cue[]>> = {
  srt: parseSubrip,
  ass: parseAss,
  webvtt: parseWebvtt,
};

/** Makes the text tracks of a file, all by one reading. */
export const extractSubtitles: AssetMaker = async (_asset, { inputUrl, source }, policy) => {
  const tracks = textTracks(source);
  const args = subtitleArgs(inputUrl, source, tracks);
  const bounded = { ...policy, timeoutMs: READ_TIMEOUT_MS, maxOutputBytes: MAX_OUTPUT_BYTES };
  const { outputs, stderrTail } = await runFfmpeg(args, tracks.length, bounded);
  if (DISK_FAILED.test(stderrTail) || outputs.every(({ length }) => length === 0)) {
    const detail = `The subtitles of “${source.path}” can't be read: see whether the file is whole. ${stderrTail}`;
    throw new FaultError("encode-failed", detail.trim());
  }
  return tracks.map(({ id, track }, position) => {
    const written = new TextDecoder().decode(outputs[position]);
    const cues = moveCues(PARSERS[subtitleFormat(track)](written), LEAD_SECONDS * 1000);
    return { name: subtitlesAsset(id), bytes: new TextEncoder().encode(formatWebvtt(cues)) };
  });
};
