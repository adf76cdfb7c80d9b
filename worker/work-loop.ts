import { AsyncResource } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { Announcement, Lease, LeaseStore } from "../shared/lease/lease-store.ts";
import { type Log, withFields } from "../shared/log.ts";
import type { SourceHosts } from "../shared/media/remote-path.ts";
import type { SegmentStorage } from "../shared/storage/segment-storage.ts";
import { silentTelemetry, type Telemetry } from "../shared/telemetry.ts";
import { ClaimTiming } from "./claim-timing.ts";
import { Claimant } from "./claimant.ts";
import type { VideoEncoder } from "./encoders/video-encoder.ts";
import { HeldStarts } from "./held-starts.ts";
import { HeldWork } from "./held-work.ts";
import { LeaseKeeper, RunLeftError, ShutdownError } from "./lease-keeper.ts";
import { LeaseReports } from "./lease-reports.ts";
import { PacketThreads } from "./original/packet-threads.ts";
import type { JobContext } from "./perform-job.ts";
import { resolveName } from "./remote/host-address.ts";
import { type Held, RunClaims } from "./run-claims.ts";
import { RunExits } from "./run-exits.ts";
import { SecondAttempts } from "./second-attempts.ts";
import { SegmentRuns } from "./segment-runs.ts";
import { StepBacks } from "./step-backs.ts";
import { report, withTelemetry } from "./telemetry-scope.ts";
import { TitleSource } from "./title-source.ts";
import { WorkPlaces } from "./work-places.ts";
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

/** Claims jobs, does them, and says so, until the signal fires; then gives back what it holds. */
export async function runWorker(options: WorkerOptions, signal: AbortSignal): Promise<void> {
  const loop = new WorkLoop(options);
  await withTelemetry(options.telemetry ?? silentTelemetry, () => loop.run(signal));
}

class WorkLoop {
  readonly #options: WorkerOptions;
  readonly #keeper: LeaseKeeper;
  readonly #context: JobContext;
  readonly #places: WorkPlaces;
  readonly #starts: HeldStarts;
  readonly #seconds: SecondAttempts;
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
    const runs = new SegmentRuns(this.#context, log);
    const own = {
      ...{ claimant: this.#claimant, keeper: this.#keeper, log },
      hold: (lease: Lease, claimedAt: number) => this.#hold(lease, claimedAt),
      isStopping: () => this.#stopping,
    };
    const claims = new RunClaims({ ...own, store, runs, start: (held) => this.#starts.start(held) });
    this.#places = new WorkPlaces({
      count: concurrency,
      onChange: (taken) => this.#tally.underWay(taken),
      onFree: () => this.#timing.jobEnded(),
    });
    const stepBacks = new StepBacks(log);
    const reported = { exits: this.#exits, reports: this.#reports, tally: this.#tally };
    const work = new HeldWork({
      ...own,
      ...reported,
      id: options.id,
      context: this.#context,
      runs,
      stepBacks,
    });
    const placed = { ...own, places: this.#places, work };
    this.#starts = new HeldStarts({ ...placed, claims, stepBacks, reports: this.#reports });
    this.#seconds = new SecondAttempts(placed);
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
    this.#timing.hear(announcement, this.#places.free > 0);
    if (announcement.kind === "cancelled") this.#keeper.cancel(announcement.id);
    if (announcement.kind === "awaited") this.#exits.awaited(announcement.id);
    if (announcement.kind === "straggling") this.#seconds.begin(announcement.id);
    if (announcement.kind === "outrun") this.#keeper.outrun(announcement);
  }

  /** What runs may finish within the grace period; what doesn't is given back. */
  async #drain(): Promise<void> {
    const stop = () => this.#keeper.abortAll(new ShutdownError("the worker stops"));
    const timer = setTimeout(stop, this.#options.graceMs);
    // A lost answer that came late may have begun more.
    await this.#places.allFree();
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

  /** Takes all that there is room for: only an announcement, or a job that ends, is a reason to ask again. */
  async #claim(): Promise<void> {
    const { log } = this.#options;
    const free = this.#places.free;
    // The one place beyond the limit is for a viewer who would wait behind look-ahead.
    const room = free > 0 ? { count: free } : { count: Math.max(0, free + 1), dueWithinMs: 0 };
    if (room.count === 0) return;
    try {
      const heardBefore = this.#timing.asking();
      const announced = heardBefore > this.#heardAtClaim;
      this.#heardAtClaim = heardBefore;
      const { leases, claimedAt, isRepeat } = await this.#claimant.claim(room);
      report({ kind: "claimed", leases: leases.length, announced });
      this.#starts.start(leases.map((lease) => this.#hold(lease, claimedAt)));
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
}
