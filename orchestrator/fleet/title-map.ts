import { type CellSpan, type ClaimedSpan, cellRuns } from "../../shared/fleet/cell-runs.ts";
import type { CellRun, Cells, RenditionMap, SegmentMap } from "../../shared/fleet/fleet-view.ts";
import type { RenditionLayout, TitleLayout } from "../../shared/fleet/title-layout.ts";
import { parseSegmentsId } from "../../shared/job.ts";
import type { LeaseOverview } from "../../shared/lease/lease-overview.ts";
import { parseMediaSegmentName } from "../../shared/media/segment-name.ts";
import { renditionFolder } from "../../shared/storage/object-name.ts";
import type { SegmentListing } from "../../shared/storage/segment-storage.ts";

/** Storage is looked through again after so long, milliseconds: something may have been evicted, or made unheard. */
const LIST_AGAIN_MS = 10_000;

interface RenditionName {
  readonly titleKey: string;
  readonly rendition: string;
}

interface RenditionState {
  readonly layout: RenditionLayout;
  made: ReadonlySet<number>;
  claimed: readonly ClaimedSpan[];
  runs: readonly CellRun[];
  /** Raised with each change of the runs. */
  version: number;
  listedAt: number;
}

/** The segment map of one title, kept up to date while somebody looks at it. */
export class TitleMap {
  readonly #layout: TitleLayout;
  readonly #listing: SegmentListing;
  readonly #now: () => number;
  readonly #states: ReadonlyMap<string, RenditionState>;

  /** @param now milliseconds. */
  constructor(layout: TitleLayout, listing: SegmentListing, now: () => number) {
    this.#layout = layout;
    this.#listing = listing;
    this.#now = now;
    const blank = { made: new Set<number>(), claimed: [], version: 0, listedAt: Number.NEGATIVE_INFINITY };
    this.#states = new Map(
      layout.renditions.map((rendition) => [rendition.id, { layout: rendition, runs: [], ...blank }]),
    );
  }

  get titleKey(): string {
    return this.#layout.titleKey;
  }

  /** Whether it was brought up to date at least once. */
  get isKnown(): boolean {
    return [...this.#states.values()].every(({ version }) => version > 0);
  }

  /** A job is done: what it made is looked for with the next update. */
  noteDone(id: string): void {
    const job = parseSegmentsId(id);
    const state = job?.titleKey === this.titleKey && this.#states.get(job.rendition);
    if (state) state.listedAt = Number.NEGATIVE_INFINITY;
  }

  /** Brings the map to what the lease store and storage say now. */
  async update({ leases, queued }: LeaseOverview, signal: AbortSignal): Promise<void> {
    const claimed = this.#group<ClaimedSpan>(
      leases.flatMap(({ id, worker }) => {
        const span = parseSegmentsId(id);
        return span ? [{ ...span, worker }] : [];
      }),
    );
    const waiting = this.#group<CellSpan>(queued.flatMap((id) => parseSegmentsId(id) ?? []));
    const update = async ([id, state]: [string, RenditionState]) => {
      const held = claimed.get(id) ?? [];
      // What was claimed and isn't any more may have been made.
      const isLetGo = state.claimed.some(({ first }) => !held.some((span) => span.first === first));
      state.claimed = held;
      if (isLetGo || this.#now() - state.listedAt >= LIST_AGAIN_MS) await this.#list(id, state, signal);
      this.#draw(state, waiting.get(id) ?? []);
    };
    await Promise.all([...this.#states].map(update));
  }

  snapshot(): SegmentMap {
    const renditions = [...this.#states.values()].map(({ layout, runs }): RenditionMap => {
      const { count: _, ...rendition } = layout;
      return { ...rendition, runs: [...runs] };
    });
    const { path, titleKey, timelines } = this.#layout;
    return { path, titleKey, timelines: timelines.map((borders) => [...borders]), renditions };
  }

  /** What of each rendition is the latest, to be handed to `changesSince`. */
  versions(): ReadonlyMap<string, number> {
    return new Map([...this.#states].map(([id, { version }]) => [id, version]));
  }

  changesSince(versions: ReadonlyMap<string, number>): Cells | undefined {
    const renditions = [...this.#states]
      .filter(([id, { version }]) => version !== versions.get(id))
      .map(([id, { runs }]) => ({ id, runs: [...runs] }));
    return renditions.length > 0 ? { titleKey: this.titleKey, renditions } : undefined;
  }

  /** Segments of this title among some jobs, by rendition. */
  #group<Span extends CellSpan>(spans: readonly (Span & RenditionName)[]): ReadonlyMap<string, Span[]> {
    const groups = new Map<string, Span[]>();
    for (const span of spans) {
      if (span.titleKey !== this.titleKey) continue;
      groups.set(span.rendition, [...(groups.get(span.rendition) ?? []), span]);
    }
    return groups;
  }

  async #list(id: string, state: RenditionState, signal: AbortSignal): Promise<void> {
    state.listedAt = this.#now();
    const names = await this.#listing.list(renditionFolder(this.titleKey, id), signal);
    state.made = new Set([...names].flatMap((name) => parseMediaSegmentName(name) ?? []));
  }

  #draw(state: RenditionState, queued: readonly CellSpan[]): void {
    const runs = cellRuns(state.layout.count, { made: state.made, claimed: state.claimed, queued });
    if (state.version > 0 && JSON.stringify(runs) === JSON.stringify(state.runs)) return;
    state.runs = runs;
    state.version += 1;
  }
}
