import { FaultError } from "../../shared/fault.ts";
import type { AssetJob } from "../../shared/job.ts";
import { assetObject } from "../../shared/storage/object-name.ts";
import { seal } from "../../shared/storage/seal.ts";
import { SIDECAR_ASSET, TRACKS_ASSET } from "../../shared/subtitles/subtitles-asset.ts";
import type { EncodePolicy } from "../ffmpeg/run-ffmpeg.ts";
import { makeOriginalIndex } from "../original/make-index.ts";
import type { JobContext } from "../perform-job.ts";
import type { AssetMaker } from "./asset-maker.ts";
import { convertSidecar } from "./convert-sidecar.ts";
import { extractSubtitles } from "./extract-subtitles.ts";
import { makePoster } from "./make-poster.ts";
import { makeScreenshot } from "./make-screenshot.ts";
import { makeSprites } from "./make-sprites.ts";

/** Who makes which assets. */
const MAKERS: readonly { readonly names: RegExp; readonly make: AssetMaker }[] = [
  { names: /^o0\/index\.json$/, make: makeOriginalIndex },
  { names: TRACKS_ASSET, make: extractSubtitles },
  { names: SIDECAR_ASSET, make: convertSidecar },
  { names: /^sprites\/\d+\.jpg$/, make: makeSprites },
  { names: /^screenshots\/\d+-\d+\.(jpg|webp|avif)$/, make: makeScreenshot },
  { names: /^poster\.jpg$/, make: makePoster },
];

/** Makes what belongs to a title as a whole and puts it into storage; what is there already stays. */
export async function performAsset(
  job: AssetJob,
  context: JobContext,
  policy: EncodePolicy,
): Promise<string> {
  const { titles, storage } = context;
  const maker = MAKERS.find(({ names }) => names.test(job.asset));
  if (!maker) throw new FaultError("internal", `No worker of this version makes “${job.asset}”.`);
  return titles.useTitle(job, policy.signal, async (input, signal) => {
    if (await storage.find(assetObject(job.titleKey, job.asset), signal)) return "";
    for (const { name, bytes } of await maker.make(job.asset, input, { ...policy, signal }, context)) {
      const object = assetObject(job.titleKey, name);
      await storage.publish(object, await seal(object, bytes), signal);
    }
    return "";
  });
}
