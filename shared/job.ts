import * as z from "zod";
import { hardwareEncoderSchema } from "./media/encoder.ts";
import type { OriginalRendition } from "./media/original.ts";
import { segmentCount } from "./media/timeline.ts";
import type { PlanOptions, Rendition, Title } from "./media/title.ts";

/** Media segments of one audio job: sound is cheap, a process is not. */
const SEGMENTS_PER_AUDIO_JOB = 4;
/** A minute of film: pictures to look through are cheap, to read on to the next one is not. */
const SEGMENTS_PER_IFRAME_JOB = 16;

const SEGMENTS_PER_JOB: Readonly<Record<(Rendition | OriginalRendition)["kind"], number>> = {
  video: 1,
  original: 1,
  audio: SEGMENTS_PER_AUDIO_JOB,
  iframe: SEGMENTS_PER_IFRAME_JOB,
};

/** Of the request that asked for it first, where requests are followed: part of no id, and of no bytes. */
const traced = { traceparent: z.string().exactOptional() };
const title = {
  ...traced,
  /** The title's: in the media folder, or on another host. */
  path: z.string(),
  /** The source as it was when the title was planned. */
  fingerprint: z.string(),
  titleKey: z.string(),
  segmentSeconds: z.number().positive(),
  /** What the title's rungs are made by; x264 where none is named. */
  encoder: hardwareEncoderSchema.exactOptional(),
};
const rendition = { ...title, rendition: z.string() };

const jobSchema = z.discriminatedUnion("kind", [
  /** Find out what a source is. Its result is the source's fingerprint, under which storage has the rest. */
  z.object({
    kind: z.literal("probe"),
    ...traced,
    path: z.string(),
    /** What it will be planned with; where that is known, the original picture is looked into as well. */
    segmentSeconds: z.number().positive().exactOptional(),
    encoder: hardwareEncoderSchema.exactOptional(),
  }),
  /** Make a rendition's init segment. */
  z.object({ kind: z.literal("init"), ...rendition }),
  /** Make media segments [first, first + count). */
  z.object({
    kind: z.literal("segments"),
    ...rendition,
    first: z.int().nonnegative(),
    count: z.int().positive(),
  }),
  /** Make something that belongs to a title as a whole: an object of that name in its folder. */
  z.object({ kind: z.literal("asset"), ...title, asset: z.string() }),
]);

/** Work for a worker, complete in itself. */
export type Job = z.infer<typeof jobSchema>;
export type ProbeJob = Extract<Job, { kind: "probe" }>;
export type InitJob = Extract<Job, { kind: "init" }>;
export type SegmentsJob = Extract<Job, { kind: "segments" }>;
export type AssetJob = Extract<Job, { kind: "asset" }>;

/** Equal work, equal id: this is what makes two requests cost one encode. */
export function jobId(job: Job): string {
  switch (job.kind) {
    case "probe":
      return `probe/${job.path}`;
    case "init":
      return `${job.titleKey}/${job.rendition}/init`;
    case "segments":
      return `${job.titleKey}/${job.rendition}/${job.first}+${job.count}`;
    case "asset":
      return `${job.titleKey}/asset/${job.asset}`;
  }
}

/** Which segments a job's id stands for; undefined where it stands for something else. */
export function parseSegmentsId(
  id: string,
): Pick<SegmentsJob, "titleKey" | "rendition" | "first" | "count"> | undefined {
  const match = /^([0-9a-f]+)\/([^/]+)\/(\d{1,9})\+(\d{1,9})$/.exec(id);
  if (!match) return undefined;
  return { titleKey: match[1]!, rendition: match[2]!, first: Number(match[3]), count: Number(match[4]) };
}

export function formatJob(job: Job): string {
  return JSON.stringify(job);
}

export function parseJob(payload: string): Job {
  return jobSchema.parse(JSON.parse(payload));
}

/** What of a rendition says which jobs make it. */
type MadeRendition = Pick<Rendition | OriginalRendition, "kind" | "id" | "timeline">;

export function initJob(title: Title, rendition: Pick<MadeRendition, "id">): InitJob {
  return { kind: "init", ...reference(title), rendition: rendition.id };
}

/** The job that makes segment `index`: alone where it is video, in a fixed batch where it is sound or I-frames. */
export function segmentsJob(title: Title, rendition: MadeRendition, index: number): SegmentsJob {
  const size = SEGMENTS_PER_JOB[rendition.kind];
  const first = index - (index % size);
  const count = Math.min(size, segmentCount(rendition.timeline) - first);
  return { kind: "segments", ...reference(title), rendition: rendition.id, first, count };
}

/** @param asset name of an object in the title's folder. */
export function assetJob(title: Title, asset: string): AssetJob {
  return { kind: "asset", ...reference(title), asset };
}

/** The job that finds out what a source is which will be planned with these options. */
export function probeJob(path: string, options: PlanOptions): ProbeJob {
  return { kind: "probe", path, ...planFields(options) };
}

/** What a job says of its title's plan; undefined where it does not. */
export function planOptionsOf(job: Pick<ProbeJob, "segmentSeconds" | "encoder">): PlanOptions | undefined {
  const { segmentSeconds } = job;
  return segmentSeconds === undefined ? undefined : planFields({ ...job, segmentSeconds });
}

function reference(title: Title) {
  return {
    path: title.source.path,
    fingerprint: title.source.fingerprint,
    titleKey: title.key,
    ...planFields(title.options),
  };
}

/** What bytes depend on. */
function planFields({ segmentSeconds, encoder }: PlanOptions) {
  return { segmentSeconds, ...(encoder && { encoder }) };
}
