import { FaultError } from "../fault.ts";

/** EFBIG: a limit on the size of files is also no room for this one. */
const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
/** NFS: the folder or file was removed under our feet; Node has no name for it. */
const ESTALE = -116;

const FALTERING: ReadonlySet<string> = new Set(["EIO", "ETIMEDOUT", "EAGAIN"]);

const REASONS: Readonly<Record<string, string>> = {
  EROFS: "it is mounted read-only, mount it for writing",
  EIO: "its disk or its server reports an error, see the system's log",
  EACCES: "it may not be read or written, check its owner and permissions",
  EPERM: "it may not be read or written, check its owner and permissions",
  ENOENT: "what was there a moment ago has been removed",
  ENOTDIR: "a file lies where a folder should be",
  EEXIST: "a file lies where a folder should be",
};

/** What a call of the file system ran into, in words; an error of another kind stays what it is. */
export function storageFault(error: unknown): unknown {
  const { code, errno, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof FaultError || typeof code !== "string" || typeof errno !== "number") return error;
  if (isFull(error)) {
    const detail = `Storage is full (${code}): nothing new can be kept until there is space again.`;
    return new FaultError("storage-full", detail, { cause: error });
  }
  const reason = REASONS[code];
  const detail = `Storage failed (${[code, syscall].filter(Boolean).join(", ")})${reason ? `: ${reason}` : ""}.`;
  return new FaultError("storage-failed", detail, { cause: error });
}

/** A disk or an NFS server may fail at one call and be right again at the next. */
export function isFaltering(error: unknown): boolean {
  const { code, errno } = error as NodeJS.ErrnoException;
  return errno === ESTALE || FALTERING.has(String(code));
}

export function isFull(error: unknown): boolean {
  return FULL.has(String((error as NodeJS.ErrnoException).code));
}

export function isGone(error: unknown): boolean {
  const { code, errno } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || errno === ESTALE;
}
