import { FaultError } from "../../shared/fault.ts";
import { assetJob, segmentsJob } from "../../shared/job.ts";
import {
  ORIGINAL_INDEX,
  type OriginalRendition,
  originalIndexSchema,
  planOriginal,
} from "../../shared/media/original.ts";
import { sourceInfoSchema } from "../../shared/media/source-info-schema.ts";
import { segmentCount } from "../../shared/media/timeline.ts";
import { planTitle, type Rendition, type Title } from "../../shared/media/title.ts";
import { formatMediaPlaylist } from "../../shared/playlist/media-playlist.ts";
import { formatMultivariantPlaylist } from "../../shared/playlist/multivariant-playlist.ts";
import { assetObject, sourceInfoObject } from "../../shared/storage/object-name.ts";
import { readAll, type SegmentStorage } from "../../shared/storage/segment-storage.ts";
import type { EncodePolicy } from "../../worker/ffmpeg/run-ffmpeg.ts";
import { PacketThreads } from "../../worker/original/packet-threads.ts";
import { type JobContext, performJob } from "../../worker/perform-job.ts";
import type { RemotePolicy } from "../../worker/remote/host-address.ts";
import { TitleSource } from "../../worker/title-source.ts";

type Stage = "probe" | "video" | "audio" | "original";

/** How far a source came: a worker's own code did all of it, and nothing but a fault stopped it. */
export type Outcome =
  | { readonly kind: "played"; readonly title: Title }
  | { readonly kind: "fault"; readonly stage: Stage; readonly fault: FaultError };

const noHosts: RemotePolicy = { hosts: { public: [], private: [] }, resolve: async () => [] };

/**
 * Takes a source through a worker: the probe, the plan and its playlists, one job of pictures and one of sound, and
 * the original picture, where it has one.
 * @param place of the segments, 0 at the start to 1 at the end.
 * @throws whatever is not a FaultError: a bug.
 */
export async function playThrough(
  mediaDir: string,
  path: string,
  storage: SegmentStorage,
  { place = 0, signal = new AbortController().signal, remote = noHosts } = {},
): Promise<Outcome> {
  const packets = new PacketThreads();
  const context = { titles: new TitleSource({ mediaDir, remote }, storage, packets), storage, packets };
  const policy = { signal, background: false };
  let stage: Stage = "probe";
  try {
    const fingerprint = await performJob({ kind: "probe", path }, context, policy);
    const title = await readPlan(storage, fingerprint, signal);
    const job = (rendition: Rendition | undefined) => {
      if (!rendition) return undefined;
      const index = Math.floor(place * (segmentCount(rendition.timeline) - 1));
      return segmentsJob(title, rendition, index);
    };
    const [video, audio] = [job(title.video[0]), job(title.audio[0])];
    stage = "video";
    if (video) await performJob(video, context, policy);
    stage = "audio";
    if (audio) await performJob(audio, context, policy);
    stage = "original";
    const original = await findOriginal(title, context, policy);
    if (original) {
      const index = Math.floor(place * (segmentCount(original.timeline) - 1));
      await performJob(segmentsJob(title, original, index), context, policy);
    }
    return { kind: "played", title };
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    return { kind: "fault", stage, fault: error };
  } finally {
    await packets.close();
  }
}

async function findOriginal(
  title: Title,
  context: JobContext,
  policy: EncodePolicy,
): Promise<OriginalRendition | undefined> {
  await performJob(assetJob(title, ORIGINAL_INDEX), context, policy);
  const object = await context.storage.find(assetObject(title.key, ORIGINAL_INDEX), policy.signal);
  const text = new TextDecoder().decode(await readAll(object!));
  return planOriginal(title, originalIndexSchema.parse(JSON.parse(text)));
}

async function readPlan(storage: SegmentStorage, fingerprint: string, signal: AbortSignal): Promise<Title> {
  const object = await storage.find(sourceInfoObject(fingerprint), signal);
  const info = sourceInfoSchema.parse(JSON.parse(new TextDecoder().decode(await readAll(object!))));
  const title = await planTitle(info, { segmentSeconds: 4 });
  formatMultivariantPlaylist(title);
  for (const { timeline } of [...title.video, ...title.audio]) {
    formatMediaPlaylist(timeline, title.targetDuration);
  }
  return title;
}
