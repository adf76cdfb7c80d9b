import { LRUCache } from "lru-cache";
import { FaultError } from "../shared/fault.ts";
import { sourceInfoSchema } from "../shared/media/source-info-schema.ts";
import { type PlanOptions, planTitle, type Title } from "../shared/media/title.ts";
import { sourceInfoObject } from "../shared/storage/object-name.ts";
import { readAll, type SegmentStorage } from "../shared/storage/segment-storage.ts";
import type { JobDesk } from "./job-desk.ts";
import { notFound } from "./problem.ts";

const KNOWN_TITLES = 256;

/** Titles by path, planned from what a worker found out about their sources. */
export class TitleCatalog {
  readonly #desk: JobDesk;
  readonly #storage: SegmentStorage;
  readonly #options: PlanOptions;
  readonly #byFingerprint = new LRUCache<string, Title>({ max: KNOWN_TITLES });
  readonly #byKey = new LRUCache<string, Title>({ max: KNOWN_TITLES });

  constructor(desk: JobDesk, storage: SegmentStorage, options: PlanOptions) {
    this.#desk = desk;
    this.#storage = storage;
    this.#options = options;
  }

  /** The title as its source is now. */
  async open(path: string, signal: AbortSignal): Promise<Title> {
    const fingerprint = await this.#desk.wait({ kind: "probe", path }, signal);
    const title = this.#byFingerprint.get(fingerprint) ?? (await this.#plan(fingerprint, signal));
    this.#byFingerprint.set(fingerprint, title);
    this.#byKey.set(title.key, title);
    return title;
  }

  /** The title that a playlist handed out under this key. */
  async openKey(path: string, key: string, signal: AbortSignal): Promise<Title> {
    const known = this.#byKey.get(key);
    const title = known?.source.path === path ? known : await this.open(path, signal);
    if (title.key === key) return title;
    throw notFound(
      `“${path}” was replaced or is planned otherwise now: load its playlist anew.`,
      "source-changed",
    );
  }

  /** Length of a title that was opened before; undefined for others, which stay unprobed. */
  knownDurationMs(path: string): number | undefined {
    for (const title of this.#byFingerprint.values()) {
      if (title.source.path === path) return Math.round((title.duration.n * 1000) / title.duration.d);
    }
    return undefined;
  }

  async #plan(fingerprint: string, signal: AbortSignal): Promise<Title> {
    const object = await this.#storage.find(sourceInfoObject(fingerprint), signal);
    if (!object)
      throw new FaultError("storage-failed", "What was found out about the source is not in storage.");
    const text = new TextDecoder().decode(await readAll(object));
    return planTitle(sourceInfoSchema.parse(JSON.parse(text)), this.#options);
  }
}
