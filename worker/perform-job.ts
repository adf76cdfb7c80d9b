import { FaultError } from "../shared/fault.ts";
import type { InitJob, Job, SegmentsJob } from "../shared/job.ts";
import { ORIGINAL_ID } from "../shared/media/original.ts";
import { isRemotePath } from "../shared/media/remote-path.ts";
import { type SegmentSpan, segmentSpan, type Timeline } from "../shared/media/timeline.ts";
import { DiskTimeoutError } from "../shared/node/disk-calls.ts";
import { toNumber } from "../shared/rational.ts";
import { ObjectGoneError, type SegmentStorage } from "../shared/storage/segment-storage.ts";
import { performAsset } from "./assets/perform-asset.ts";
import { makeAudioSegments } from "./encode-audio.ts";
import { encodeIFrames } from "./encode-iframes.ts";
import { encodeVideoSegment } from "./encode-video.ts";
import { byHardware } from "./encoders/by-hardware.ts";
import type { VideoEncoder } from "./encoders/video-encoder.ts";
import type { EncodePolicy } from "./ffmpeg/run-ffmpeg.ts";
import { type Fragment, FragmentError } from "./fragment/fragment.ts";
import type { PacketThreads } from "./original/packet-threads.ts";
import { performOriginal } from "./original/perform-original.ts";
import { mediaObject, publishInit, publishMedia } from "./publish-fragment.ts";
import { RunOutputError, RunTimeoutError } from "./run-program.ts";
import { follow, report } from "./telemetry-scope.ts";
import type { JobSource, TitleSource } from "./title-source.ts";

/** Enough for the encoder to reorder frames as it does in a whole segment. */
const UNITS_FOR_INIT = 4;

export interface JobContext {
  readonly titles: TitleSource;
  readonly storage: SegmentStorage;
  readonly packets: PacketThreads;
  /** In hardware, where the worker has one to use. */
  readonly encoder?: VideoEncoder;
}

/** How a job is done, as far as that is not the bytes' business. */
export interface JobPolicy extends EncodePolicy {
  /** At this job, from 1, which it is unless told. */
  readonly attempt?: number;
}

/**
 * Does the work of a job and puts what it made into storage.
 * @returns what the store shall tell those who wait: a probe's fingerprint, how many milliseconds segments took to
 * encode, or nothing.
 * @throws FaultError where it can't be done.
 */
export async function performJob(job: Job, context: JobContext, policy: JobPolicy): Promise<string> {
  try {
    if (job.kind === "probe") return await context.titles.probe(job, policy.signal);
    if (job.kind === "asset") return await performAsset(job, context, policy);
    if (job.rendition === ORIGINAL_ID) return await performOriginal(job, context, policy);
    return await context.titles.use(job, policy.signal, (source, signal) =>
      makeRendition(job, source, context, { ...policy, signal }),
    );
  } catch (error) {
    throw jobFault(error, job.path);
  }
}

/** What went wrong with a job, as a fault where it is one. */
export function jobFault(error: unknown, path: string): unknown {
  if (error instanceof FragmentError) {
    const detail = `A part of “${path}” can't be made: ${error.message}`;
    return new FaultError("encode-failed", detail, { cause: error });
  }
  if (error instanceof RunOutputError) {
    const detail = `A part of “${path}” can't be made: FFmpeg would not stop writing.`;
    return new FaultError("encode-failed", detail, { cause: error });
  }
  if (error instanceof RunTimeoutError || error instanceof DiskTimeoutError) {
    const place = isRemotePath(path) ? "its host" : "the disk that it lies on";
    const detail = `“${path}” did not answer in time: see whether ${place} does.`;
    return new FaultError("source-timeout", detail, { cause: error });
  }
  if (error instanceof ObjectGoneError) {
    const detail = `A part of “${path}” was removed from storage while its neighbour was made.`;
    return new FaultError("storage-failed", detail, { cause: error });
  }
  return error;
}

function makeRendition(
  job: InitJob | SegmentsJob,
  source: JobSource,
  { storage, encoder: own }: JobContext,
  policy: JobPolicy,
): Promise<string> {
  const { encoder } = job;
  const make = (hardware?: VideoEncoder) =>
    job.kind === "init"
      ? makeInit(job, source, storage, policy, hardware)
      : makeSegments(job, source, storage, policy, hardware);
  if (!encoder || source.rendition.kind !== "video") return make();
  const attempt = { signal: policy.signal, attempt: policy.attempt ?? 1 };
  return byHardware({ ...job, encoder }, { storage, encoder: own }, attempt, make);
}

async function makeInit(
  job: InitJob,
  source: JobSource,
  storage: SegmentStorage,
  policy: EncodePolicy,
  encoder: VideoEncoder | undefined,
): Promise<string> {
  // Settings make an init segment, pictures don't: the first few units give the same one.
  const whole = segmentSpan(source.rendition.timeline, 0)!;
  const span = { ...whole, endUnit: Math.min(whole.endUnit, UNITS_FOR_INIT) };
  const [fragment] = await encode(source, [span], policy, encoder);
  await publishInit(job, fragment!, storage, policy.signal);
  return "";
}

async function makeSegments(
  job: SegmentsJob,
  source: JobSource,
  storage: SegmentStorage,
  policy: EncodePolicy,
  encoder: VideoEncoder | undefined,
): Promise<string> {
  const { signal } = policy;
  const spans: SegmentSpan[] = [];
  const missing: number[] = [];
  for (let index = job.first; index < job.first + job.count; index++) {
    const span = segmentSpan(source.rendition.timeline, index);
    if (!span) throw new FaultError("internal", `“${job.path}” has no segment ${index}.`);
    if (!(await storage.find(mediaObject(job, index), signal))) missing.push(spans.length);
    spans.push(span);
  }
  if (missing.length === 0) return "";
  const begun = performance.now();
  // All of them, though some may be there: where decoding begins decides about the last bits of sound.
  const fragments = await follow({ name: "encode" }, () => encode(source, spans, policy, encoder));
  const ms = performance.now() - begun;
  const filmSeconds = secondsOf(spans, source.rendition.timeline);
  report({ kind: "encoded", rendition: job.rendition, filmSeconds, inRun: false, ms });
  await publishInit(job, fragments[0]!, storage, signal);
  for (const position of missing) {
    signal.throwIfAborted();
    await publishMedia(job, spans[position]!.index, fragments[position]!, storage, signal);
  }
  return String(Math.round(ms));
}

function secondsOf(spans: readonly SegmentSpan[], { rate }: Timeline): number {
  const units = spans.reduce((sum, { firstUnit, endUnit }) => sum + endUnit - firstUnit, 0);
  return units / toNumber(rate);
}

async function encode(
  { inputUrl, source, title, rendition }: JobSource,
  spans: readonly SegmentSpan[],
  policy: EncodePolicy,
  encoder: VideoEncoder | undefined,
): Promise<readonly Fragment[]> {
  if (rendition.kind === "audio") return makeAudioSegments(inputUrl, source, rendition, spans, policy);
  if (rendition.kind === "iframe") return encodeIFrames(inputUrl, title, rendition, spans, policy);
  const fragments: Fragment[] = [];
  for (const span of spans)
    fragments.push(await encodeVideoSegment(inputUrl, source, rendition, span, policy, encoder));
  return fragments;
}
