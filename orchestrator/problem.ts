import type { FaultCode, FaultError } from "../shared/fault.ts";

/** An error as viewers and programs get it: RFC 9457 problem details. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(fields: {
    status: number;
    code: string;
    title: string;
    detail: string;
    retryAfterSeconds?: number;
    headers?: Readonly<Record<string, string>>;
  }) {
    super(fields.detail);
    this.status = fields.status;
    this.code = fields.code;
    this.title = fields.title;
    this.retryAfterSeconds = fields.retryAfterSeconds;
    this.headers = fields.headers ?? {};
  }

  toResponse(): Response {
    const { status, code, title, message: detail } = this;
    const headers = new Headers(this.headers);
    headers.set("content-type", "application/problem+json");
    headers.set("cache-control", "no-store");
    if (this.retryAfterSeconds !== undefined) headers.set("retry-after", String(this.retryAfterSeconds));
    return new Response(JSON.stringify({ type: "about:blank", title, status, detail, code }), {
      status,
      headers,
    });
  }
}

const FAULTS: Readonly<Record<FaultCode, readonly [status: number, title: string]>> = {
  "source-not-found": [404, "No such title"],
  "source-not-a-file": [404, "Not a file"],
  "source-changed": [404, "The title was replaced"],
  "source-not-allowed": [403, "Not played from there"],
  "not-media": [415, "Not a film"],
  "codec-unsupported": [415, "Unknown codec"],
  "source-empty": [422, "The file is empty"],
  "source-damaged": [422, "The file is damaged"],
  "source-too-large": [422, "The file asks for too much"],
  "host-unsuitable": [422, "The host can't serve films"],
  "source-unreadable": [500, "The file can't be read"],
  "source-unreachable": [502, "The host does not hand out the film"],
  "source-timeout": [503, "The file did not answer in time"],
  "encode-failed": [500, "This part can't be made"],
  // Its playlist is another one by now.
  "encoder-failed": [404, "The film goes on in software"],
  "encode-timeout": [500, "This part took too long"],
  "workers-lost": [500, "Workers failed at this part"],
  // RFC 4918 11.5.
  "storage-full": [507, "Storage is full"],
  "storage-failed": [500, "Storage failed"],
  "storage-timeout": [503, "Storage did not answer in time"],
  internal: [500, "Something went wrong here"],
};

/** When it makes sense to ask again, by status. */
const RETRY_AFTER_SECONDS: Readonly<Record<number, number>> = { 503: 5, 507: 10 };

export function faultProblem(fault: FaultError): Problem {
  // The code may come from a worker of another version.
  const [status, title] = Object.hasOwn(FAULTS, fault.code) ? FAULTS[fault.code] : FAULTS.internal;
  const retryAfterSeconds = RETRY_AFTER_SECONDS[status];
  return new Problem({
    status,
    title,
    code: fault.code,
    detail: fault.message,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

export function notFound(detail: string, code = "not-found"): Problem {
  return new Problem({ status: 404, code, title: "Not found", detail });
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
