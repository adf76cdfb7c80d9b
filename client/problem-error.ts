import type { ProblemCode, ProblemDocument } from "../shared/api/problem-codes.ts";

/** A code that this client knows, or one of a later server. */
export type AnyProblemCode = ProblemCode | (string & {});

/** What a server answered in place of what was asked for: problem details (RFC 9457). */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  /** Of the answer. */
  readonly status: number;
  /** For programs. `unknown` where something in between has answered. */
  readonly code: AnyProblemCode;
  readonly title: string;
  /** How long to wait before asking again, where the server says so, milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(fields: {
    readonly status: number;
    readonly code: AnyProblemCode;
    readonly title: string;
    readonly detail: string;
    readonly retryAfterMs?: number | undefined;
  }) {
    super(fields.detail);
    this.status = fields.status;
    this.code = fields.code;
    this.title = fields.title;
    this.retryAfterMs = fields.retryAfterMs;
  }
}

/** The error that an answer is. */
export async function readProblem(response: Response): Promise<ProblemError> {
  const { status, headers } = response;
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const retryAfterMs = Number.isNaN(seconds) ? undefined : 1000 * seconds;
  const isProblem = headers.get("content-type")?.startsWith("application/problem+json") ?? false;
  const text = await response.text();
  if (!isProblem) {
    const detail = `The server answered ${status}, and not in words of Seamline's.`;
    return new ProblemError({ status, code: "unknown", title: response.statusText, detail, retryAfterMs });
  }
  const { code, title, detail } = JSON.parse(text) as ProblemDocument;
  return new ProblemError({ status, code, title, detail, retryAfterMs });
}
