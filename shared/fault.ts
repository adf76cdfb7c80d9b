/** Why a source or a job can't be served: for viewers, in words, and for programs, as a code. */
export type FaultCode =
  | "source-not-found"
  | "source-not-a-file"
  | "source-empty"
  | "source-unreadable"
  | "source-changed"
  | "source-not-allowed"
  | "source-unreachable"
  | "host-unsuitable"
  | "not-media"
  | "codec-unsupported"
  | "source-damaged"
  | "source-too-large"
  | "source-timeout"
  | "encode-failed"
  | "encoder-failed"
  | "encode-timeout"
  | "workers-lost"
  | "storage-full"
  | "storage-failed"
  | "storage-timeout"
  | "internal";

/** Faults that another attempt may cure; the rest are the source's own. */
const TRANSIENT: ReadonlySet<FaultCode> = new Set([
  "source-timeout",
  "source-unreachable",
  "encode-failed",
  "encode-timeout",
  "workers-lost",
  "storage-failed",
  "storage-timeout",
  "internal",
]);

/** A fault on its way up. It crosses the lease store as one line: `code: sentence`. */
export class FaultError extends Error {
  override readonly name = "FaultError";
  readonly code: FaultCode;

  /** @param detail a sentence that says what was wrong, with which input, and what to do about it. */
  constructor(code: FaultCode, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
  }

  get retryable(): boolean {
    return TRANSIENT.has(this.code);
  }
}

export function formatReason(fault: FaultError): string {
  return `${fault.code}: ${fault.message.replace(/\s+/g, " ")}`;
}

/** The fault behind a dead job's reason; a reason without a code is the lease store's own. */
export function parseReason(reason: string): FaultError {
  const match = /^([a-z-]+): (.*)$/s.exec(reason);
  return match ? new FaultError(match[1] as FaultCode, match[2]!) : new FaultError("workers-lost", reason);
}
