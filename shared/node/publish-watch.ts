import type { PublishStages } from "../telemetry.ts";

/** Times the stages of one publication: each lasts from the end of the one before. */
export class PublishWatch {
  readonly #begunAt = performance.now();
  readonly #stages = { write: 0, fsync: 0, link: 0 };
  #lapAt = this.#begunAt;

  end(stage: keyof PublishStages): void {
    const now = performance.now();
    this.#stages[stage] += now - this.#lapAt;
    this.#lapAt = now;
  }

  get stages(): PublishStages {
    return this.#stages;
  }

  get ms(): number {
    return performance.now() - this.#begunAt;
  }
}
