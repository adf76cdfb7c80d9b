import { LRUCache } from "lru-cache";
import type { OriginalRendition } from "../shared/media/original.ts";
import { type SourceInfo, sourceRevision } from "../shared/media/source-info.ts";
import { type PlanOptions, planTitle, type Title } from "../shared/media/title.ts";

/** About a kilobyte each. */
const KNOWN_TITLES = 20_000;
/** The plan of a film of two hours takes thirty times as much: it is made anew, in half a millisecond, where it fell out. */
const PLANNED_TITLES = 128;

/** A title that was opened, without what can be computed again. */
export interface KnownTitle {
  readonly key: string;
  readonly source: SourceInfo;
  readonly options: PlanOptions;
  readonly durationMs: number;
}

/** What is known of a title's original picture: its plan, or in a sentence why it can't be offered. */
export type KnownOriginal = OriginalRendition | { readonly kind: "unavailable"; readonly reason: string };

/** Titles that were opened lately. Values alone, so any number of requests and apps may share them. */
export class TitlePlans {
  readonly #planned = new LRUCache<string, Title>({ max: PLANNED_TITLES });
  readonly #byKey = new LRUCache<string, KnownTitle>({
    max: KNOWN_TITLES,
    dispose: (title) => this.#forget(title),
  });
  readonly #originals = new LRUCache<string, KnownOriginal>({ max: PLANNED_TITLES });
  readonly #keyOfSource = new Map<string, string>();
  readonly #keyOfPath = new Map<string, string>();

  /** The plan of a source as it was, with what lay beside it, in this revision. */
  async ofSource(revision: string): Promise<Title | undefined> {
    const key = this.#keyOfSource.get(revision);
    return key === undefined ? undefined : this.ofKey(key);
  }

  async ofKey(key: string): Promise<Title | undefined> {
    const planned = this.#planned.get(key);
    if (planned) return planned;
    const known = this.#byKey.get(key);
    if (!known) return undefined;
    const title = await planTitle(known.source, known.options, key);
    this.#planned.set(key, title);
    return title;
  }

  originalOf(key: string): KnownOriginal | undefined {
    return this.#originals.get(key);
  }

  rememberOriginal(key: string, original: KnownOriginal): void {
    this.#originals.set(key, original);
  }

  /** Length of the file at this path, perhaps of what it was before. */
  durationMs(path: string): number | undefined {
    return this.ofPath(path)?.durationMs;
  }

  /** What is known of the file at this path, perhaps of what it was before. */
  ofPath(path: string): KnownTitle | undefined {
    const key = this.#keyOfPath.get(path);
    return key === undefined ? undefined : this.#byKey.peek(key);
  }

  remember(title: Title): void {
    const { key, source, options, duration } = title;
    this.#planned.set(key, title);
    // Looked up, it counts as used; set again, the index would be made anew.
    const known = this.#byKey.get(key);
    if (known === undefined || sourceRevision(known.source) !== sourceRevision(source)) {
      this.#byKey.set(key, {
        key,
        source,
        options,
        durationMs: Math.round((duration.n * 1000) / duration.d),
      });
      this.#keyOfSource.set(sourceRevision(source), key);
    }
    this.#keyOfPath.set(source.path, key);
  }

  #forget({ key, source }: KnownTitle): void {
    const revision = sourceRevision(source);
    if (this.#keyOfSource.get(revision) === key) this.#keyOfSource.delete(revision);
    if (this.#keyOfPath.get(source.path) === key) this.#keyOfPath.delete(source.path);
  }
}
