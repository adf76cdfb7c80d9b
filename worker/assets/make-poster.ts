import { FaultError } from "../../shared/fault.ts";
import { displaySize } from "../../shared/media/ladder.ts";
import { type PictureSize, sizeAtWidth } from "../../shared/media/picture-size.ts";
import { POSTER } from "../../shared/media/segment-name.ts";
import { timelineDuration } from "../../shared/media/timeline.ts";
import { multiply, rational } from "../../shared/rational.ts";
import { coverArgs, posterCandidateArgs } from "../ffmpeg/picture-args.ts";
import { type EncodePolicy, runFfmpeg } from "../ffmpeg/run-ffmpeg.ts";
import type { TitleInput } from "../title-source.ts";
import type { AssetMaker } from "./asset-maker.ts";
import { GOOD_SCORE, scorePicture } from "./score-picture.ts";

/** Pixels. */
const WIDEST = 640;
/** Where to look for a picture, in tenths of the title; the first that is good enough is taken. */
const TENTHS = [2, 3, 4, 5, 1, 6, 7, 8, 9, 0];

/** `poster.jpg`: the picture that came with the file, else a keyframe on which there is something to see. */
export const makePoster: AssetMaker = async (_asset, input, policy) => {
  const bytes = (await readCover(input, policy)) ?? (await chooseFrame(input, policy));
  if (bytes) return [{ name: POSTER, bytes }];
  throw new FaultError("source-damaged", `No picture of “${input.source.path}” can be decoded.`);
};

async function readCover(
  { inputUrl, source: { cover } }: TitleInput,
  policy: EncodePolicy,
): Promise<Buffer | undefined> {
  if (!cover) return undefined;
  const { outputs } = await runFfmpeg(coverArgs(inputUrl, cover.streamIndex, posterSize(cover)), 1, policy);
  return outputs[0]!.length > 0 ? outputs[0] : undefined;
}

async function chooseFrame({ inputUrl, source, title }: TitleInput, policy: EncodePolicy) {
  if (!source.video) return undefined;
  const length = timelineDuration(title.video[0]!.timeline);
  const size = posterSize(displaySize(source.video));
  let best: { readonly bytes: Buffer; readonly score: number } | undefined;
  for (const tenths of TENTHS) {
    const time = multiply(length, rational(tenths, 10));
    const { outputs } = await runFfmpeg(posterCandidateArgs(inputUrl, source, time, size), 2, policy);
    const [bytes, sample] = outputs as [Buffer, Buffer];
    const score = scorePicture(sample);
    if (bytes.length > 0 && (!best || score > best.score)) best = { bytes, score };
    if (best && best.score >= GOOD_SCORE) break;
  }
  return best?.bytes;
}

function posterSize(size: PictureSize): PictureSize {
  return sizeAtWidth(size, Math.min(WIDEST, size.width));
}
