import * as z from "zod";

/** Milliseconds since 1970 on the lease store's clock, as `now` of the view is. */
const time = z.number();
const count = z.int().nonnegative();

/** What is made, in the words of a job. Of a probe the path alone is known. */
const workSchema = z.object({
  /** `other` for what a program of another version asked for. */
  kind: z.enum(["probe", "init", "segments", "asset", "other"]),
  path: z.string().exactOptional(),
  titleKey: z.string().exactOptional(),
  rendition: z.string().exactOptional(),
  /** Media segments [first, first + count). */
  first: count.exactOptional(),
  count: count.exactOptional(),
  /** Name of an object that belongs to the title as a whole, such as `poster.jpg`. */
  asset: z.string().exactOptional(),
});

const workerJobSchema = workSchema.extend({
  since: time,
  /** 1 for the first. */
  attempt: count,
  /** Somebody waits for it. */
  isAwaited: z.boolean(),
  /** Another worker is at it as well, for longer. */
  isSecond: z.boolean(),
});

/**
 * `silent` has let a lease run out, or is about to, or has not been heard of when it should have been; `gone` said
 * that it stops.
 */
export const workerStates = ["working", "idle", "silent", "gone"] as const;

const workerSchema = z.object({
  /** Its own in every process. */
  id: z.string(),
  /** What the operator calls it: WORKER_ID. */
  name: z.string(),
  state: z.enum(workerStates),
  /** When that state began. */
  since: time,
  seenAt: time,
  jobs: z.array(workerJobSchema),
  /** What it said about itself; absent where it hasn't yet. */
  concurrency: count.optional(),
  version: z.string().optional(),
  startedAt: time.optional(),
  /** Jobs since it started, and attempts that failed. */
  done: count.optional(),
  failed: count.optional(),
  /** Seconds of media made for each second at work, all renditions added up, in the last minute. */
  speed: z.number().nonnegative().optional(),
  /** Media segments made a second, in the last minute. */
  segmentsPerSecond: z.number().nonnegative().optional(),
});

const faultSchema = workSchema.extend({
  at: time,
  /** It is tried again, was given up, or its worker stopped answering. */
  kind: z.enum(["failed", "dead", "lapsed"]),
  /** The worker's name. */
  worker: z.string(),
  attempt: count,
  /** For programs, such as `source-damaged`; `worker-silent` where a lease ran out. */
  code: z.string(),
  /** A sentence or two for people. */
  text: z.string(),
});

/** `GET /api/fleet`. */
export const fleetViewSchema = z.object({
  now: time,
  /** Who does the work: this process alone, a fleet, or this process since the fleet's Redis is away. */
  mode: z.enum(["embedded", "fleet", "redis-away"]),
  workers: z.array(workerSchema),
  queue: z.object({
    /** Jobs that somebody waits for. */
    awaited: count,
    /** Jobs that those who watch will want within a minute. */
    lookAhead: count,
    /** Jobs that are made in advance. */
    prepare: count,
    /** Jobs that failed a moment ago, and pause. */
    backingOff: count,
    /** Since when the one has waited that waits longest; null where nobody does. */
    oldestSince: time.nullable(),
  }),
  leases: count,
  totals: z.object({ done: count, failed: count, lapsed: count, dead: count }),
  /** The latest first. */
  faults: z.array(faultSchema),
});

export type FleetView = z.infer<typeof fleetViewSchema>;
export type WorkerView = z.infer<typeof workerSchema>;
export type WorkerState = WorkerView["state"];
export type WorkView = z.infer<typeof workSchema>;
export type FaultView = z.infer<typeof faultSchema>;

/** `missing` is not made, and nobody asks for it. */
export const cellStates = ["missing", "queued", "claimed", "made"] as const;

/** Segments [from, to) of a rendition that are in the same state. */
const runSchema = z.object({
  from: count,
  to: count,
  state: z.enum(cellStates),
  /** Of the one that holds them, where they are claimed: the worker's `id`. */
  worker: z.string().exactOptional(),
});

const renditionMapSchema = z.object({
  id: z.string(),
  kind: z.enum(["video", "audio", "iframe", "original"]),
  /** For people, such as `480p`. */
  label: z.string(),
  /** Where its segments begin, and the last one ends: which of the map's timelines. */
  timeline: count,
  /** All of its segments, in order. */
  runs: z.array(runSchema),
});

/** `GET /api/fleet/segments?path=…`: the state of every segment of every rendition of a title. */
export const segmentMapSchema = z.object({
  path: z.string(),
  titleKey: z.string(),
  /** Seconds, each with one entry more than there are segments. */
  timelines: z.array(z.array(z.number())),
  renditions: z.array(renditionMapSchema),
});

export type CellState = (typeof cellStates)[number];
export type CellRun = z.infer<typeof runSchema>;
export type RenditionMap = z.infer<typeof renditionMapSchema>;
export type SegmentMap = z.infer<typeof segmentMapSchema>;

/** Renditions of a map that have changed, in an event `cells`: all runs of each. */
export const cellsSchema = z.object({
  titleKey: z.string(),
  renditions: z.array(z.object({ id: z.string(), runs: z.array(runSchema) })),
});
export type Cells = z.infer<typeof cellsSchema>;
