import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { untilAborted } from "../../shared/until-aborted.ts";
import { RunTimeoutError } from "../run-program.ts";
import type { PacketAnswers, PacketProgress, PacketReply, PacketRequest } from "./packet-requests.ts";

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

/** How long a thread may say nothing; and the share of it that it calculates when the file is to blame. */
const STALL_MS = 10_000;
const BUSY = 0.5;

/** A source can't be taken apart into packets; says why. */
export class PacketError extends Error {
  override readonly name = "PacketError";
}

/** Takes sources apart in threads of its own, which end with whatever goes wrong in them. */
export class PacketThreads {
  readonly #idle: Worker[] = [];
  #closed = false;

  /**
   * @throws PacketError where the source is not as it should be, RunTimeoutError where it does not answer, the
   *   signal's reason when it fires.
   */
  async ask<K extends keyof PacketAnswers>(
    request: Extract<PacketRequest, { kind: K }>,
    { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<PacketAnswers[K]> {
    signal.throwIfAborted();
    const thread = this.#idle.pop() ?? this.#start();
    let reply: PacketReply;
    try {
      reply = await untilAborted(converse(thread, request, timeoutMs), signal);
    } catch (error) {
      await thread.terminate();
      throw error;
    }
    this.#keep(thread);
    if (reply.kind === "failed") throw new PacketError(reply.reason);
    return reply.answer as PacketAnswers[K];
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

/**
 * What a thread answers. One that ends instead, or calculates and comes to nothing, has met more than it can bear;
 * one that waits is kept waiting by the source.
 */
function converse(thread: Worker, request: PacketRequest, timeoutMs: number): Promise<PacketReply> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      clearTimeout(timeout);
      clearTimeout(stall);
      thread.off("message", onMessage).off("error", onError).off("exit", onExit);
      end();
    };
    const giveUp = () => settle(() => reject(new RunTimeoutError("a source takes too long to read")));
    const onStall = () => {
      const { utilization } = thread.performance.eventLoopUtilization(before);
      if (utilization < BUSY) return giveUp();
      settle(() => reject(new PacketError("Its packets can't be told apart: there is no end of them.")));
    };
    const onMessage = (message: PacketReply | PacketProgress) => {
      if (message.kind !== "progress") return settle(() => resolve(message));
      before = thread.performance.eventLoopUtilization();
      stall.refresh();
    };
    const onError = (error: unknown) =>
      settle(() => reject(new PacketError(`It can't be taken apart: ${String(error)}`)));
    const onExit = () => settle(() => reject(new PacketError("It takes more memory than a film does.")));
    let before = thread.performance.eventLoopUtilization();
    const timeout = setTimeout(giveUp, timeoutMs);
    const stall = setTimeout(onStall, STALL_MS);
    thread.on("message", onMessage).on("error", onError).on("exit", onExit);
    thread.postMessage(request);
  });
}
