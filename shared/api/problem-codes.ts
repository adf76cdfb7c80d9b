import * as z from "zod";
import type { FaultCode } from "../fault.ts";

/** Faults of sources and jobs, and how HTTP answers them. */
const FAULT_STATUS = {
  "source-not-found": 404,
  "source-not-a-file": 404,
  "source-changed": 404,
  "source-not-allowed": 403,
  "not-media": 415,
  "codec-unsupported": 415,
  "source-empty": 422,
  "source-damaged": 422,
  "source-too-large": 422,
  "host-unsuitable": 422,
  "source-unreadable": 500,
  "source-unreachable": 502,
  "source-timeout": 503,
  "encode-failed": 500,
  // The title's playlist is another one by now.
  "encoder-failed": 404,
  "encode-timeout": 500,
  "workers-lost": 500,
  // RFC 4918 11.5.
  "storage-full": 507,
  "storage-failed": 500,
  "storage-timeout": 503,
  internal: 500,
} as const satisfies Readonly<Record<FaultCode, number>>;

/** Every `code` that a problem may have, and the status that it comes with. */
export const PROBLEM_STATUS = {
  ...FAULT_STATUS,
  "bad-request": 400,
  "path-missing": 400,
  "token-missing": 401,
  "token-invalid": 401,
  "admin-token-missing": 401,
  "admin-token-wrong": 401,
  "token-expired": 403,
  "token-not-for-this": 403,
  "admin-closed": 403,
  "not-found": 404,
  "no-picture": 404,
  "method-not-allowed": 405,
  "title-in-use": 409,
  "body-not-wanted": 413,
  "body-too-large": 413,
  "uri-too-long": 414,
  "too-many-waits": 429,
  misconfigured: 500,
  "not-offered-here": 501,
  "segment-overdue": 503,
  "fleet-unseen": 503,
  "too-many-watchers": 503,
  "redis-unavailable": 503,
  "server-busy": 503,
  "shutting-down": 503,
} as const;

export type ProblemCode = keyof typeof PROBLEM_STATUS;
export type ProblemStatus = (typeof PROBLEM_STATUS)[ProblemCode];

/** Codes that come with this status alone. */
export type CodeOf<Status extends ProblemStatus> = {
  [Code in ProblemCode]: (typeof PROBLEM_STATUS)[Code] extends Status ? Code : never;
}[ProblemCode];

export const problemCodes = Object.keys(PROBLEM_STATUS) as [ProblemCode, ...ProblemCode[]];

/** RFC 9457 problem details, with a code for programs and a sentence for people. */
export const problemSchema = z
  .object({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe("What was wrong, with what, and what to do about it."),
    code: z.enum(problemCodes).describe("For programs: each code always comes with the same status."),
  })
  .meta({ id: "Problem", description: "Problem details (RFC 9457)." });

export type ProblemDocument = z.infer<typeof problemSchema>;
