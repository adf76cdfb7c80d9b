import {
  type CodeOf,
  PROBLEM_STATUS,
  type ProblemCode,
  type ProblemDocument,
} from "../shared/api/problem-codes.ts";
import type { FaultCode, FaultError } from "../shared/fault.ts";

/** A code, and the status that it always comes with. */
type CodeAndStatus = {
  [Code in ProblemCode]: { readonly code: Code; readonly status: (typeof PROBLEM_STATUS)[Code] };
}[ProblemCode];

export interface ProblemFields {
  readonly title: string;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error as viewers and programs get it: RFC 9457 problem details. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: ProblemCode;
  readonly title: string;
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(fields: ProblemFields & CodeAndStatus) {
    super(fields.detail);
    this.status = fields.status;
    this.code = fields.code;
    this.title = fields.title;
    this.retryAfterSeconds = fields.retryAfterSeconds;
    this.headers = fields.headers ?? {};
  }

  /** RFC 9457 3.1. */
  toDocument(): ProblemDocument {
    const { status, code, title, message: detail } = this;
    return { type: "about:blank", title, status, detail, code };
  }

  toResponse(): Response {
    const { status } = this;
    const headers = new Headers(this.headers);
    headers.set("content-type", "application/problem+json");
    headers.set("cache-control", "no-store");
    if (this.retryAfterSeconds !== undefined) headers.set("retry-after", String(this.retryAfterSeconds));
    return new Response(JSON.stringify(this.toDocument()), { status, headers });
  }
}

const FAULT_TITLES: Readonly<Record<FaultCode, string>> = {
  "source-not-found": "No such title",
  "source-not-a-file": "Not a file",
  "source-changed": "The title was replaced",
  "source-not-allowed": "Not played from there",
  "not-media": "Not a film",
  "codec-unsupported": "Unknown codec",
  "source-empty": "The file is empty",
  "source-damaged": "The file is damaged",
  "source-too-large": "The file asks for too much",
  "host-unsuitable": "The host can't serve films",
  "source-unreadable": "The file can't be read",
  "source-unreachable": "The host does not hand out the film",
  "source-timeout": "The file did not answer in time",
  "encode-failed": "This part can't be made",
  "encoder-failed": "The film goes on in software",
  "encode-timeout": "This part took too long",
  "workers-lost": "Workers failed at this part",
  "storage-full": "Storage is full",
  "storage-failed": "Storage failed",
  "storage-timeout": "Storage did not answer in time",
  internal: "Something went wrong here",
};

/** When it makes sense to ask again, by status. */
const RETRY_AFTER_SECONDS: Readonly<Record<number, number>> = { 503: 5, 507: 10 };

export function faultProblem(fault: FaultError): Problem {
  // It may come from a worker of another version.
  const code = Object.hasOwn(FAULT_TITLES, fault.code) ? fault.code : "internal";
  const status = PROBLEM_STATUS[code];
  const retryAfterSeconds = RETRY_AFTER_SECONDS[status];
  return new Problem({
    ...({ code, status } as CodeAndStatus),
    title: FAULT_TITLES[code],
    detail: fault.message,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

export function notFound(detail: string, code: CodeOf<404> = "not-found"): Problem {
  return new Problem({ status: 404, code, title: "Not found", detail });
}

export function badRequest(detail: string): Problem {
  return new Problem({ status: 400, code: "bad-request", title: "Not understood", detail });
}

export function notOfferedHere(detail: string): Problem {
  return new Problem({ status: 501, code: "not-offered-here", title: "Not offered here", detail });
}

export function waitedTooLong(): Problem {
  return new Problem({
    status: 503,
    code: "segment-overdue",
    title: "Not ready yet",
    detail: "This part is still being made. Ask again in a moment.",
    retryAfterSeconds: 2,
  });
}

export function redisAway(): Problem {
  return new Problem({
    status: 503,
    code: "redis-unavailable",
    title: "The fleet is out of reach",
    detail: "Redis does not answer, so no worker can be asked for this part. Ask again in a moment.",
    retryAfterSeconds: 2,
  });
}

export function misconfigured(): Problem {
  return new Problem({
    status: 500,
    code: "misconfigured",
    title: "Not set up",
    detail: "This server's settings don't make sense: its log says which.",
  });
}
