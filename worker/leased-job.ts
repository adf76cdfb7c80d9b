import { FaultError } from "../shared/fault.ts";
import { type Job, parseJob } from "../shared/job.ts";
import { jobFields } from "../shared/job-fields.ts";
import type { Lease } from "../shared/lease/lease-store.ts";
import type { LogFields } from "../shared/log.ts";
import type { JobEnd, Step } from "../shared/telemetry.ts";
import { LeaseCancelledError, LeaseGivenBackError, LeaseLostError, RunLeftError } from "./lease-keeper.ts";
import { StepBackError } from "./step-backs.ts";

/** What lines about a lease say of it; of a payload that this version can't read, the job's id alone. */
export function leaseFields({ id, payload, token, attempt }: Lease): LogFields {
  const job = readJob(payload);
  return { ...(job ? jobFields(job) : { job: id }), token, attempt };
}

export function jobKind({ payload }: Lease): Job["kind"] | "unread" {
  return readJob(payload)?.kind ?? "unread";
}

/** Work on a lease as a part of the trace of whoever asked for it first. */
export function jobStep(lease: Lease, worker: string, sinceMs: number): Step {
  const named = Object.entries({ ...leaseFields(lease), worker });
  const attributes = Object.fromEntries(
    named.map(([name, value]) => [`seamline.${name}`, value as string | number]),
  );
  return { name: "job", attributes, parent: readJob(lease.payload)?.traceparent, sinceMs };
}

/** How a job ended that was not done. @param reason why, as its signal or the work on it says. */
export function jobEnd(reason: unknown): JobEnd {
  if (reason instanceof LeaseLostError) return "lost";
  if (reason instanceof LeaseCancelledError) return "cancelled";
  if (reason instanceof RunLeftError) return "left-run";
  if (reason instanceof StepBackError) return "stepped-back";
  if (reason instanceof LeaseGivenBackError) return "shutdown";
  return toFault(reason).code;
}

export function toFault(error: unknown): FaultError {
  if (error instanceof FaultError) return error;
  return new FaultError("internal", "A worker failed in a way it should not: see its log.", { cause: error });
}

function readJob(payload: string): Job | undefined {
  try {
    return parseJob(payload);
  } catch {
    // The work on it will say so.
    return undefined;
  }
}
