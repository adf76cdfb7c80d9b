import { type ProbeJob, probeJob } from "../shared/job.ts";
import { notCopied, ORIGINAL_INDEX, originalIndexSchema, planOriginal } from "../shared/media/original.ts";
import { isRemotePath, remoteUrl, type SourceHosts } from "../shared/media/remote-path.ts";
import { sourceInfoSchema } from "../shared/media/source-info-schema.ts";
import { type PlanOptions, planTitle, type Title } from "../shared/media/title.ts";
import { assetObject, sourceInfoObject } from "../shared/storage/object-name.ts";
import { readAll } from "../shared/storage/segment-storage.ts";
import { type AwaitDeps, findMade } from "./await-object.ts";
import type { Waiting } from "./doors/wait-limits.ts";
import type { DoneJob } from "./job-desk.ts";
import { notFound } from "./problem.ts";
import { softwareTwin } from "./software-twin.ts";
import type { KnownOriginal, KnownTitle, TitlePlans } from "./title-plans.ts";

/** Who asks for a title: a request. */
type Asker = Pick<Request, "signal">;

type CatalogDeps = Omit<AwaitDeps, "desk"> & {
  /** From where titles may come besides the media folder. */
  readonly sourceHosts: SourceHosts;
};

/** Titles by path, planned from what a worker found out about their sources. */
export class TitleCatalog {
  readonly #deps: CatalogDeps;
  readonly #options: PlanOptions;
  readonly #plans: TitlePlans;

  /** @param plans those that are known; they were made with the same options. */
  constructor(deps: CatalogDeps, options: PlanOptions, plans: TitlePlans) {
    this.#deps = deps;
    this.#options = options;
    this.#plans = plans;
  }

  /**
   * The title as its source is now.
   * With what lies beside it, too.
   * @param desk where to wait for what a worker finds out.
   * @param asker whose signal is looked at only where it has to wait: making one takes a server its time.
   */
  async open(path: string, desk: Waiting, asker: Asker): Promise<Title> {
    // Workers see to it as well: this is so that no work is queued for what none of them would fetch.
    if (isRemotePath(path)) remoteUrl(path, this.#deps.sourceHosts);
    const { signal } = asker;
    const job = probeJob(path, this.#options);
    const done = await desk.wait(job, signal);
    const planned = (await this.#plans.ofSource(done.meta)) ?? (await this.#plan(job, done, desk, signal));
    const title = await softwareTwin(planned, this.#deps.storage, signal);
    this.#plans.remember(title);
    return title;
  }

  /** The title that a playlist handed out under this key. What lies beside it may be of another revision. */
  async openKey(path: string, key: string, desk: Waiting, asker: Asker): Promise<Title> {
    const known = await this.#plans.ofKey(key);
    const title = known?.source.path === path ? known : await this.open(path, desk, asker);
    if (title.key === key) return title;
    throw notFound(
      `“${path}” was replaced or is planned otherwise now: load its playlist anew.`,
      "source-changed",
    );
  }

  /** What is known of the original picture; undefined where somebody still has to look into it. */
  async findOriginal(title: Title, { signal }: Asker): Promise<KnownOriginal | undefined> {
    // Whatever keeps storage from answering: the rungs can be listed without it.
    const read = () => this.#readOriginal(title, signal).catch(() => undefined);
    return this.#plans.originalOf(title.key) ?? (await read());
  }

  /** What is known of a title that was opened before; undefined for others, which stay unprobed. */
  known(path: string): KnownTitle | undefined {
    return this.#plans.ofPath(path);
  }

  async #readOriginal(title: Title, signal: AbortSignal): Promise<KnownOriginal | undefined> {
    const { video } = title.source;
    const reason = video ? notCopied(video) : "There is no picture.";
    const found = reason ? ({ kind: "unavailable", reason } as const) : await this.#readIndex(title, signal);
    if (found) this.#plans.rememberOriginal(title.key, found);
    return found;
  }

  async #readIndex(title: Title, signal: AbortSignal): Promise<KnownOriginal | undefined> {
    const object = await this.#deps.storage.find(assetObject(title.key, ORIGINAL_INDEX), signal);
    if (!object) return undefined;
    const index = originalIndexSchema.parse(JSON.parse(new TextDecoder().decode(await readAll(object))));
    return index.kind === "unavailable" ? index : planOriginal(title, index);
  }

  async #plan(job: ProbeJob, done: DoneJob, desk: Waiting, signal: AbortSignal): Promise<Title> {
    const deps = { ...this.#deps, desk };
    const object = await findMade(sourceInfoObject(done.meta), job, done.token, deps, signal);
    const text = new TextDecoder().decode(await readAll(object));
    return planTitle(sourceInfoSchema.parse(JSON.parse(text)), this.#options);
  }
}
