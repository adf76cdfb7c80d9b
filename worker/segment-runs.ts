import { LRUCache } from "lru-cache";
import { parseJob, type SegmentsJob } from "../shared/job.ts";
import type { Lease } from "../shared/lease/lease-store.ts";
import type { Log } from "../shared/log.ts";
import { ORIGINAL_ID } from "../shared/media/original.ts";
import { segmentSpan } from "../shared/media/timeline.ts";
import { findRendition, type Title, type VideoRendition } from "../shared/media/title.ts";
import { encodeVideoRun } from "./encode-video-run.ts";
import type { RunPart } from "./ffmpeg/video-args.ts";
import type { Fragment } from "./fragment/fragment.ts";
import { programMemoryBytes } from "./memory-bound.ts";
import { type JobContext, jobFault, performJob } from "./perform-job.ts";
import { mediaObject, publishInit, publishMedia } from "./publish-fragment.ts";
import { runExtent } from "./run-length.ts";
import { RunProposal } from "./run-proposal.ts";
import { runFrom } from "./run-shares.ts";
import { RunSpeed } from "./run-speed.ts";
import { follow, report } from "./telemetry-scope.ts";
import type { JobSource } from "./title-source.ts";

/** Titles whose segments are made one by one, and for how long. */
const KNOWN_TITLES = 64;
const ALONE_MS = 600_000;

/** One job of a run; its signal fires when it leaves the run, which goes on for the others. */
export interface RunMember {
  readonly job: SegmentsJob;
  readonly signal: AbortSignal;
}

/**
 * Runs: consecutive segments that nobody waits for yet, of one rung of a title or the same ones of several, made by
 * one decode. Each is a job with a lease of its own, and comes out with the bytes that it has alone.
 */
export class SegmentRuns {
  readonly #context: JobContext;
  readonly #log: Log;
  readonly #speed = new RunSpeed();
  /** Titles in which runs came to nothing. */
  readonly #alone = new LRUCache<string, true>({ max: KNOWN_TITLES, ttl: ALONE_MS });

  constructor(context: JobContext, log: Log) {
    this.#context = context;
    this.#log = log;
  }

  /** The run that may begin with a leased job; none for what is made alone. */
  async startingWith(lease: Lease, signal: AbortSignal): Promise<RunProposal | undefined> {
    const job = parseJob(lease.payload);
    // One that failed, or lost its worker, may have been to blame: it takes no others along.
    if (lease.awaited || lease.attempt > 1 || job.kind !== "segments" || job.count > 1) return undefined;
    if (this.#alone.has(job.titleKey) || job.rendition === ORIGINAL_ID) return undefined;
    // Drivers give out a handful of sessions: an encoder for each segment of a run would be too many.
    if (job.encoder) return undefined;
    const { title, rendition } = await this.#context.titles.use(job, signal, async (found) => found);
    if (rendition.kind !== "video") return undefined;
    const limits = {
      ...{ dueInMs: lease.dueInMs, memoryBytes: await programMemoryBytes() },
      speedOf: (largest: VideoRendition) => this.#speed.of(largest),
    };
    return new RunProposal(job, runFrom(title.source, title.video, rendition, job.first, limits));
  }

  /**
   * Does the jobs of a run, like `performJob` each. What does not come out of the run as planned is made alone,
   * one after the other.
   */
  perform(members: readonly RunMember[]): readonly Promise<string>[] {
    const { traceparent: parent } = members[0]!.job;
    const step = { name: "run", attributes: { "seamline.segments": members.length }, parent };
    const encoded = follow(step, () => this.#encode(members));
    let turn: Promise<unknown> = encoded.catch(() => {});
    return members.map((member, position) => {
      const done = turn.then(async () => this.#finish(member, (await encoded)[position]));
      turn = done.catch(() => {});
      return done;
    });
  }

  async #encode(members: readonly RunMember[]): Promise<readonly (Fragment | undefined)[]> {
    const { job } = members[0]!;
    const { signal, dispose } = whenAllAborted(members.map((member) => member.signal));
    try {
      return await this.#context.titles.use(job, signal, (source, reading) =>
        this.#encodeMissing(members, source, reading),
      );
    } catch (error) {
      if (!signal.aborted) this.#alone.set(job.titleKey, true);
      throw jobFault(error, job.path);
    } finally {
      dispose();
    }
  }

  async #encodeMissing(
    members: readonly RunMember[],
    { inputUrl, source, title }: JobSource,
    signal: AbortSignal,
  ): Promise<readonly (Fragment | undefined)[]> {
    const { storage } = this.#context;
    const { job } = members[0]!;
    const there = await Promise.all(
      members.map(({ job }) => storage.find(mediaObject(job, job.first), signal)),
    );
    const missing = members.filter((_, position) => !there[position]);
    if (missing.length < 2) return [];
    const parts = missing.map(({ job }) => partOf(title, job));
    const policy = { signal, background: true };
    const begun = performance.now();
    const { fragments, complaint } = await encodeVideoRun(inputUrl, source, parts, policy);
    const { largest, filmSeconds } = runExtent(
      parts.map(({ rendition, span }) => ({ rendition, first: span.index, count: 1 })),
    );
    const ms = performance.now() - begun;
    this.#speed.record(largest, filmSeconds, ms);
    report({ kind: "encoded", rendition: largest.id, filmSeconds, inRun: true, ms });
    if (complaint !== undefined) {
      this.#alone.set(job.titleKey, true);
      this.#log.info({ title: job.path, ffmpeg: complaint }, "segments of this title are made one by one");
    }
    return members.map((member) => fragments[missing.indexOf(member)]);
  }

  async #finish({ job, signal }: RunMember, fragment: Fragment | undefined): Promise<string> {
    signal.throwIfAborted();
    if (!fragment) return performJob(job, this.#context, { signal, background: true });
    return follow({ name: "publish", parent: job.traceparent }, () =>
      this.#publish(job, fragment, signal).catch((error: unknown) => {
        throw jobFault(error, job.path);
      }),
    );
  }

  async #publish(job: SegmentsJob, fragment: Fragment, signal: AbortSignal): Promise<string> {
    await publishInit(job, fragment, this.#context.storage, signal);
    await publishMedia(job, job.first, fragment, this.#context.storage, signal);
    return "";
  }
}

function partOf(title: Title, job: SegmentsJob): RunPart {
  const rendition = findRendition(title, job.rendition) as VideoRendition;
  return { rendition, span: segmentSpan(rendition.timeline, job.first)! };
}

/** A signal that fires once all of some have. */
function whenAllAborted(signals: readonly AbortSignal[]): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const onAbort = () => {
    if (signals.every(({ aborted }) => aborted)) controller.abort(signals[0]!.reason);
  };
  for (const signal of signals) signal.addEventListener("abort", onAbort, { once: true });
  onAbort();
  const dispose = () => {
    for (const signal of signals) signal.removeEventListener("abort", onAbort);
  };
  return { signal: controller.signal, dispose };
}
