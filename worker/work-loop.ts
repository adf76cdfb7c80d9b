import { AsyncResource } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { type Job, parseJob } from "../shared/job.ts";
import type { Announcement, Lease, LeaseStore } from "../shared/lease/lease-store.ts";
import { type Log, withFields } from "../shared/log.ts";
import type { SourceHosts } from "../shared/media/remote-path.ts";
import type { SegmentStorage } from "../shared/storage/segment-storage.ts";
import { type JobEnd, silentTelemetry, type Telemetry } from "../shared/telemetry.ts";
import { untilAborted } from "../shared/until-aborted.ts";
import { ClaimTiming } from "./claim-timing.ts";
import { Claimant } from "./claimant.ts";
import type { VideoEncoder } from "./encoders/video-encoder.ts";
import { LeaseKeeper, RunLeftError, ShutdownError } from "./lease-keeper.ts";
import { LeaseReports } from "./lease-reports.ts";
import { jobEnd, jobKind, jobStep, leaseFields } from "./leased-job.ts";
import { PacketThreads } from "./original/packet-threads.ts";
import { type JobContext, performJob } from "./perform-job.ts";
import { resolveName } from "./remote/host-address.ts";
import { type Held, type HeldRun, RunClaims } from "./run-claims.ts";
import { RunExits } from "./run-exits.ts";
import { SegmentRuns } from "./segment-runs.ts";
import { follow, report, withTelemetry } from "./telemetry-scope.ts";
import { TitleSource } from "./title-source.ts";
import { WorkTally } from "./work-tally.ts";

export interface WorkerOptions {
  readonly id: string;
  readonly mediaDir: string;
  /** From where films may be fetched besides. */
  readonly sourceHosts: SourceHosts;
  readonly store: LeaseStore;
  readonly storage: SegmentStorage;
  /** Jobs at a time. One more is taken on when all of these are look-ahead and somebody waits. */
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly renewMs: number;
  /** How long running jobs may go on once the worker is told to stop, milliseconds. */
  readonly graceMs: number;
  /** In hardware, where there is one and it is to be used. */
  readonly encoder?: VideoEncoder;
  /** Of the program, for whoever looks at the fleet. */
  readonly version?: string;
  readonly log: Log;
  readonly telemetry?: Telemetry;
}

/** A probe's answer is good for a moment only: the file may be replaced at any time. */
const PROBE_RETAIN_MS = 2000;
/** Long enough for every waiter to hear of it. Storage keeps the result itself. */
const DONE_RETAIN_MS = 15_000;

/** Claims jobs, does them, and says so, until the signal fires; then gives back what it holds. */
export async function runWorker(options: WorkerOptions, signal: AbortSignal): Promise<void> {
  const loop = new WorkLoop(options);
  await withTelemetry(options.telemetry ?? silentTelemetry, () => loop.run(signal));
}

class WorkLoop {
  readonly #options: WorkerOptions;
  readonly #keeper: LeaseKeeper;
  readonly #context: JobContext;
  readonly #runs: SegmentRuns;
  readonly #claims: RunClaims;
  /** What is under way, a job or a run each. */
  readonly #running = new Set<Promise<unknown>>();
  /** Jobs that are asked for, or done, beside another worker. */
  readonly #seconds = new Set<string>();
  readonly #exits = new RunExits((id) =>
    this.#keeper.end(id, new RunLeftError(`somebody waits for ${id}, which is in a run`)),
  );
  readonly #timing = new ClaimTiming();
  readonly #claimant: Claimant;
  readonly #reports: LeaseReports;
  /** Announcements of work that had been heard when it was last asked for. */
  #heardAtClaim = 0;
  readonly #tally: WorkTally;
  #stopping = false;

  constructor(given: WorkerOptions) {
    const options = { ...given, log: withFields(given.log, { worker: given.id }) };
    this.#options = options;
    const { store, storage, mediaDir, leaseMs, log, concurrency, version } = options;
    this.#tally = new WorkTally({ concurrency, ...(version !== undefined && { version }) });
    // Its own in every process, whatever the operator calls the worker.
    const name = `${options.id}/${randomUUID()}`;
    this.#claimant = new Claimant(store, name, leaseMs, () => this.#tally.report());
    this.#keeper = new LeaseKeeper(store, options);
    this.#reports = new LeaseReports(store, options);
    const remote = { hosts: options.sourceHosts, resolve: resolveName };
    const packets = new PacketThreads();
    const titles = new TitleSource({ mediaDir, remote }, storage, packets);
    const { encoder } = options;
    this.#context = { titles, storage, packets, ...(encoder && { encoder }) };
    this.#runs = new SegmentRuns(this.#context, log);
    this.#claims = new RunClaims({
      ...{ store, claimant: this.#claimant, runs: this.#runs },
      hold: (lease, claimedAt) => this.#hold(lease, claimedAt),
      start: (held) => this.#start(held),
      isStopping: () => this.#stopping,
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#context.packets.warm();
    // Announcements come from a connection, which belongs to no worker.
    const hear = AsyncResource.bind((announcement: Announcement) => this.#hear(announcement));
    const unsubscribe = this.#options.store.subscribe(hear);
    const onAbort = () => this.#timing.notify();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      while (!signal.aborted) {
        await this.#claim();
        await this.#timing.wait();
      }
    } finally {
      this.#stopping = true;
      signal.removeEventListener("abort", onAbort);
      unsubscribe();
      this.#timing.close();
      await this.#drain();
      await this.#leave();
      await this.#context.packets.close();
    }
  }

  #hear(announcement: Announcement): void {
    this.#timing.hear(announcement, this.#free > 0);
    if (announcement.kind === "cancelled") this.#keeper.cancel(announcement.id);
    if (announcement.kind === "awaited") this.#exits.awaited(announcement.id);
    if (announcement.kind === "straggling") this.#startSecond(announcement.id);
    if (announcement.kind === "outrun") this.#keeper.outrun(announcement);
  }

  /** What runs may finish within the grace period; what doesn't is given back. */
  async #drain(): Promise<void> {
    const stop = () => this.#keeper.abortAll(new ShutdownError("the worker stops"));
    const timer = setTimeout(stop, this.#options.graceMs);
    // A lost answer that came late may have begun more.
    while (this.#running.size > 0) await Promise.all(this.#running);
    clearTimeout(timer);
  }

  async #leave(): Promise<void> {
    try {
      await this.#claimant.leave(this.#tally.farewell());
    } catch (error) {
      // It is missed instead.
      this.#options.log.debug({ error: String(error) }, "no farewell");
    }
  }

  get #free(): number {
    return this.#options.concurrency - this.#running.size;
  }

  /** Takes all that there is room for: only an announcement, or a job that ends, is a reason to ask again. */
  async #claim(): Promise<void> {
    const { log } = this.#options;
    const free = this.#free;
    // The one place beyond the limit is for a viewer who would wait behind look-ahead.
    const room = free > 0 ? { count: free } : { count: Math.max(0, free + 1), dueWithinMs: 0 };
    if (room.count === 0) return;
    try {
      const heardBefore = this.#timing.asking();
      const announced = heardBefore > this.#heardAtClaim;
      this.#heardAtClaim = heardBefore;
      const { leases, claimedAt, isRepeat } = await this.#claimant.claim(room);
      report({ kind: "claimed", leases: leases.length, announced });
      this.#start(leases.map((lease) => this.#hold(lease, claimedAt)));
      // A repeated call gets the answer of an earlier moment.
      if (free > 0 && leases.length < free && !isRepeat) this.#timing.answeredShort(heardBefore);
    } catch (error) {
      log.warn({ error: String(error) }, "no jobs could be claimed");
    }
  }

  #hold(lease: Lease, claimedAt: number): Held {
    this.#exits.hold(lease.id);
    return { lease, claimedAt, signal: this.#keeper.keep(lease, claimedAt) };
  }

  /**
   * Takes up a place with each job, and with those that are made in one go with it. What an earlier one of the same
   * title takes along needs no place of its own.
   */
  #start(held: readonly Held[]): void {
    const waiting = new Map(held.map((one) => [one.lease.id, one]));
    const turns = new Map<string, Promise<unknown>>();
    for (const first of held) {
      const { id, awaited } = first.lease;
      const queue = awaited ? id : id.split("/", 1)[0]!;
      const turn = turns.get(queue) ?? Promise.resolve();
      const run = turn.then(async () => waiting.delete(id) && this.#gather(first, waiting));
      turns.set(queue, run);
      this.#takePlace(run.then((gathered) => (gathered ? this.#occupy(first, gathered) : undefined)));
    }
  }

  #takePlace(work: Promise<unknown>): void {
    const place = work.finally(() => {
      this.#running.delete(place);
      this.#tally.underWay(this.#running.size);
      this.#timing.jobEnded();
    });
    this.#running.add(place);
    this.#tally.underWay(this.#running.size);
  }

  /** @returns what is made in one go from a job on; "alone" where that is nothing else. */
  async #gather(first: Held, waiting: Map<string, Held>): Promise<HeldRun | "alone"> {
    if (this.#stopping || this.#reports.storageIsFull) return "alone";
    try {
      return (await this.#claims.startingWith(first, waiting)) ?? "alone";
    } catch (error) {
      // Made alone, it will say what is wrong.
      this.#options.log.debug({ ...leaseFields(first.lease), error: String(error) }, "no run");
      return "alone";
    }
  }

  /** Takes up a free place with a job that another worker has had for long, in case that one is slow or stands still. */
  #startSecond(id: string): void {
    if (this.#stopping || this.#free <= 0 || this.#seconds.has(id) || this.#keeper.holds(id)) return;
    this.#seconds.add(id);
    this.#takePlace(this.#occupyAsSecond(id).finally(() => this.#seconds.delete(id)));
  }

  async #occupyAsSecond(id: string): Promise<void> {
    try {
      const { leases, claimedAt } = await this.#claimant.claimSecond(id);
      for (const lease of leases) {
        this.#options.log.info(leaseFields(lease), "a second attempt beside a slow worker");
        await this.#workAlone(this.#hold(lease, claimedAt));
      }
    } catch (error) {
      this.#options.log.warn({ job: id, error: String(error) }, "no second attempt");
    }
  }

  async #occupy(first: Held, run: HeldRun | "alone"): Promise<void> {
    if (run !== "alone") return this.#run(run);
    await this.#workAlone(first);
  }

  #workAlone(held: Held): Promise<void> {
    return this.#work(held, (job, signal) =>
      performJob(job, this.#context, {
        ...{ signal, background: !held.lease.awaited },
        attempt: held.lease.attempt,
      }),
    );
  }

  /** The place is taken until FFmpeg is done, though every job may have left before. */
  async #run({ rungs, plannedMs }: HeldRun): Promise<void> {
    const members = rungs.flat();
    const made = this.#runs.perform(members);
    this.#exits.begin(
      rungs.map((jobs) => jobs.map(({ lease }) => lease.id)),
      plannedMs,
    );
    const works = members.map((member, position) =>
      this.#work(member, (_, signal) => untilAborted(made[position]!, signal)),
    );
    await Promise.allSettled([...made, ...works]);
  }

  /** @param perform does the job, and resolves with what the store shall tell those who wait. */
  async #work(
    { lease, signal, claimedAt }: Held,
    perform: (job: Job, signal: AbortSignal) => Promise<string>,
  ): Promise<void> {
    const begun = performance.now();
    const waitedMs = begun - claimedAt;
    let end: JobEnd = "dismissed";
    try {
      if (!lease.awaited && this.#reports.storageIsFull) return await this.#reports.dismiss(lease);
      end = await follow(jobStep(lease, this.#options.id, waitedMs), async () => {
        const { attempt, awaited } = lease;
        report({ kind: "lease-begun", attempt, awaited, ms: waitedMs });
        return this.#perform(lease, signal, perform);
      });
    } catch (error) {
      const reason = signal.aborted ? signal.reason : error;
      end = jobEnd(reason);
      if (!signal.aborted) this.#tally.failed();
      await this.#reports.giveUp(lease, reason);
    } finally {
      this.#keeper.drop(lease);
      this.#exits.end(lease.id);
      report({ kind: "job-ended", job: jobKind(lease), end, ms: performance.now() - begun });
    }
  }

  async #perform(
    lease: Lease,
    signal: AbortSignal,
    perform: (job: Job, signal: AbortSignal) => Promise<string>,
  ): Promise<JobEnd> {
    const begun = performance.now();
    const job = parseJob(lease.payload);
    const meta = await perform(job, signal);
    const outcome = await this.#reports.commit(lease, { meta, retainMs: retainMs(job) }, signal);
    if (outcome === "committed") this.#tally.done(job);
    const ms = Math.round(performance.now() - begun);
    this.#options.log.debug({ ...leaseFields(lease), outcome, ms }, "job done");
    return outcome === "committed" || outcome === "duplicate" ? "done" : "refused";
  }
}

function retainMs(job: Job): number {
  return job.kind === "probe" ? PROBE_RETAIN_MS : DONE_RETAIN_MS;
}
