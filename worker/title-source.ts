import { LRUCache } from "lru-cache";
import { FaultError } from "../shared/fault.ts";
import type { InitJob, SegmentsJob } from "../shared/job.ts";
import type { SourceInfo } from "../shared/media/source-info.ts";
import { sourceInfoSchema } from "../shared/media/source-info-schema.ts";
import { findRendition, planTitle, type Rendition, type Title } from "../shared/media/title.ts";
import { sourceInfoObject } from "../shared/storage/object-name.ts";
import { readAll, type SegmentStorage } from "../shared/storage/segment-storage.ts";
import { openSource, type SourceFile } from "./media-folder.ts";
import { probeSource } from "./probe/probe-source.ts";

const PROBE_TIMEOUT_MS = 30_000;
const KNOWN_TITLES = 64;

/** What an encode job speaks of, looked up and found to be still so. */
export interface JobSource {
  readonly realPath: string;
  readonly source: SourceInfo;
  readonly rendition: Rendition;
}

/** Source files, what is known of them, and the titles planned from that. */
export class TitleSource {
  readonly #mediaDir: string;
  readonly #storage: SegmentStorage;
  readonly #titles = new LRUCache<string, Title>({ max: KNOWN_TITLES });

  constructor(mediaDir: string, storage: SegmentStorage) {
    this.#mediaDir = mediaDir;
    this.#storage = storage;
  }

  /** Sees to it that storage knows the source as it is now; returns its fingerprint. */
  async probe(path: string, signal: AbortSignal): Promise<string> {
    const file = await openSource(this.#mediaDir, path);
    await this.#sourceInfo(file, signal);
    return file.fingerprint;
  }

  async open(job: InitJob | SegmentsJob, signal: AbortSignal): Promise<JobSource> {
    const file = await openSource(this.#mediaDir, job.path);
    if (file.fingerprint !== job.fingerprint) {
      throw new FaultError(
        "source-changed",
        `“${job.path}” was replaced while it was playing: load it anew.`,
      );
    }
    const title = this.#titles.get(job.titleKey) ?? (await this.#plan(file, job, signal));
    const rendition = findRendition(title, job.rendition);
    if (!rendition) throw new FaultError("internal", `“${job.path}” has no rendition ${job.rendition}.`);
    return { realPath: file.realPath, source: title.source, rendition };
  }

  async #plan(file: SourceFile, job: InitJob | SegmentsJob, signal: AbortSignal): Promise<Title> {
    const source = await this.#sourceInfo(file, signal);
    const title = await planTitle(source, { segmentSeconds: job.segmentSeconds });
    if (title.key !== job.titleKey) {
      const detail = `This worker plans “${job.path}” otherwise than it was asked to: it runs another version.`;
      throw new FaultError("internal", detail);
    }
    this.#titles.set(title.key, title);
    return title;
  }

  /** What storage says, so that all workers agree; the first to probe a source puts it there. */
  async #sourceInfo(file: SourceFile, signal: AbortSignal): Promise<SourceInfo> {
    const name = sourceInfoObject(file.fingerprint);
    const known = await this.#read(name, signal);
    if (known) return known;
    // Parsed as it would be from storage: the title key hashes it as JSON.
    const probed = sourceInfoSchema.parse(await probeSource(file, { signal, timeoutMs: PROBE_TIMEOUT_MS }));
    const outcome = await this.#storage.publish(
      name,
      new TextEncoder().encode(JSON.stringify(probed)),
      signal,
    );
    return outcome === "published" ? probed : ((await this.#read(name, signal)) ?? probed);
  }

  async #read(name: string, signal: AbortSignal): Promise<SourceInfo | undefined> {
    const object = await this.#storage.find(name, signal);
    return object && sourceInfoSchema.parse(JSON.parse(new TextDecoder().decode(await readAll(object))));
  }
}
