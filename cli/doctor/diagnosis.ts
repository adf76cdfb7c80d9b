/** What was looked at, and how it is. */
export interface Diagnosis {
  /** Such as `storage: link`. */
  readonly name: string;
  /** `warn` works, but not well or not in every case; with `fail` something will not work. */
  readonly status: "ok" | "warn" | "fail";
  readonly found: string;
  /** What to do about it; where all is well there is nothing to do. */
  readonly cure?: string;
}

export function ok(name: string, found: string): Diagnosis {
  return { name, status: "ok", found };
}

export function warn(name: string, found: string, cure: string): Diagnosis {
  return { name, status: "warn", found, cure };
}

export function fail(name: string, found: string, cure: string): Diagnosis {
  return { name, status: "fail", found, cure };
}

/** What a system call failed with, in short. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message ?? String(error);
}
