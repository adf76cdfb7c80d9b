import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { untilAborted } from "../../shared/until-aborted.ts";
import { RunTimeoutError } from "../run-program.ts";
import type { PacketAnswers, PacketReply, PacketRequest } from "./packet-requests.ts";

/** The thread's program as the build left it, whether this runs from there or from the sources. */
const PROGRAM = fileURLToPath(
  new URL(
    import.meta.url.includes("/dist/") ? "packet-thread.js" : "../../dist/worker/original/packet-thread.js",
    import.meta.url,
  ),
);
/** Of its JavaScript. Packets lie outside, and have a bound of their own. */
const HEAP_MEGABYTES = 256;
/** Threads that are kept when there is nothing to do: to start one takes as long as to read an index. */
const KEPT_THREADS = 1;

/** A source can't be taken apart into packets; says why. */
export class PacketError extends Error {
  override readonly name = "PacketError";
}

/** Takes sources apart in threads of its own, which end with whatever goes wrong in them. */
export class PacketThreads {
  readonly #idle: Worker[] = [];
  #closed = false;

  /**
   * @throws PacketError where the source is not as it should be, RunTimeoutError where that takes too long, the
   *   signal's reason when it fires.
   */
  async ask<K extends keyof PacketAnswers>(
    request: Extract<PacketRequest, { kind: K }>,
    { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<PacketAnswers[K]> {
    signal.throwIfAborted();
    const thread = this.#idle.pop() ?? this.#start();
    const timer = new AbortController();
    const timeout = setTimeout(
      () => timer.abort(new RunTimeoutError("a source takes too long to read")),
      timeoutMs,
    );
    try {
      const reply = await untilAborted(replyOf(thread, request), AbortSignal.any([signal, timer.signal]));
      this.#keep(thread);
      if (reply.kind === "failed") throw new PacketError(reply.reason);
      return reply.answer as PacketAnswers[K];
    } catch (error) {
      if (!(error instanceof PacketError)) await thread.terminate();
      throw error;
    } finally {
      clearTimeout(timeout);
    }
  }

  /** Has a thread ready for the first request. */
  warm(): void {
    if (this.#idle.length === 0) this.#idle.push(this.#start());
  }

  /** Nothing may be asked any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#idle.splice(0).map((thread) => thread.terminate()));
  }

  #start(): Worker {
    const thread = new Worker(PROGRAM, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES } });
    // It keeps nobody alive: who waits for it has a timer.
    thread.unref();
    // Heard by whoever asks.
    thread.on("error", () => {});
    thread.once("exit", () => {
      const place = this.#idle.indexOf(thread);
      if (place !== -1) this.#idle.splice(place, 1);
    });
    return thread;
  }

  #keep(thread: Worker): void {
    if (this.#closed || this.#idle.length >= KEPT_THREADS) void thread.terminate();
    else this.#idle.push(thread);
  }
}

/** What a thread answers; a thread that ends instead has met more than it can bear. */
async function replyOf(thread: Worker, request: PacketRequest): Promise<PacketReply> {
  const over = new AbortController();
  const { signal } = over;
  const exit = once(thread, "exit", { signal }).then(() => {
    throw new PacketError("It takes more memory than a film does.");
  });
  // Rejects with what made the thread fail.
  const message = once(thread, "message", { signal }).catch((error: unknown) => {
    throw new PacketError(`It can't be taken apart: ${String(error)}`);
  });
  exit.catch(() => {});
  message.catch(() => {});
  try {
    thread.postMessage(request);
    const [reply] = (await Promise.race([message, exit])) as [PacketReply];
    return reply;
  } finally {
    over.abort();
  }
}
