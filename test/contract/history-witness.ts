import { expect } from "vitest";
import type { Announcement, Claim, Hold, Lease } from "../../shared/lease/lease-store.ts";
import {
  FOR_GOOD_MS,
  JOBS,
  LEASE_MS,
  MAX_ATTEMPTS,
  type Mishap,
  type Report,
  type Step,
  WORKERS,
} from "./history-steps.ts";
import type { Tally } from "./history-tally.ts";
import { aRequest } from "./lease-store/trial.ts";
import type { HistorySubject } from "./lease-store.histories.ts";

const RETAIN_MS = 2000;
const BACKOFF_MS = 100;
/** Every store remembers a job that lost all its workers for longer than this. */
const LOOK_EVERY_MS = 20_000;
const A_DAY_MS = 86_400_000;

/** Tokens that are good for a job: until when, in time that passed, nobody else may have it. */
type Holds = Map<number, number>;

/** What an onlooker knows who sees every call and its answer, and the clock; it objects to what may not be. */
export class Witness {
  readonly #subject: HistorySubject;
  readonly #tally: Tally;
  readonly #granted: Lease[] = [];
  /** Of each job, its latest lease, and what was second beside that; the lease itself may have gone over to it. */
  #holds = new Map<string, Holds>();
  #saved: ReadonlyMap<string, Holds> = new Map();
  /** Who has been second, by the token. */
  readonly #seconds = new Map<number, string>();
  /** The token that last committed each job. */
  readonly #done = new Map<string, number>();
  /** Jobs that somebody waits for and whose end has not been seen. */
  readonly #owed = new Set<string>();
  /** Jobs that nobody has asked for since they were cancelled. */
  readonly #cancelled = new Set<string>();
  readonly #sequences = new Map<string, number>();
  #highest = 0;
  #passedMs = 0;
  #forgetsTokens = false;
  #evicted = false;
  #lookedAt = 0;
  /** The greatest time that the store's clock ever showed. */
  #latestClock: number;
  /** Metas of all commits; each is its token. */
  readonly #committed: string[] = [];
  readonly #announced: string[] = [];

  constructor(subject: HistorySubject, tally: Tally) {
    this.#subject = subject;
    this.#tally = tally;
    this.#latestClock = subject.clock.now;
  }

  hear(announcement: Announcement): void {
    if (announcement.kind === "done") this.#announced.push(announcement.meta);
  }

  async play(step: Step): Promise<void> {
    this.#tally.steps += 1;
    switch (step.kind) {
      case "request":
        return this.#request(JOBS[step.job]!, step.dueInMs, step.lapseInMs);
      case "redo":
        return this.#request(JOBS[step.job]!, 0, FOR_GOOD_MS, this.#done.get(JOBS[step.job]!));
      case "claim":
        return this.#claim(WORKERS[step.worker]!, step.count, 1, {
          ...(step.dueWithinMs !== undefined && { dueWithinMs: step.dueWithinMs }),
          ...(step.following && { following: step.following.map((group) => group.map((job) => JOBS[job]!)) }),
        });
      case "repeat-claim":
        return this.#claim(WORKERS[step.worker]!, step.count, -step.late);
      case "second":
        return this.#claimSecond(WORKERS[step.worker]!, this.#pick(step.pick)?.id ?? JOBS[0]!);
      case "kill":
        await this.#claim(WORKERS[step.worker]!, JOBS.length, 1);
        return this.#advance(LEASE_MS);
      case "cancel":
        await this.#subject.store.cancel([JOBS[step.job]!]);
        this.#cancelled.add(JOBS[step.job]!);
        this.#owed.delete(JOBS[step.job]!);
        return;
      case "advance":
        return this.#advance(step.ms);
      case "look":
        await this.#subject.store.stats();
        await this.#subject.store.status(JOBS);
        await this.#subject.store.overview({ titles: ["a"] });
        return;
      case "renew":
      case "commit":
      case "fail":
      case "bury":
      case "release":
      case "leave": {
        const hold = this.#pick(step.pick);
        return hold && this.#report(step.kind, hold);
      }
      default:
        return this.#suffer(step);
    }
  }

  /** A lease by how far back it was granted. */
  #pick(pick: number): Lease | undefined {
    return this.#granted.at(-1 - (pick % Math.max(1, this.#granted.length)));
  }

  async #request(id: string, dueInMs: number, lapseInMs: number, gone?: number): Promise<void> {
    // Once its holder had let go of it there was no such job any more, whoever was second at it.
    if (this.#cancelled.delete(id)) {
      const [status] = await this.#subject.store.status([id]);
      if (status!.kind === "unknown") this.#holds.delete(id);
    }
    const [outcome] = await this.#subject.store.request([
      aRequest(id, { dueInMs, lapseInMs, maxAttempts: MAX_ATTEMPTS, gone, straggleAfterMs: LEASE_MS / 2 }),
    ]);
    if (outcome?.kind === "done") expect(outcome.token, "what is gone is no answer").not.toBe(gone);
    if (outcome!.kind === "done" || outcome!.kind === "dead") this.#owed.delete(id);
    else if (lapseInMs === FOR_GOOD_MS) this.#owed.add(id);
  }

  async #claim(
    worker: string,
    count: number,
    step: number,
    limits: Pick<Claim, "dueWithinMs" | "following"> = {},
  ): Promise<void> {
    const last = this.#sequences.get(worker) ?? 0;
    const sequence = Math.max(1, last + step);
    this.#sequences.set(worker, Math.max(last, sequence));
    // Now and then a worker says something about itself.
    const said = sequence % 2 === 0 ? {} : { self: `${worker} asks ${sequence}` };
    const claim = { worker, sequence, leaseMs: LEASE_MS, count, ...limits, ...said };
    const leases = await this.#subject.store.claim(claim);
    for (const lease of leases) this.#grant(lease);
  }

  #grant(lease: Lease): void {
    const { id, token, attempt } = lease;
    const isReplay = this.#granted.some((earlier) => earlier.id === id && earlier.token === token);
    if (isReplay) {
      expect(this.#isGood(lease), "a repeated claim gives only what is current").toBe(true);
      this.#holds.get(id)!.set(token, this.#passedMs + LEASE_MS);
      return;
    }
    this.#tally.leases += 1;
    const [holder] = this.#holders(id);
    if (holder) {
      this.#tally.twoHolders += 1;
      expect.fail(`${id} was granted as ${token} while ${holder} still held it`);
    }
    expect(attempt, "attempts count from one").toBeGreaterThanOrEqual(1);
    expect(attempt).toBeLessThanOrEqual(MAX_ATTEMPTS);
    this.#holds.delete(id);
    this.#keep(lease);
  }

  async #claimSecond(worker: string, id: string): Promise<void> {
    const lease = await this.#subject.store.claimSecond({ id, worker, leaseMs: LEASE_MS });
    if (!lease) return;
    const { token } = lease;
    if (this.#seconds.has(token)) {
      expect(worker, "a second attempt is one worker's").toBe(this.#seconds.get(token));
      expect(this.#isGood(lease), "a second attempt that is repeated is current").toBe(true);
      this.#holds.get(id)!.set(token, this.#passedMs + LEASE_MS);
      return;
    }
    this.#tally.seconds += 1;
    expect(this.#holders(id).length, `holders of ${id} that ${token} is second to`).toBeLessThanOrEqual(1);
    this.#seconds.set(token, worker);
    this.#keep(lease);
  }

  #keep(lease: Lease): void {
    const { id, token } = lease;
    expect(token, "tokens strictly grow").toBeGreaterThan(this.#highest);
    this.#highest = token;
    this.#forgetsTokens = false;
    this.#holds.set(id, (this.#holds.get(id) ?? new Map()).set(token, this.#passedMs + LEASE_MS));
    this.#granted.push(lease);
  }

  /** Tokens whose leases have not run out. */
  #holders(id: string): number[] {
    const holds = [...(this.#holds.get(id) ?? [])];
    return holds.filter(([, until]) => until > this.#passedMs).map(([token]) => token);
  }

  #isGood({ id, token }: Hold): boolean {
    return this.#holds.get(id)?.has(token) ?? false;
  }

  async #report(kind: Report, hold: Hold): Promise<void> {
    const { store } = this.#subject;
    const { id, token } = hold;
    const isCurrent = this.#isGood(hold);
    if (kind === "renew") {
      const [outcome] = await store.renew([hold], LEASE_MS);
      if (outcome !== "renewed") return;
      expect(isCurrent, "only the current token renews").toBe(true);
      this.#holds.get(id)!.set(token, this.#passedMs + LEASE_MS);
    } else if (kind === "commit") {
      await this.#commit(hold, isCurrent);
    } else if (kind === "release" || kind === "leave") {
      await store.release([hold], kind === "leave" ? BACKOFF_MS : 0);
      this.#holds.get(id)?.delete(token);
    } else {
      const failure = {
        reason: "no",
        backoffMs: BACKOFF_MS,
        retainMs: RETAIN_MS,
        permanent: kind === "bury",
      };
      const outcome = await store.fail(hold, failure);
      if (outcome === "stale" || !isCurrent) {
        expect(["stale", "unknown"], "only the current token fails").toContain(outcome);
        return;
      }
      this.#holds.get(id)!.delete(token);
      if (outcome === "left") expect(this.#seconds.has(token), "it leaves the job to its holder").toBe(true);
      if (outcome === "dead") this.#holds.delete(id);
      if (outcome === "dead") this.#owed.delete(id);
    }
  }

  async #commit(hold: Hold, isCurrent: boolean): Promise<void> {
    const meta = String(hold.token);
    const outcome = await this.#subject.store.commit(hold, { meta, retainMs: RETAIN_MS });
    if (outcome !== "committed") return;
    if (!isCurrent) {
      this.#tally.staleCommits += 1;
      expect.fail(`${hold.id} was committed by ${meta}, which is stale`);
    }
    this.#tally.commits += 1;
    this.#committed.push(meta);
    this.#done.set(hold.id, hold.token);
    this.#holds.delete(hold.id);
    this.#owed.delete(hold.id);
  }

  async #advance(ms: number): Promise<void> {
    this.#passedMs += ms;
    this.#subject.clock.now += ms;
    this.#latestClock = Math.max(this.#latestClock, this.#subject.clock.now);
    if (this.#passedMs - this.#lookedAt > LOOK_EVERY_MS) await this.#lookForDead();
  }

  async #lookForDead(): Promise<void> {
    this.#lookedAt = this.#passedMs;
    if (this.#owed.size === 0) return;
    const owed = [...this.#owed];
    const statuses = await this.#subject.store.status(owed);
    for (const [k, { kind }] of statuses.entries()) if (kind === "dead") this.#owed.delete(owed[k]!);
  }

  async #suffer(mishap: Mishap): Promise<void> {
    if (mishap.kind === "save") this.#saved = withoutTime(this.#holds);
    const losesTokens = mishap.kind === "flush" || mishap.kind === "lose-tail" || mishap.kind === "evict";
    // A store that forgets its tokens begins at its clock. Forgetting, and a clock set back below the latest
    // token before there is a new one, are more than it can bear together.
    if (mishap.kind === "clock-back" && this.#forgetsTokens) return;
    if (losesTokens) await this.#advance(this.#latestClock - this.#subject.clock.now + 1);
    if (!(await this.#subject.suffer(mishap))) return;
    this.#tally.mishaps += 1;
    if (losesTokens) {
      this.#holds = withoutTime(mishap.kind === "lose-tail" ? this.#saved : this.#holds);
      this.#forgetsTokens = true;
    }
    if (mishap.kind === "evict") this.#evicted = true;
    if (mishap.kind === "flush") this.#holds.clear();
    // Whoever waits asks again every second.
    for (const id of this.#owed) await this.#request(id, 0, FOR_GOOD_MS);
  }

  /** A last worker that never fails does all that is left: whatever was asked for is done or dead. */
  async finish(): Promise<void> {
    for (let round = 1; round <= 2 * MAX_ATTEMPTS; round++) {
      await this.#advance(LEASE_MS + 1);
      const claim = { worker: "last", sequence: round, leaseMs: LEASE_MS, count: JOBS.length };
      for (const lease of await this.#subject.store.claim(claim)) {
        this.#grant(lease);
        await this.#commit(lease, true);
      }
    }
    await this.#lookForDead();
    this.#tally.lost += this.#owed.size;
    expect([...this.#owed], "asked for, neither done nor dead").toEqual([]);
    await this.#hearTheLast();
    expect(this.#announced.sort(), "each commit is announced, and nothing else").toEqual(
      this.#committed.sort(),
    );
    // What lost its time with an evicted key gets another once it is asked for.
    if (this.#evicted) for (const id of JOBS) await this.#request(id, 0, 1);
    await this.#seeAllForgotten();
    this.#tally.histories += 1;
  }

  async #seeAllForgotten(): Promise<void> {
    // A lease runs out, its job is dead, and is forgotten.
    for (let round = 0; round < 3; round++) {
      await this.#advance(15 * A_DAY_MS);
      await this.#subject.store.stats();
    }
    expect(await this.#subject.store.stats(), "nothing is kept").toMatchObject({
      queued: 0,
      leased: 0,
      dead: 0,
    });
    expect(await this.#subject.keptKeys(), "nothing is stored for good").toEqual([]);
  }

  /** Announcements come in their order: after one that can't be mistaken, none is still on its way. */
  async #hearTheLast(): Promise<void> {
    const { store } = this.#subject;
    const heard = new Promise<void>((resolve) => {
      const unsubscribe = store.subscribe((announcement) => {
        if (announcement.kind !== "cancelled" || announcement.id !== "end") return;
        unsubscribe();
        resolve();
      });
    });
    await store.request([aRequest("end", { lapseInMs: 1 })]);
    await store.claim({ worker: "last", sequence: 1000, leaseMs: 1, count: 1 });
    await store.cancel(["end"]);
    await heard;
  }
}

/** The same tokens, none of which keeps anybody from a job. */
function withoutTime(holds: ReadonlyMap<string, Holds>): Map<string, Holds> {
  const tokens = [...holds].map(([id, held]) => [id, [...held.keys()]] as const);
  return new Map(tokens.map(([id, held]) => [id, new Map(held.map((token) => [token, 0]))]));
}
