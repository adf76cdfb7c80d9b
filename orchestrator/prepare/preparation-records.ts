import * as z from "zod";
import { type Preparation, preparationSchema } from "../../shared/api/preparation.ts";
import type { Log } from "../../shared/log.ts";
import type { RecordStore } from "../../shared/storage/record-store.ts";

/** What somebody asked for. Written by whoever asks or cancels. */
const wishSchema = preparationSchema
  .pick({
    id: true,
    path: true,
    titleKey: true,
    rungs: true,
    from: true,
    to: true,
    total: true,
    startedAt: true,
  })
  .extend({ cancelledAt: z.iso.datetime().exactOptional() });

/** How far it is. Written by the one orchestrator that sees to it. */
const progressSchema = preparationSchema
  .pick({ startedAt: true, made: true, endedAt: true, problem: true })
  .extend({
    state: z.enum(["running", "done", "failed"]),
    /** Who sees to it; absent where somebody else may. */
    owner: z.string().exactOptional(),
    /** Grows with every time that it is written: where it stands still, the owner is gone. */
    beat: z.int(),
  });

export type Wish = z.infer<typeof wishSchema>;
export type Progress = z.infer<typeof progressSchema>;

/** A preparation as storage knows it. */
export interface KnownPreparation {
  readonly wish: Wish;
  /** None where nobody has begun with what was asked for. */
  readonly progress: Progress | undefined;
}

const WISH = ".wish.json";
const PROGRESS = ".progress.json";
const ID = /^[0-9a-f]{32}$/;

/** Preparations in storage: two records each, so that nobody who asks and nobody who makes writes over the other. */
export class PreparationRecords {
  readonly #records: RecordStore;
  readonly #log: Log;

  constructor(records: RecordStore, log: Log) {
    this.#records = records;
    this.#log = log;
  }

  async list(signal?: AbortSignal): Promise<readonly KnownPreparation[]> {
    const names = await this.#records.list(signal);
    const known: KnownPreparation[] = [];
    for (const name of names) {
      const found = name.endsWith(WISH) ? await this.find(name.slice(0, -WISH.length), signal) : undefined;
      if (found) known.push(found);
    }
    return known;
  }

  async find(id: string, signal?: AbortSignal): Promise<KnownPreparation | undefined> {
    if (!ID.test(id)) return undefined;
    const wish = await this.#read(`${id}${WISH}`, wishSchema, signal);
    if (!wish) return undefined;
    const progress = await this.#read(`${id}${PROGRESS}`, progressSchema, signal);
    // What is left of an earlier time says nothing of this one.
    return { wish, progress: progress?.startedAt === wish.startedAt ? progress : undefined };
  }

  writeWish(wish: Wish): Promise<void> {
    return this.#records.write(`${wish.id}${WISH}`, JSON.stringify(wish));
  }

  writeProgress(id: string, progress: Progress): Promise<void> {
    return this.#records.write(`${id}${PROGRESS}`, JSON.stringify(progress));
  }

  async remove(id: string): Promise<void> {
    await this.#records.remove(`${id}${PROGRESS}`);
    await this.#records.remove(`${id}${WISH}`);
  }

  async #read<T>(name: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T | undefined> {
    const text = await this.#records.read(name, signal);
    if (text === undefined) return undefined;
    try {
      return schema.parse(JSON.parse(text));
    } catch (error) {
      this.#log.warn({ record: name, error: String(error) }, "a record of a preparation makes no sense");
      return undefined;
    }
  }
}

/** The preparation as it is told to whoever asks. */
export function describePreparation({ wish, progress }: KnownPreparation): Preparation {
  const { cancelledAt, ...asked } = wish;
  const common = { ...asked, made: progress?.made ?? 0 };
  // It may have come too late.
  if (cancelledAt !== undefined && !progress?.endedAt)
    return { ...common, state: "cancelled", endedAt: cancelledAt };
  if (!progress) return { ...common, state: "queued" };
  const { state, endedAt, problem } = progress;
  return { ...common, state, ...(endedAt && { endedAt }), ...(problem && { problem }) };
}
