import type { JobRecord } from "./job-record.ts";
import type { LeaseOverview, OverviewQuery } from "./lease-overview.ts";
import type {
  Announcement,
  Claim,
  CommitOutcome,
  CommitResult,
  FailOutcome,
  Failure,
  Hold,
  JobRequest,
  JobStatus,
  Lease,
  LeaseStats,
  LeaseStore,
  RenewOutcome,
  RequestOutcome,
  SecondClaim,
  Unsubscribe,
} from "./lease-store.ts";
import { MemoryJournal } from "./memory-journal.ts";
import { overviewOf } from "./overview-of.ts";

/** How long a job that kept losing its lease is remembered as dead. */
const LAPSED_DEAD_RETAIN_MS = 60_000;

/** Lease store of a single process: the embedded default, and the model that other stores are held to. */
export class MemoryLeaseStore implements LeaseStore {
  readonly #now: () => number;
  readonly #jobs = new Map<string, JobRecord>();
  readonly #lastClaims = new Map<string, { sequence: number; leases: readonly Lease[] }>();
  readonly #listeners = new Set<(announcement: Announcement) => void>();
  readonly #journal = new MemoryJournal();
  #token: number;

  /**
   * @param now the clock, milliseconds, which must not be set back; also the seed of the tokens, so that a
   * restart does not reuse any.
   */
  constructor(now: () => number = () => Math.floor(performance.timeOrigin + performance.now())) {
    this.#now = now;
    this.#token = now();
  }

  async request(jobs: readonly JobRequest[]): Promise<readonly RequestOutcome[]> {
    this.#sweep();
    const outcomes = jobs.map((job) => this.#requestOne(job));
    const queued = jobs.filter(
      ({ id }, position) =>
        ["new", "promoted"].includes(outcomes[position]!.kind) && this.#isClaimable(this.#jobs.get(id)!),
    );
    if (queued.length > 0) {
      this.#announce({ kind: "queued", awaited: queued.some(({ dueInMs }) => dueInMs <= 0) });
    }
    return outcomes;
  }

  async claim(claim: Claim): Promise<readonly Lease[]> {
    this.#sweep();
    if (claim.self) this.#journal.heard(claim.worker, claim.self, this.#now());
    const last = this.#lastClaims.get(claim.worker);
    if (last && claim.sequence < last.sequence) return [];
    if (last?.sequence === claim.sequence) return this.#claimAgain(last.leases, claim);
    const candidates = claim.following
      ? claim.following.flatMap((ids) => this.#upToGap(ids))
      : this.#byDeadline(this.#now() + (claim.dueWithinMs ?? Number.POSITIVE_INFINITY));
    const leases = candidates.slice(0, claim.count).map((job) => this.#lease(job, claim));
    // Of empty answers the first is remembered, as in a store where an idle worker should write nothing.
    if (leases.length > 0 || last?.leases.length)
      this.#lastClaims.set(claim.worker, { sequence: claim.sequence, leases });
    if (leases.length > 0 && ![...this.#jobs.values()].some((job) => this.#isClaimable(job)))
      this.#announce({ kind: "drained" });
    return leases;
  }

  async claimSecond({ id, worker, leaseMs }: SecondClaim): Promise<Lease | undefined> {
    this.#sweep();
    const now = this.#now();
    const job = this.#jobs.get(id);
    if (job?.state.kind !== "leased" || job.state.cancelled) return undefined;
    if (job.deadline > now || job.claimant === worker) return undefined;
    const { second } = job;
    if (second && (second.token === undefined || second.worker !== worker)) return undefined;
    const token = second?.token ?? ++this.#token;
    job.second = { worker, token, since: second?.since ?? now, until: now + leaseMs, leaseMs };
    return describeLease(job, token, now);
  }

  async renew(holds: readonly Hold[], leaseMs: number): Promise<readonly RenewOutcome[]> {
    return holds.map((hold) => {
      const until = this.#now() + leaseMs;
      const job = this.#current(hold) ?? this.#seconded(hold);
      if (!job) return "lost";
      if (isCancelled(job)) return "cancelled";
      if (job.token === hold.token) job.state = { kind: "leased", until, leaseMs, cancelled: false };
      else Object.assign(job.second!, { until, leaseMs });
      return "renewed";
    });
  }

  async commit(hold: Hold, { meta, retainMs }: CommitResult): Promise<CommitOutcome> {
    const known = this.#jobs.get(hold.id);
    if (!known) return "unknown";
    if (known.state.kind === "done" && known.token === hold.token) return "duplicate";
    const job = this.#current(hold) ?? this.#seconded(hold);
    if (!job) return "stale";
    this.#journal.saw(holderOf(job, hold), this.#now());
    this.#journal.count("done");
    this.#outrun(job, job.token === hold.token ? job.second?.token : job.token);
    job.token = hold.token;
    job.state = { kind: "done", meta, forgetAt: this.#now() + retainMs };
    this.#announce({ kind: "done", id: job.id, meta, token: hold.token });
    return "committed";
  }

  async fail(hold: Hold, failure: Failure): Promise<FailOutcome> {
    if (!this.#jobs.has(hold.id)) return "unknown";
    const seconded = this.#seconded(hold);
    if (seconded) {
      const { worker } = seconded.second!;
      this.#journal.saw(worker, this.#now());
      this.#journal.note("failed", seconded, worker, failure.reason, this.#now());
      seconded.second!.token = undefined;
      return "left";
    }
    const job = this.#current(hold);
    if (!job) return "stale";
    this.#journal.count("failed");
    this.#journal.saw(job.claimant, this.#now());
    if (isCancelled(job)) {
      this.#jobs.delete(job.id);
      return "unknown";
    }
    job.token = undefined;
    const isOver = failure.permanent || job.attempts >= job.maxAttempts;
    this.#journal.note(isOver ? "dead" : "failed", job, job.claimant, failure.reason, this.#now());
    if (isOver) {
      this.#bury(job, failure.reason, failure.retainMs);
      return "dead";
    }
    this.#enqueue(job, this.#now() + failure.backoffMs);
    return "requeued";
  }

  async release(holds: readonly Hold[], backoffMs = 0): Promise<void> {
    for (const hold of holds) {
      const seconded = this.#seconded(hold);
      if (seconded) seconded.second = undefined;
      const job = this.#current(hold);
      if (!job) continue;
      if (isCancelled(job)) {
        this.#jobs.delete(job.id);
        continue;
      }
      job.attempts -= 1;
      job.token = undefined;
      this.#enqueue(job, this.#now() + backoffMs);
    }
  }

  async cancel(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const job = this.#jobs.get(id);
      if (job?.state.kind === "queued") this.#jobs.delete(id);
      if (job?.state.kind !== "leased") continue;
      job.state = { ...job.state, cancelled: true };
      this.#announce({ kind: "cancelled", id });
    }
  }

  async status(ids: readonly string[]): Promise<readonly JobStatus[]> {
    this.#sweep();
    return ids.map((id) => describe(this.#jobs.get(id)));
  }

  async stats(): Promise<LeaseStats> {
    this.#sweep();
    const jobs = [...this.#jobs.values()];
    const count = (kind: string) => jobs.filter((job) => job.state.kind === kind).length;
    const awaited = jobs.filter((job) => this.#isClaimable(job) && job.deadline <= this.#now()).length;
    return { queued: count("queued"), awaited, leased: count("leased"), dead: count("dead") };
  }

  async overview({ titles }: OverviewQuery): Promise<LeaseOverview> {
    this.#sweep();
    const now = this.#now();
    return { ...overviewOf([...this.#jobs.values()], titles, now), ...this.#journal.overview(now) };
  }

  subscribe(listener: (announcement: Announcement) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #requestOne(request: JobRequest): RequestOutcome {
    const now = this.#now();
    const deadline = now + request.dueInMs;
    const lapsesAt = now + request.lapseInMs;
    const job = this.#recall(request);
    if (!job) {
      const { id, payload, maxAttempts } = request;
      const state = { kind: "queued", notBefore: 0 } as const;
      this.#jobs.set(id, {
        ...{ id, payload, maxAttempts, deadline, lapsesAt, state },
        ...{ attempts: 0, token: undefined, second: undefined, claimant: "", claimedAt: 0 },
      });
      return { kind: "new" };
    }
    if (job.state.kind === "done") return { kind: "done", meta: job.state.meta, token: job.token! };
    if (job.state.kind === "dead") return { kind: "dead", reason: job.state.reason };
    job.lapsesAt = Math.max(job.lapsesAt, lapsesAt);
    if (job.state.kind === "leased" && job.state.cancelled) job.state = { ...job.state, cancelled: false };
    if (this.#isStraggling(job, request)) this.#announce({ kind: "straggling", id: job.id });
    if (deadline >= job.deadline) return { kind: "exists" };
    if (job.state.kind === "leased" && job.deadline > now && deadline <= now)
      this.#announce({ kind: "awaited", id: job.id });
    job.deadline = deadline;
    return { kind: "promoted" };
  }

  #isStraggling({ state, second, claimedAt }: JobRecord, { dueInMs, straggleAfterMs }: JobRequest): boolean {
    if (state.kind !== "leased" || second || dueInMs > 0 || straggleAfterMs === undefined) return false;
    return this.#now() - claimedAt >= straggleAfterMs;
  }

  #recall({ id, gone }: JobRequest): JobRecord | undefined {
    const job = this.#jobs.get(id);
    return job?.state.kind === "done" && job.token === gone ? undefined : job;
  }

  #byDeadline(latest: number): JobRecord[] {
    return [...this.#jobs.values()]
      .filter((job) => this.#isClaimable(job) && job.deadline <= latest)
      .sort((a, b) => a.deadline - b.deadline || (a.id < b.id ? -1 : 1));
  }

  #upToGap(ids: readonly string[]): JobRecord[] {
    const jobs = ids.map((id) => this.#jobs.get(id));
    const end = jobs.findIndex((job) => !job || !this.#isClaimable(job) || job.deadline <= this.#now());
    return jobs.slice(0, end === -1 ? jobs.length : end) as JobRecord[];
  }

  #isClaimable(job: JobRecord): boolean {
    return job.state.kind === "queued" && job.state.notBefore <= this.#now();
  }

  #lease(job: JobRecord, { worker, leaseMs }: Claim): Lease {
    const now = this.#now();
    const token = ++this.#token;
    this.#grant(job, worker, token, now + leaseMs, leaseMs);
    return describeLease(job, token, now);
  }

  #grant(job: JobRecord, worker: string, token: number, until: number, leaseMs: number): void {
    job.token = token;
    job.attempts += 1;
    job.claimant = worker;
    job.claimedAt = this.#now();
    job.state = { kind: "leased", until, leaseMs, cancelled: false };
  }

  /** The job that a token holds, its lease run out or not. */
  #current(hold: Hold): JobRecord | undefined {
    const job = this.#jobs.get(hold.id);
    const isOpen = job?.state.kind === "leased" || job?.state.kind === "queued";
    return isOpen && job.token === hold.token ? job : undefined;
  }

  /** The job that a token is second at. */
  #seconded({ id, token }: Hold): JobRecord | undefined {
    const job = this.#jobs.get(id);
    return job?.second?.token === token ? job : undefined;
  }

  /** What is still held and wanted of an answer, with its leases begun anew. */
  #claimAgain(leases: readonly Lease[], { leaseMs }: Claim): readonly Lease[] {
    return leases.filter((lease) => {
      const job = this.#current(lease);
      if (job?.state.kind !== "leased" || job.state.cancelled) return false;
      job.state = { kind: "leased", until: this.#now() + leaseMs, leaseMs, cancelled: false };
      return true;
    });
  }

  /** Into the queue; or to whoever is second at it, as though they claimed it from there at this moment. */
  #enqueue(job: JobRecord, notBefore: number): void {
    const { second } = job;
    job.second = undefined;
    if (second?.token !== undefined && second.until > this.#now()) {
      const leaseMs = Math.min(second.leaseMs, second.until - this.#now());
      this.#grant(job, second.worker, second.token, second.until, leaseMs);
    } else {
      job.state = { kind: "queued", notBefore };
      this.#announce({ kind: "queued", awaited: job.deadline <= this.#now() });
    }
  }

  #bury(job: JobRecord, reason: string, retainMs: number): void {
    this.#journal.count("dead");
    this.#outrun(job, job.second?.token);
    job.state = { kind: "dead", reason, forgetAt: this.#now() + retainMs };
    this.#announce({ kind: "dead", id: job.id, reason });
  }

  /** Leases that ran out go back to the queue, and what nobody asks for any more is forgotten. */
  #sweep(): void {
    const now = this.#now();
    for (const job of this.#jobs.values()) {
      if (job.state.kind === "leased" && job.state.until <= now) this.#lapse(job, job.state.cancelled);
      if (isForgotten(job, now)) this.#jobs.delete(job.id);
    }
  }

  #lapse(job: JobRecord, cancelled: boolean): void {
    this.#journal.lapsed(job, this.#now());
    if (cancelled) {
      this.#jobs.delete(job.id);
    } else if (job.attempts >= job.maxAttempts) {
      const reason = `${job.attempts} workers stopped answering while they worked on it`;
      this.#bury(job, reason, LAPSED_DEAD_RETAIN_MS);
      this.#journal.note("dead", job, job.claimant, reason, this.#now());
    } else {
      this.#enqueue(job, 0);
    }
  }

  /** @param token what the job has not ended by, if another worker is at it. */
  #outrun(job: JobRecord, token: number | undefined): void {
    job.second = undefined;
    if (token !== undefined) this.#announce({ kind: "outrun", id: job.id, token });
  }

  #announce(announcement: Announcement): void {
    for (const listener of [...this.#listeners]) listener(announcement);
  }
}

function holderOf({ token, claimant, second }: JobRecord, hold: Hold): string {
  return token === hold.token ? claimant : second!.worker;
}

function isCancelled({ state }: JobRecord): boolean {
  return state.kind === "leased" && state.cancelled;
}

function describeLease({ id, payload, attempts, deadline }: JobRecord, token: number, now: number): Lease {
  const dueInMs = deadline - now;
  return { id, token, payload, attempt: attempts, awaited: dueInMs <= 0, dueInMs };
}

function isForgotten({ state, lapsesAt }: JobRecord, now: number): boolean {
  if (state.kind === "queued") return lapsesAt <= now;
  return (state.kind === "done" || state.kind === "dead") && state.forgetAt <= now;
}

function describe(job: JobRecord | undefined): JobStatus {
  if (!job) return { kind: "unknown" };
  if (job.state.kind === "done") return { kind: "done", meta: job.state.meta };
  if (job.state.kind === "dead") return { kind: "dead", reason: job.state.reason };
  return { kind: job.state.kind };
}
