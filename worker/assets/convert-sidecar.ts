import { FaultError } from "../../shared/fault.ts";
import { clockZero, type SourceInfo, type SubtitleFile } from "../../shared/media/source-info.ts";
import { max, multiply, rational, round, subtract, ZERO } from "../../shared/rational.ts";
import { type Cue, moveCues } from "../../shared/subtitles/cue.ts";
import { formatWebvtt } from "../../shared/subtitles/format-webvtt.ts";
import { parseAss } from "../../shared/subtitles/parse-ass.ts";
import { parseSubrip } from "../../shared/subtitles/parse-subrip.ts";
import { parseWebvtt } from "../../shared/subtitles/parse-webvtt.ts";
import { decodeText } from "../subtitles/decode-text.ts";
import type { AssetMaker } from "./asset-maker.ts";

const PARSERS: Readonly<Record<SubtitleFile["format"], (file: string) => readonly Cue[]>> = {
  subrip: parseSubrip,
  webvtt: parseWebvtt,
  ass: parseAss,
};

/** Makes the subtitles of a file that lies beside the film. */
export const convertSidecar: AssetMaker = async (asset, { source, findSidecars }) => {
  const sidecars = await findSidecars();
  const sidecar = sidecars.find(({ file }) => asset.startsWith(`x${file.id}/`));
  if (!sidecar) {
    const detail = `Subtitles beside “${source.path}” were changed or removed: load its playlist anew.`;
    throw new FaultError("source-changed", detail);
  }
  const written = decodeText(await sidecar.read());
  const cues = moveCues(PARSERS[sidecar.file.format](written), sidecarZeroMs(source));
  return [{ name: asset, bytes: new TextEncoder().encode(formatWebvtt(cues)) }];
};

/** Where the title's zero lies on the clock of files beside it: theirs begins with the container's, wherever that does. */
function sidecarZeroMs(source: SourceInfo): number {
  const start = max(source.formatStart, ZERO);
  return round(multiply(subtract(clockZero(source), start), rational(1000)));
}
