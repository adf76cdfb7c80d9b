import { describe, expect, test, vi } from "vitest";
import { callStorage } from "../../../shared/node/storage-call.ts";

/** As the file system throws them. */
function failure(code: string, errno: number): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: open`), { code, errno, syscall: "open" });
}

const EIO = failure("EIO", -5);
/** Node has no name for it. */
const ESTALE = failure("Unknown system error -116", -116);

/** Fails with each of these in turn, then answers. */
function failing(...errors: readonly Error[]): () => Promise<string> {
  const left = [...errors];
  return async () => {
    const error = left.shift();
    if (error) throw error;
    return "bytes";
  };
}

describe("a call of storage", () => {
  test.each([
    ["EIO", EIO],
    ["ESTALE", ESTALE],
    ["ETIMEDOUT", failure("ETIMEDOUT", -110)],
  ])("is made again where the disk or its server falters: %s", async (_, error) => {
    const heard: unknown[] = [];
    const onFaltering = (fault: unknown) => heard.push(fault);
    expect(await callStorage(failing(error, error), { onFaltering })).toBe("bytes");
    expect(heard).toEqual([error, error]);
  });

  test("fails with the reason where it goes on faltering", async () => {
    await expect(callStorage(failing(EIO, EIO, EIO, EIO))).rejects.toMatchObject({
      code: "storage-failed",
      message: "Storage failed (EIO, open): its disk or its server reports an error, see the system's log.",
      cause: EIO,
    });
  });

  test.each([
    ["EROFS", -30],
    ["ENOSPC", -28],
    ["EACCES", -13],
  ])("is not made again where that can't help: %s", async (code, errno) => {
    const call = vi.fn(failing(failure(code, errno)));
    await expect(callStorage(call)).rejects.toMatchObject({ name: "FaultError" });
    expect(call).toHaveBeenCalledTimes(1);
  });

  test("ends without an answer from a mount that hangs, and frees what comes too late", async () => {
    let answer = (_: string) => {};
    const hanging = new Promise<string>((resolve) => {
      answer = resolve;
    });
    const late = vi.fn();
    const waiting = callStorage(() => hanging, { patienceMs: 10, onLate: late });
    await expect(waiting).rejects.toMatchObject({ code: "storage-timeout", retryable: true });
    answer("a handle");
    await vi.waitFor(() => expect(late).toHaveBeenCalledWith("a handle"), 30_000);
  });

  test("ends with whoever wanted the answer, also between two tries", async () => {
    const leaving = new AbortController();
    const reason = new Error("gone");
    const onFaltering = () => leaving.abort(reason);
    await expect(callStorage(failing(EIO), { signal: leaving.signal, onFaltering })).rejects.toBe(reason);
  });
});
