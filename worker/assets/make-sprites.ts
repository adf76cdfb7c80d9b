import { FaultError } from "../../shared/fault.ts";
import { parseSheetName, sheetByteLimit, spritePlan } from "../../shared/media/sprite-plan.ts";
import { spriteSheetArgs } from "../ffmpeg/picture-args.ts";
import { runFfmpeg } from "../ffmpeg/run-ffmpeg.ts";
import type { AssetMaker } from "./asset-maker.ts";

/** JPEG qualities to try, until a sheet is as small as its playlist says. */
const QUALITIES = [4, 8, 16, 31];

/** `sprites/<n>.jpg`: a sheet of small pictures, from keyframes alone. */
export const makeSprites: AssetMaker = async (asset, { inputUrl, source, title }, policy) => {
  const plan = spritePlan(title);
  const sheet = parseSheetName(asset.replace(/^.*\//, ""));
  if (!plan || sheet === undefined || sheet >= plan.sheetCount) {
    throw new FaultError("internal", `“${source.path}” has no “${asset}”.`);
  }
  let bytes: Uint8Array | undefined;
  for (const quality of QUALITIES) {
    const { outputs, stderrTail } = await runFfmpeg(
      spriteSheetArgs(inputUrl, title, plan, sheet, quality),
      1,
      policy,
    );
    bytes = outputs[0]!;
    if (bytes.length === 0) {
      throw new FaultError("encode-failed", `No small pictures of “${source.path}” came out: ${stderrTail}`);
    }
    if (bytes.length <= sheetByteLimit(plan)) break;
  }
  return [{ name: asset, bytes: bytes! }];
};
