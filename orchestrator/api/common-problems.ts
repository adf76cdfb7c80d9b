import type { ProblemCode } from "../../shared/api/problem-codes.ts";

type Codes = readonly ProblemCode[];

/** What may be wrong with a request that only reads, wherever it goes. */
export const READING: Codes = ["uri-too-long", "body-not-wanted", "internal"];

/** What a viewer's token may be. */
export const TOKEN: Codes = ["token-missing", "token-invalid", "token-expired", "token-not-for-this"];

/** What the administrator's may be. */
export const ADMIN: Codes = ["admin-token-missing", "admin-token-wrong", "admin-closed"];

/** What may come of looking at a source. */
export const SOURCE: Codes = [
  ...(["source-not-found", "source-not-a-file", "source-not-allowed", "source-unreachable"] as const),
  ...(["not-media", "codec-unsupported", "host-unsuitable"] as const),
  ...(["source-empty", "source-damaged", "source-too-large", "source-unreadable", "source-timeout"] as const),
];

/** What may come of waiting for a worker. */
export const WAITING: Codes = [
  ...(["too-many-waits", "segment-overdue", "server-busy", "shutting-down", "redis-unavailable"] as const),
  ...(["workers-lost", "storage-full", "storage-failed", "storage-timeout"] as const),
];

/** What may come of making a part of a title that a playlist named. */
export const MAKING: Codes = ["not-found", "source-changed", "encode-failed", "encode-timeout"];
