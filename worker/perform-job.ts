import { FaultError } from "../shared/fault.ts";
import type { InitJob, Job, SegmentsJob } from "../shared/job.ts";
import { INIT_SEGMENT, mediaSegmentName } from "../shared/media/segment-name.ts";
import { type SegmentSpan, segmentSpan } from "../shared/media/timeline.ts";
import { titleObject } from "../shared/storage/object-name.ts";
import { readAll, type SegmentStorage } from "../shared/storage/segment-storage.ts";
import { encodeAudioSegments } from "./encode-audio.ts";
import { encodeVideoSegment } from "./encode-video.ts";
import type { EncodePolicy } from "./ffmpeg/run-ffmpeg.ts";
import { type Fragment, FragmentError } from "./fragment/fragment.ts";
import type { JobSource, TitleSource } from "./title-source.ts";

/** Enough for the encoder to reorder frames as it does in a whole segment. */
const UNITS_FOR_INIT = 4;

export interface JobContext {
  readonly titles: TitleSource;
  readonly storage: SegmentStorage;
}

/**
 * Does the work of a job and puts what it made into storage.
 * @returns what the store shall tell those who wait: a probe's fingerprint, else nothing.
 * @throws FaultError where it can't be done.
 */
export async function performJob(job: Job, context: JobContext, policy: EncodePolicy): Promise<string> {
  try {
    if (job.kind === "probe") return await context.titles.probe(job.path, policy.signal);
    const source = await context.titles.open(job, policy.signal);
    await (job.kind === "init"
      ? makeInit(job, source, context, policy)
      : makeSegments(job, source, context, policy));
    return "";
  } catch (error) {
    if (!(error instanceof FragmentError)) throw error;
    const detail = `A part of “${job.path}” can't be made: ${error.message}`;
    throw new FaultError("encode-failed", detail, { cause: error });
  }
}

async function makeInit(
  job: InitJob,
  source: JobSource,
  { storage }: JobContext,
  policy: EncodePolicy,
): Promise<void> {
  // Settings make an init segment, pictures don't: the first few units give the same one.
  const whole = segmentSpan(source.rendition.timeline, 0)!;
  const span = { ...whole, endUnit: Math.min(whole.endUnit, UNITS_FOR_INIT) };
  const [fragment] = await encode(source, [span], policy);
  await publishInit(job, fragment!, storage, policy.signal);
}

async function makeSegments(
  job: SegmentsJob,
  source: JobSource,
  { storage }: JobContext,
  policy: EncodePolicy,
): Promise<void> {
  const { signal } = policy;
  const wanted: SegmentSpan[] = [];
  for (let index = job.first; index < job.first + job.count; index++) {
    const span = segmentSpan(source.rendition.timeline, index);
    if (!span) throw new FaultError("internal", `“${job.path}” has no segment ${index}.`);
    if (!(await storage.find(objectName(job, mediaSegmentName(index)), signal))) wanted.push(span);
  }
  if (wanted.length === 0) return;
  const fragments = await encode(source, wanted, policy);
  await publishInit(job, fragments[0]!, storage, signal);
  for (const [position, span] of wanted.entries()) {
    signal.throwIfAborted();
    await storage.publish(objectName(job, mediaSegmentName(span.index)), fragments[position]!.media, signal);
  }
}

async function encode(
  { realPath, source, rendition }: JobSource,
  spans: readonly SegmentSpan[],
  policy: EncodePolicy,
): Promise<readonly Fragment[]> {
  if (rendition.kind === "audio") return encodeAudioSegments(realPath, source, rendition, spans, policy);
  const fragments: Fragment[] = [];
  for (const span of spans)
    fragments.push(await encodeVideoSegment(realPath, source, rendition, span, policy));
  return fragments;
}

/** All segments of a rendition play with one init segment: who makes another may not publish. */
async function publishInit(
  job: InitJob | SegmentsJob,
  { init }: Fragment,
  storage: SegmentStorage,
  signal: AbortSignal,
): Promise<void> {
  const name = objectName(job, INIT_SEGMENT);
  const existing = await storage.find(name, signal);
  if (!existing && (await storage.publish(name, init, signal)) === "published") return;
  const object = existing ?? (await storage.find(name, signal));
  if (object && init.equals(await readAll(object))) return;
  throw new FragmentError(`this FFmpeg makes another init segment than the one “${job.path}” began with`);
}

function objectName(job: InitJob | SegmentsJob, name: string): string {
  return titleObject(job.titleKey, job.rendition, name);
}
