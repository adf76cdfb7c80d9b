import { FaultError } from "../../shared/fault.ts";
import { assetJob, type InitJob, type SegmentsJob } from "../../shared/job.ts";
import {
  ORIGINAL_INDEX,
  type OriginalRendition,
  originalIndexSchema,
  planOriginal,
} from "../../shared/media/original.ts";
import { INIT_SEGMENT } from "../../shared/media/segment-name.ts";
import { segmentSpan } from "../../shared/media/timeline.ts";
import { assetObject, titleObject } from "../../shared/storage/object-name.ts";
import { readAll } from "../../shared/storage/segment-storage.ts";
import { performAsset } from "../assets/perform-asset.ts";
import type { EncodePolicy } from "../ffmpeg/run-ffmpeg.ts";
import type { JobContext } from "../perform-job.ts";
import { mediaObject, publishInit, publishMedia } from "../publish-fragment.ts";
import type { TitleInput } from "../title-source.ts";
import { copyInit, copySegment } from "./copy-segment.ts";

/** Makes the init segment, or media segments, of the original picture, by copying. */
export function performOriginal(
  job: InitJob | SegmentsJob,
  context: JobContext,
  policy: EncodePolicy,
): Promise<string> {
  return context.titles.useTitle(job, policy.signal, async (input, signal) => {
    const rendition = await originalOf(job, input, context, { ...policy, signal });
    const { storage, packets } = context;
    const { inputUrl, source } = input;
    // Packets play with the init segment of any FFmpeg: one is enough.
    if (!(await storage.find(titleObject(job.titleKey, job.rendition, INIT_SEGMENT), signal))) {
      const init = await copyInit(inputUrl, source, rendition, { ...policy, signal });
      await publishInit(job, { init }, storage, signal);
    }
    if (job.kind === "init") return "";
    for (let index = job.first; index < job.first + job.count; index++) {
      const span = segmentSpan(rendition.timeline, index);
      if (!span) throw new FaultError("internal", `“${job.path}” has no segment ${index} of its original.`);
      if (await storage.find(mediaObject(job, index), signal)) continue;
      const media = await copySegment(inputUrl, source, rendition, span, packets, signal);
      await publishMedia(job, index, { media }, storage, signal);
    }
    return "";
  });
}

/** As storage has it, so that all workers cut at the same places. */
async function originalOf(
  job: InitJob | SegmentsJob,
  { title }: TitleInput,
  context: JobContext,
  policy: EncodePolicy,
): Promise<OriginalRendition> {
  const name = assetObject(job.titleKey, ORIGINAL_INDEX);
  const find = () => context.storage.find(name, policy.signal);
  let object = await find();
  if (!object) {
    await performAsset(assetJob(title, ORIGINAL_INDEX), context, policy);
    object = await find();
  }
  const text = object && new TextDecoder().decode(await readAll(object));
  const index = text && originalIndexSchema.parse(JSON.parse(text));
  const rendition = index && planOriginal(title, index);
  if (rendition) return rendition;
  throw new FaultError("internal", `The original picture of “${job.path}” can't be copied.`);
}
