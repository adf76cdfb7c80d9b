import { hasEnded, type Preparation, type PreparationRequest } from "../../shared/api/preparation.ts";
import type { Notify } from "../../shared/api/webhook-event.ts";
import type { RecordStore } from "../../shared/storage/record-store.ts";
import type { Waiting } from "../doors/wait-limits.ts";
import { preparationParts } from "./preparation-parts.ts";
import {
  describePreparation,
  type KnownPreparation,
  PreparationRecords,
  type Progress,
  type Wish,
} from "./preparation-records.ts";
import { preparationId, preparationScope } from "./preparation-scope.ts";
import { LetGoError, type RunningDeps, RunningPreparation } from "./running-preparation.ts";

export interface PreparationTiming {
  /** How often it is looked what others leave to be done, while they have something. */
  readonly lookMs: number;
  readonly idleLookMs: number;
  readonly beatMs: number;
  /** Of an orchestrator that has said nothing for so long it is taken that it is gone. */
  readonly staleMs: number;
}

export interface PreparationsDeps extends Omit<RunningDeps, "records" | "owner" | "beatMs"> {
  readonly records: RecordStore;
  readonly notify: Notify;
  readonly timing?: PreparationTiming;
}

const TIMING: PreparationTiming = { lookMs: 2000, idleLookMs: 30_000, beatMs: 2000, staleMs: 10_000 };
/** Preparations that one orchestrator sees to at a time; the others wait for their turn. */
const MOST_AT_A_TIME = 2;
/** How long it is known what became of one, and how often whoever follows one looks. */
const KEPT_MS = 7 * 24 * 3_600_000;
const FOLLOW_MS = 1000;

/**
 * Titles that are made before anybody watches them. What was asked for, and how far it is, stands in storage, so that
 * any orchestrator answers for it, and another one goes on with it when one dies. Should two see to the same one for a
 * moment, they ask for the same jobs.
 */
export class Preparations {
  readonly #deps: PreparationsDeps;
  readonly #records: PreparationRecords;
  readonly #timing: PreparationTiming;
  readonly #owner = crypto.randomUUID();
  readonly #running = new Map<
    string,
    { readonly preparation: RunningPreparation; readonly over: Promise<void> }
  >();
  /** The last beats of others, and when they were first seen. */
  readonly #beats = new Map<string, { readonly beat: number; readonly atMs: number }>();
  readonly #followers = new Set<() => void>();
  readonly #closing = new AbortController();
  #looking = Promise.resolve();
  #nextLookAt = Number.POSITIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: PreparationsDeps) {
    this.#deps = deps;
    this.#timing = deps.timing ?? TIMING;
    this.#records = new PreparationRecords(deps.records, deps.log);
  }

  /**
   * Has a title made. What is under way already is not begun again.
   * @param desk where to wait for what a worker finds out about the title.
   */
  async start(
    request: PreparationRequest,
    desk: Waiting,
    asker: Pick<Request, "signal">,
  ): Promise<Preparation> {
    const title = await this.#deps.catalog.open(request.path, desk, asker);
    const scope = preparationScope(title, request);
    const id = await preparationId(title, scope);
    const known = await this.find(id);
    if (known && !hasEnded(known)) return known;
    const wish: Wish = {
      ...{ id, path: title.source.path, titleKey: title.key, from: scope.from, to: scope.to },
      rungs: scope.rungs.map(({ rung }) => rung.name),
      total: preparationParts(title, scope).length,
      startedAt: new Date().toISOString(),
    };
    await this.#records.writeWish(wish);
    await this.look();
    return (await this.find(id)) ?? describePreparation({ wish, progress: undefined });
  }

  /** The latest first. */
  async list(): Promise<readonly Preparation[]> {
    const all = (await this.#records.list()).map((known) => this.#describe(known));
    return all.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  }

  async find(id: string): Promise<Preparation | undefined> {
    const known = await this.#records.find(id);
    if (!known) return undefined;
    const preparation = this.#describe(known);
    // Whoever sees to it may be gone, and somebody wants to know.
    if (!hasEnded(preparation) && !this.#running.has(id)) this.#lookWithin(this.#timing.lookMs);
    return preparation;
  }

  /** Ends one; what was made stays. Undefined where there is none. */
  async cancel(id: string): Promise<Preparation | undefined> {
    const known = await this.#records.find(id);
    if (!known || hasEnded(describePreparation(known))) return known && this.#describe(known);
    await this.#records.writeWish({ ...known.wish, cancelledAt: new Date().toISOString() });
    const running = this.#running.get(id);
    running?.preparation.letGo(new LetGoError("cancelled"));
    await running?.over;
    this.#tellFollowers();
    return this.find(id);
  }

  /** How far one is, now and whenever that changes, until it has ended or nobody follows it. */
  async *follow(id: string, signal: AbortSignal): AsyncGenerator<Preparation> {
    let told = "";
    while (!signal.aborted && !this.#closing.signal.aborted) {
      const preparation = await this.find(id);
      if (!preparation) return;
      const text = JSON.stringify(preparation);
      if (text !== told) yield preparation;
      if (hasEnded(preparation)) return;
      told = text;
      await this.#untilChange(signal);
    }
  }

  /** Takes up what nobody sees to, now and for as long as this lives. Never rejects. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#lookOnce());
    return this.#looking;
  }

  /** Leaves what is under way to others, or to the next start. */
  async close(): Promise<void> {
    this.#closing.abort(new LetGoError("closing"));
    clearTimeout(this.#timer);
    this.#tellFollowers();
    for (const { preparation } of this.#running.values()) preparation.letGo(new LetGoError("closing"));
    await Promise.all([...this.#running.values()].map(({ over }) => over));
  }

  async #lookOnce(): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return;
    let areOthersLeft = false;
    try {
      const known = await this.#records.list(signal);
      const open = known.filter((one) => !hasEnded(describePreparation(one)));
      await this.#forgetOld(known);
      for (const one of open.sort((a, b) => (a.wish.startedAt < b.wish.startedAt ? -1 : 1)))
        if (!signal.aborted && this.#isFree(one)) this.#take(one);
      areOthersLeft = open.some(({ wish }) => !this.#running.has(wish.id));
    } catch (error) {
      if (!signal.aborted) this.#deps.log.warn({ error: String(error) }, "preparations can't be looked up");
    }
    const { lookMs, idleLookMs } = this.#timing;
    this.#nextLookAt = Number.POSITIVE_INFINITY;
    this.#lookWithin(areOthersLeft ? lookMs : idleLookMs);
  }

  #lookWithin(ms: number): void {
    const at = performance.now() + ms;
    if (this.#closing.signal.aborted || at >= this.#nextLookAt) return;
    this.#nextLookAt = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(), ms);
  }

  #isFree({ wish: { id }, progress }: KnownPreparation): boolean {
    if (this.#running.has(id) || this.#running.size >= MOST_AT_A_TIME) return false;
    if (progress?.owner === undefined) return true;
    const seen = this.#beats.get(id);
    if (seen?.beat === progress.beat) return performance.now() - seen.atMs >= this.#timing.staleMs;
    this.#beats.set(id, { beat: progress.beat, atMs: performance.now() });
    return false;
  }

  #take({ wish, progress }: KnownPreparation): void {
    this.#beats.delete(wish.id);
    const { beatMs } = this.#timing;
    const deps = { ...this.#deps, records: this.#records, owner: this.#owner, beatMs };
    const preparation = new RunningPreparation(wish, progress?.beat ?? 0, deps);
    const over = preparation.run().then((ended) => {
      this.#running.delete(wish.id);
      if (ended) this.#tell({ wish, progress: ended });
      this.#tellFollowers();
      if (!this.#closing.signal.aborted) void this.look();
    });
    this.#running.set(wish.id, { preparation, over });
  }

  #tell(known: { readonly wish: Wish; readonly progress: Progress }): void {
    const data = describePreparation(known);
    const { id, state, startedAt, endedAt } = data;
    this.#deps.log.info({ path: data.path, id, state, made: data.made }, "preparation ended");
    if (state !== "done" && state !== "failed") return;
    this.#deps.notify(
      { type: `preparation.${state}`, timestamp: endedAt!, data },
      `${id} ${startedAt} ${state}`,
    );
  }

  #describe({ wish, progress }: KnownPreparation): Preparation {
    const own = this.#running.get(wish.id)?.preparation;
    const isOwn = own?.wish.startedAt === wish.startedAt;
    return describePreparation({ wish, progress: isOwn ? own!.progress : progress });
  }

  async #forgetOld(known: readonly KnownPreparation[]): Promise<void> {
    for (const one of known) {
      const { id, endedAt } = describePreparation(one);
      if (endedAt !== undefined && Date.now() - Date.parse(endedAt) > KEPT_MS) await this.#records.remove(id);
    }
  }

  #tellFollowers(): void {
    for (const follower of this.#followers) follower();
  }

  async #untilChange(signal: AbortSignal): Promise<void> {
    let onChange = () => {};
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, FOLLOW_MS);
      onChange = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#followers.add(onChange);
      signal.addEventListener("abort", onChange, { once: true });
    });
    this.#followers.delete(onChange);
    signal.removeEventListener("abort", onChange);
  }
}
