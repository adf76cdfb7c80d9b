/** Lets the jobs of runs leave for those who wait for them, if need be a while after they have begun to wait. */
export class RunExits {
  /** From when on a job leaves once it is awaited, on the clock of `performance.now()`. */
  readonly #opensAt = new Map<string, number>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #leave: (id: string) => void;

  /** @param leave takes a job out of its run. */
  constructor(leave: (id: string) => void) {
    this.#leave = leave;
  }

  /**
   * A run begins.
   * @param ids of its jobs: whoever reads on waits for the first, and gets all the others with it when the run ends.
   * Who waits for another one has jumped there, and is not kept waiting for what lies before.
   * @param plannedMs how long the run should take. When it takes longer, nobody waits for its first either.
   */
  begin(ids: readonly string[], plannedMs: number): void {
    for (const [position, id] of ids.entries())
      this.#opensAt.set(id, position === 0 ? performance.now() + plannedMs : Number.NEGATIVE_INFINITY);
  }

  /** Somebody waits for a job, be it in a run or not. */
  awaited(id: string): void {
    const opensAt = this.#opensAt.get(id);
    if (opensAt === undefined || this.#timers.has(id)) return;
    const wait = Math.max(0, opensAt - performance.now());
    if (wait === 0) this.#leave(id);
    else this.#timers.set(id, setTimeout(this.#leave, wait, id));
  }

  /** A job is done, or has left. */
  end(id: string): void {
    this.#opensAt.delete(id);
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }
}
