import type { FaultCode } from "./fault.ts";
import type { Job } from "./job.ts";
import type { LeaseStore } from "./lease/lease-store.ts";

/**
 * What happens, told to whoever counts it, and how work hangs together, told to whoever follows it. Nothing here
 * may fail or take time: it is called in the middle of work.
 */
export interface Telemetry {
  /** Something has happened, just now. */
  report(event: TelemetryEvent): void;
  /** Begins work at once, as a part of the trace that this is called in, or of the one that `parent` names. */
  follow<Result>(step: Step, work: () => Promise<Result>): Promise<Result>;
  /** What is being done here, for another process to go on with (W3C Trace Context); undefined where nobody follows. */
  traceparent(): string | undefined;
}

/** A part of a trace. */
export interface Step {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** A `traceparent`, where what this belongs to began in another process. */
  readonly parent?: string | undefined;
  /** Where it began earlier than it is told of, milliseconds. */
  readonly sinceMs?: number;
}

/** Durations are milliseconds until now. */
export type TelemetryEvent =
  | RequestEvent
  | LeaseEvent
  | JobEvent
  | StorageEvent
  | { readonly kind: "fleet-reachable"; readonly reachable: boolean }
  /** Jobs that were asked of workers in this process, since the fleet's store is away. */
  | { readonly kind: "jobs-kept-here"; readonly jobs: number };

type RequestEvent =
  /** A request got its object, or did not: from storage, from a worker, a problem; or the client left. */
  | { readonly kind: "object-answered"; readonly from: ObjectAnswer; readonly ms: number }
  /** Segments that a viewer will want next: seen in storage before, found there now, or asked for. */
  | {
      readonly kind: "looked-ahead";
      readonly known: number;
      readonly stored: number;
      readonly requested: number;
    };

export type ObjectAnswer = "storage" | "worker" | "problem" | "left";

type LeaseEvent =
  | {
      readonly kind: "lease-call";
      readonly store: LeaseStoreKind;
      readonly call: LeaseCall;
      /** `away` where the store could not be reached. */
      readonly end: "answered" | "away" | "failed";
      /** What became of each job, for calls that say so. */
      readonly outcomes: readonly string[];
      readonly ms: number;
    }
  /** A worker asked for jobs; `announced` where it had been told since it last asked that there are some. */
  | { readonly kind: "claimed"; readonly leases: number; readonly announced: boolean }
  /** Work on a lease begins, so long after it was asked for. */
  | {
      readonly kind: "lease-begun";
      readonly attempt: number;
      readonly awaited: boolean;
      readonly ms: number;
    };

/** The fleet's, or that of one process. */
export type LeaseStoreKind = "redis" | "memory";

export type LeaseCall = Exclude<keyof LeaseStore, "subscribe">;

type JobEvent =
  | {
      readonly kind: "job-ended";
      readonly job: Job["kind"] | "unread";
      readonly end: JobEnd;
      readonly ms: number;
    }
  /** FFmpeg has made segments of one rendition, or of the largest one of a run. */
  | {
      readonly kind: "encoded";
      readonly rendition: string;
      /** Seconds of film that all of it is worth, counted in the largest rendition. */
      readonly filmSeconds: number;
      readonly inRun: boolean;
      readonly ms: number;
    }
  /** What FFmpeg made was held against the plan. */
  | { readonly kind: "fragment-checked"; readonly asPlanned: boolean; readonly ms: number }
  | {
      readonly kind: "program-ended";
      readonly program: string;
      readonly end: ProgramEnd;
      readonly ms: number;
    };

/** `refused`: the store had it from somebody else. `left-run`: it is made alone instead. `stepped-back`: others can do it. */
export type JobEnd =
  | "done"
  | "refused"
  | "lost"
  | "cancelled"
  | "left-run"
  | "stepped-back"
  | "shutdown"
  | "dismissed"
  | FaultCode;

/** `exited` of its own accord, whatever its code; the rest were ended by us. */
export type ProgramEnd = "exited" | "cancelled" | "timeout" | "stalled" | "output" | "failed";

type StorageEvent =
  | {
      readonly kind: "object-published";
      readonly name: string;
      readonly bytes: number;
      readonly outcome: "published" | "exists";
      /** Of `ms`, what each part of it took. */
      readonly stages: PublishStages;
      readonly ms: number;
    }
  | { readonly kind: "storage-failed"; readonly code: FaultCode }
  | { readonly kind: "storage-faltered" }
  | { readonly kind: "object-damaged" }
  | { readonly kind: "titles-evicted"; readonly titles: number; readonly bytes: number }
  /** What ought to go but is being watched, and, where it was measured, what all titles take up, bytes. */
  | { readonly kind: "storage-measured"; readonly beyondBytes: number; readonly titleBytes?: number };

/** Milliseconds. */
export interface PublishStages {
  readonly write: number;
  readonly fsync: number;
  readonly link: number;
}

/** Nobody counts, nobody follows. */
export const silentTelemetry: Telemetry = {
  report() {},
  follow: (_, work) => work(),
  traceparent: () => undefined,
};
