export interface WorkPlacesDeps {
  readonly count: number;
  /** Told how many are taken, whenever that changes. */
  readonly onChange: (taken: number) => void;
  /** Called when one is free again. */
  readonly onFree: () => void;
}

/** Where a job or a run is under way each. One more may be taken than there are. */
export class WorkPlaces {
  readonly #deps: WorkPlacesDeps;
  readonly #taken = new Set<Promise<unknown>>();

  constructor(deps: WorkPlacesDeps) {
    this.#deps = deps;
  }

  /** Below 0 while more are taken than there are. */
  get free(): number {
    return this.#deps.count - this.#taken.size;
  }

  /** Takes one up until the work is over, which must not fail. */
  take(work: Promise<unknown>): void {
    const { onChange, onFree } = this.#deps;
    const place = work.finally(() => {
      this.#taken.delete(place);
      onChange(this.#taken.size);
      onFree();
    });
    this.#taken.add(place);
    onChange(this.#taken.size);
  }

  /** Resolves once none is taken, by what is begun meanwhile neither. */
  async allFree(): Promise<void> {
    while (this.#taken.size > 0) await Promise.all(this.#taken);
  }
}
