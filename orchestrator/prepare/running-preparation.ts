import { FaultError } from "../../shared/fault.ts";
import type { Log } from "../../shared/log.ts";
import { pause } from "../../shared/pause.ts";
import { RedisUnavailableError } from "../../shared/redis/redis-port.ts";
import type { Waiting } from "../doors/wait-limits.ts";
import { faultProblem, Problem } from "../problem.ts";
import type { TitleCatalog } from "../title-catalog.ts";
import { PartMaker, type PartMakerDeps } from "./part-maker.ts";
import { preparationParts } from "./preparation-parts.ts";
import type { PreparationRecords, Progress, Wish } from "./preparation-records.ts";
import { preparationScope } from "./preparation-scope.ts";

export interface RunningDeps extends PartMakerDeps {
  readonly records: PreparationRecords;
  readonly catalog: TitleCatalog;
  readonly desk: Waiting;
  readonly log: Log;
  /** This orchestrator's name among all that share the records. */
  readonly owner: string;
  /** How often it is written how far a preparation is, milliseconds. */
  readonly beatMs: number;
}

/** How long what is out of reach is left alone, and how often storage may fail with nothing made in between. */
const RETRY_MS = 5000;
const MOST_FAILURES = 5;

/** Why a preparation is let go of. `cancelled`: nobody wants it; `elsewhere`: another orchestrator sees to it. */
export class LetGoError extends Error {
  override readonly name = "LetGoError";
  readonly why: "cancelled" | "elsewhere" | "closing";

  constructor(why: LetGoError["why"]) {
    super(`the preparation is let go of: ${why}`);
    this.why = why;
  }
}

/** A preparation that this orchestrator sees to, from taking it up to its end. */
export class RunningPreparation {
  readonly wish: Wish;
  readonly #deps: RunningDeps;
  readonly #letGo = new AbortController();
  #maker: PartMaker | undefined;
  #beat: number;
  /** Until it says that it sees to it, the records name whoever did before. */
  #isClaimed = false;

  /** @param beat the last one of whoever saw to it before. */
  constructor(wish: Wish, beat: number, deps: RunningDeps) {
    this.wish = wish;
    this.#beat = beat;
    this.#deps = deps;
  }

  get progress(): Progress {
    const { startedAt } = this.wish;
    const made = this.#maker?.made ?? 0;
    return { startedAt, state: "running", made, owner: this.#deps.owner, beat: this.#beat };
  }

  letGo(error: LetGoError): void {
    this.#letGo.abort(error);
  }

  /** @returns how it ended; undefined where it was let go of. Never rejects. */
  async run(): Promise<Progress | undefined> {
    const { signal } = this.#letGo;
    const over = new AbortController();
    const beating = this.#keepBeating(over.signal);
    const failure = await this.#make(signal).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    over.abort();
    await beating;
    if (signal.aborted) return this.#leave(signal.reason);
    const { owner: _, ...progress } = this.progress;
    const end = failure
      ? ({ state: "failed", problem: this.#describe(failure.error) } as const)
      : ({ state: "done" } as const);
    const ended = { ...progress, ...end, beat: this.#beat + 1, endedAt: new Date().toISOString() };
    await this.#write(ended);
    return ended;
  }

  /** Goes on through what passes: Redis or storage that is away, workers that are not there yet. */
  async #make(signal: AbortSignal): Promise<void> {
    let failures = 0;
    let madeBefore = 0;
    for (;;) {
      try {
        this.#maker ??= await this.#createMaker(signal);
        return await this.#maker.run(signal);
      } catch (error) {
        signal.throwIfAborted();
        const made = this.#maker?.made ?? 0;
        failures = made > madeBefore ? 1 : failures + 1;
        madeBefore = made;
        if (!isPassing(error, failures)) throw error;
        this.#deps.log.warn({ path: this.wish.path, error: String(error) }, "a preparation has to wait");
        await pause(RETRY_MS, signal);
        signal.throwIfAborted();
      }
    }
  }

  async #createMaker(signal: AbortSignal): Promise<PartMaker> {
    const { catalog, desk } = this.#deps;
    const { path, titleKey } = this.wish;
    const title = await catalog.openKey(path, titleKey, desk, { signal });
    return new PartMaker(title, preparationParts(title, preparationScope(title, this.wish)), this.#deps);
  }

  /** Says that it is seen to, and hears whether it still should be. */
  async #keepBeating(signal: AbortSignal): Promise<void> {
    do await this.#beatOnce(signal);
    while (await pause(this.#deps.beatMs, signal));
  }

  async #beatOnce(signal: AbortSignal): Promise<void> {
    const { records, owner, log } = this.#deps;
    const { id, startedAt } = this.wish;
    try {
      const known = await records.find(id, signal);
      if (!known || known.wish.cancelledAt !== undefined) return this.letGo(new LetGoError("cancelled"));
      const isElsewhere = this.#isClaimed && (known.progress?.owner ?? owner) !== owner;
      if (known.wish.startedAt !== startedAt || isElsewhere) return this.letGo(new LetGoError("elsewhere"));
      this.#isClaimed = true;
      await this.#write({ ...this.progress, beat: ++this.#beat });
    } catch (error) {
      if (!signal.aborted) log.warn({ id, error: String(error) }, "a preparation is not looked after");
    }
  }

  async #leave(reason: unknown): Promise<undefined> {
    const why = reason instanceof LetGoError ? reason.why : "closing";
    if (why === "cancelled") await this.#maker?.cancel().catch(() => {});
    if (why === "closing") {
      const { owner: _, ...unowned } = this.progress;
      await this.#write({ ...unowned, beat: ++this.#beat });
    }
    return undefined;
  }

  async #write(progress: Progress): Promise<void> {
    try {
      await this.#deps.records.writeProgress(this.wish.id, progress);
    } catch (error) {
      this.#deps.log.warn({ id: this.wish.id, error: String(error) }, "a preparation is not noted");
    }
  }

  #describe(error: unknown): NonNullable<Progress["problem"]> {
    const problem = error instanceof FaultError ? faultProblem(error) : error;
    if (problem instanceof Problem) return { code: problem.code, detail: problem.message };
    this.#deps.log.error(
      { path: this.wish.path, error: error instanceof Error ? error.stack : String(error) },
      "a preparation failed",
    );
    return { code: "internal", detail: "The server failed in a way it should not: see its log." };
  }
}

function isPassing(error: unknown, failures: number): boolean {
  if (error instanceof RedisUnavailableError) return true;
  if (error instanceof Problem) return error.status === 503;
  const isStorage =
    error instanceof FaultError && (error.code === "storage-failed" || error.code === "storage-timeout");
  return isStorage && failures < MOST_FAILURES;
}
