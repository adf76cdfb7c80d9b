import type { InitJob, SegmentsJob } from "../shared/job.ts";
import { INIT_SEGMENT, mediaSegmentName } from "../shared/media/segment-name.ts";
import { titleObject } from "../shared/storage/object-name.ts";
import { seal } from "../shared/storage/seal.ts";
import { readAll, type SegmentStorage } from "../shared/storage/segment-storage.ts";
import { type Fragment, FragmentError } from "./fragment/fragment.ts";

/** Others began the rendition with another init segment than this worker makes. */
export class UnlikeInitError extends FragmentError {
  override readonly name = "UnlikeInitError";
}

/** All segments of a rendition play with one init segment: who makes another may not publish. */
export async function publishInit(
  job: InitJob | SegmentsJob,
  { init }: Pick<Fragment, "init">,
  storage: SegmentStorage,
  signal: AbortSignal,
): Promise<void> {
  const name = titleObject(job.titleKey, job.rendition, INIT_SEGMENT);
  const sealed = await seal(name, init);
  const existing = await storage.find(name, signal);
  if (!existing && (await storage.publish(name, sealed, signal)) === "published") return;
  const object = existing ?? (await storage.find(name, signal));
  if (object && Buffer.from(await readAll(object)).equals(sealed)) return;
  throw new UnlikeInitError(`this FFmpeg makes another init segment than the one “${job.path}” began with`);
}

export async function publishMedia(
  job: SegmentsJob,
  index: number,
  { media }: Pick<Fragment, "media">,
  storage: SegmentStorage,
  signal: AbortSignal,
): Promise<void> {
  const name = mediaObject(job, index);
  await storage.publish(name, await seal(name, media), signal);
}

export function mediaObject(job: SegmentsJob, index: number): string {
  return titleObject(job.titleKey, job.rendition, mediaSegmentName(index));
}
