import { FaultError } from "../../shared/fault.ts";
import { displaySize } from "../../shared/media/ladder.ts";
import { sizeAtWidth } from "../../shared/media/picture-size.ts";
import { parseScreenshotName } from "../../shared/media/screenshot.ts";
import { rational } from "../../shared/rational.ts";
import { type StillEffort, screenshotArgs } from "../ffmpeg/picture-args.ts";
import { runFfmpeg } from "../ffmpeg/run-ffmpeg.ts";
import type { AssetMaker } from "./asset-maker.ts";
import { avifFile } from "./avif-file.ts";

/** As for segments: from an earlier keyframe, and at last with the nearest picture that decodes. */
const EFFORTS: readonly StillEffort[] = [
  { seekBack: rational(0), conceal: false },
  { seekBack: rational(4), conceal: false },
  { seekBack: rational(20), conceal: false },
  { seekBack: rational(60), conceal: true },
];

/** `screenshots/<frame>-<width>.<format>`: one exact frame. */
export const makeScreenshot: AssetMaker = async (asset, { inputUrl, source, title }, policy) => {
  const shot = parseScreenshotName(asset);
  const [rendition] = title.video;
  if (!shot || !rendition) throw new FaultError("internal", `“${source.path}” has no “${asset}”.`);
  const size = sizeAtWidth(displaySize(source.video!), shot.width);
  let complaint = "";
  for (const effort of EFFORTS) {
    const args = screenshotArgs(inputUrl, source, rendition, shot, size, effort);
    const { outputs, stderrTail } = await runFfmpeg(args, 1, policy);
    const [output] = outputs;
    if (output!.length > 0) {
      const bytes = shot.format === "avif" ? avifFile(output!, size) : output!;
      return [{ name: asset, bytes }];
    }
    if (/Unknown encoder/.test(stderrTail)) {
      const detail = `FFmpeg can't write ${shot.format} on this worker: ask for format=jpg.`;
      throw new FaultError("codec-unsupported", detail);
    }
    complaint = stderrTail;
  }
  throw new FaultError(
    "encode-failed",
    `Frame ${shot.frame} of “${source.path}” can't be made: ${complaint}`,
  );
};
