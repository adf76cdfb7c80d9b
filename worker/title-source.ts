import { LRUCache } from "lru-cache";
import { FaultError } from "../shared/fault.ts";
import {
  type AssetJob,
  type InitJob,
  type ProbeJob,
  planOptionsOf,
  type SegmentsJob,
} from "../shared/job.ts";
import type { OriginalIndex } from "../shared/media/original.ts";
import { isRemotePath } from "../shared/media/remote-path.ts";
import type { SourceInfo } from "../shared/media/source-info.ts";
import { sourceInfoSchema } from "../shared/media/source-info-schema.ts";
import {
  findRendition,
  type PlanOptions,
  planTitle,
  type Rendition,
  type Title,
} from "../shared/media/title.ts";
import { assetObject, sourceInfoObject } from "../shared/storage/object-name.ts";
import { seal } from "../shared/storage/seal.ts";
import { readAll, type SegmentStorage } from "../shared/storage/segment-storage.ts";
import { EarlyLook } from "./original/early-look.ts";
import { asAsset } from "./original/make-index.ts";
import { offerCopy, withoutCopy } from "./original/offer-copy.ts";
import type { PacketThreads } from "./original/packet-threads.ts";
import { probeSource } from "./probe/probe-source.ts";
import { shareTime } from "./shared-time.ts";
import type { SourceFile } from "./source-file.ts";
import { findSidecars, revisionOf, type Sidecar } from "./subtitles/find-sidecars.ts";
import { type SourcePlaces, useSource } from "./use-source.ts";

/** One look at a file, and all that a probe takes. */
const LOOK_TIMEOUT_MS = 30_000;
const PROBE_TIMEOUT_MS = 90_000;
const KNOWN_TITLES = 64;

type TitleJob = InitJob | SegmentsJob | AssetJob;

/** The title that a job speaks of, looked up and found to be still so. */
export interface TitleInput {
  readonly inputUrl: string;
  readonly source: SourceInfo;
  readonly title: Title;
  /** Subtitle files that lie beside it now. */
  readonly findSidecars: () => Promise<readonly Sidecar[]>;
}

/** What an encode job speaks of. */
export interface JobSource extends TitleInput {
  readonly rendition: Rendition;
}

/** Source files, what is known of them, and the titles planned from that. */
export class TitleSource {
  readonly #places: SourcePlaces;
  readonly #storage: SegmentStorage;
  readonly #packets: PacketThreads;
  readonly #titles = new LRUCache<string, Title>({ max: KNOWN_TITLES });

  constructor(places: SourcePlaces, storage: SegmentStorage, packets: PacketThreads) {
    this.#places = places;
    this.#storage = storage;
    this.#packets = packets;
  }

  /**
   * Sees to it that storage knows the source as it is now, and what lies beside it; returns under which name: its
   * fingerprint, or a revision.
   */
  probe(job: ProbeJob, signal: AbortSignal): Promise<string> {
    const { path } = job;
    return useSource(path, this.#places, signal, async (file, reading) => {
      // The folder is listed while FFprobe looks at the film.
      const listing = findSidecars(this.#places.mediaDir, path);
      listing.catch(() => {});
      const source = await this.#sourceInfo(file, planOptionsOf(job), reading);
      const sidecars = await listing;
      if (sidecars.length === 0) return file.fingerprint;
      const revision = await revisionOf(file.fingerprint, sidecars);
      const subtitles = sidecars.map((sidecar) => sidecar.file);
      if (!(await this.#storage.find(sourceInfoObject(revision), reading)))
        await this.#publish(revision, { ...source, beside: { revision, subtitles } }, reading);
      return revision;
    });
  }

  /** Opens what a job speaks of for as long as the work on it takes; its signal is the work's. */
  use<T>(
    job: InitJob | SegmentsJob,
    signal: AbortSignal,
    work: (source: JobSource, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.useTitle(job, signal, (input, reading) => {
      const rendition = findRendition(input.title, job.rendition);
      if (!rendition) throw new FaultError("internal", `“${job.path}” has no rendition ${job.rendition}.`);
      return work({ ...input, rendition }, reading);
    });
  }

  /** The same for a job that concerns no rendition. */
  useTitle<T>(
    job: TitleJob,
    signal: AbortSignal,
    work: (input: TitleInput, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return useSource(job.path, this.#places, signal, async (file, reading) =>
      work(await this.#describe(job, file, reading), reading),
    );
  }

  async #describe(job: TitleJob, file: SourceFile, signal: AbortSignal): Promise<TitleInput> {
    if (file.fingerprint !== job.fingerprint) {
      throw new FaultError(
        "source-changed",
        `“${job.path}” was replaced while it was playing: load it anew.`,
      );
    }
    const title = this.#titles.get(job.titleKey) ?? (await this.#plan(file, job, signal));
    return {
      inputUrl: file.inputUrl,
      source: title.source,
      title,
      findSidecars: () => findSidecars(this.#places.mediaDir, job.path),
    };
  }

  async #plan(file: SourceFile, job: TitleJob, signal: AbortSignal): Promise<Title> {
    const options = planOptionsOf(job)!;
    const source = await this.#sourceInfo(file, options, signal);
    // Storage may have lost a description for which nobody had looked at the keyframes in time.
    const titles = [await planTitle(source, options), await planTitle(withoutCopy(source), options)];
    const title = titles.find(({ key }) => key === job.titleKey);
    if (!title) {
      const detail = `This worker plans “${job.path}” otherwise than it was asked to: it runs another version.`;
      throw new FaultError("internal", detail);
    }
    this.#titles.set(title.key, title);
    return title;
  }

  /** What storage says, so that all workers agree; the first to probe a source puts it there. */
  async #sourceInfo(
    file: SourceFile,
    options: PlanOptions | undefined,
    signal: AbortSignal,
  ): Promise<SourceInfo> {
    return (
      (await this.#read(sourceInfoObject(file.fingerprint), signal)) ??
      (await this.#probeAnew(file, options, signal))
    );
  }

  /** Looks into the original picture at the same time; a host of films is not asked twice for that. */
  async #probeAnew(
    file: SourceFile,
    plan: PlanOptions | undefined,
    signal: AbortSignal,
  ): Promise<SourceInfo> {
    const isNear = plan !== undefined && !isRemotePath(file.path);
    const look = isNear ? new EarlyLook(file.inputUrl, this.#packets, signal) : undefined;
    try {
      const options = shareTime(signal, LOOK_TIMEOUT_MS, PROBE_TIMEOUT_MS);
      // Parsed as it would be from storage: the title key hashes it as JSON.
      const probed = sourceInfoSchema.parse(await probeSource(file, options));
      const index = await look?.finish(probed, plan!.segmentSeconds);
      const source = index ? await offerCopy(probed, index, plan!.segmentSeconds) : probed;
      const outcome = await this.#publish(file.fingerprint, source, signal);
      if (outcome !== "published")
        return (await this.#read(sourceInfoObject(file.fingerprint), signal)) ?? source;
      if (index) await this.#publishIndex(source, plan!, index, signal);
      return source;
    } finally {
      look?.close();
    }
  }

  async #publishIndex(
    source: SourceInfo,
    options: PlanOptions,
    index: OriginalIndex,
    signal: AbortSignal,
  ): Promise<void> {
    const title = await planTitle(source, options);
    this.#titles.set(title.key, title);
    const { name, bytes } = asAsset(index);
    const object = assetObject(title.key, name);
    await this.#storage.publish(object, await seal(object, bytes), signal);
  }

  async #publish(revision: string, source: SourceInfo, signal: AbortSignal) {
    const name = sourceInfoObject(revision);
    const sealed = await seal(name, new TextEncoder().encode(JSON.stringify(source)));
    return this.#storage.publish(name, sealed, signal);
  }

  async #read(name: string, signal: AbortSignal): Promise<SourceInfo | undefined> {
    const object = await this.#storage.find(name, signal);
    return object && sourceInfoSchema.parse(JSON.parse(new TextDecoder().decode(await readAll(object))));
  }
}
