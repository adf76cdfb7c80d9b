/** Lets the jobs of runs leave for those who wait for them, if need be a while after they have begun to wait. */
export class RunExits {
  /** From when on a job leaves once it is awaited, on the clock of `performance.now()`; never while it is in no run. */
  readonly #opensAt = new Map<string, number>();
  readonly #awaited = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #leave: (id: string) => void;

  /** @param leave takes a job out of its run. */
  constructor(leave: (id: string) => void) {
    this.#leave = leave;
  }

  /** A job is held, which may come into a run; what an earlier lease of it left behind counts no more. */
  hold(id: string): void {
    this.end(id);
    this.#opensAt.set(id, Number.POSITIVE_INFINITY);
  }

  /**
   * A run of jobs that are held begins.
   * @param rungs ids of its jobs, by rung: whoever reads on waits for the first of a rung, and gets the others with it
   * when the run ends. Who waits for another one has jumped there, and is not kept waiting for what lies before.
   * @param plannedMs how long the run should take. When it takes longer, nobody waits for the first ones either.
   */
  begin(rungs: readonly (readonly string[])[], plannedMs: number): void {
    for (const [position, id] of rungs.flatMap((ids) => [...ids.entries()])) {
      this.#opensAt.set(id, position === 0 ? performance.now() + plannedMs : Number.NEGATIVE_INFINITY);
      if (this.#awaited.has(id)) this.awaited(id);
    }
  }

  /** Somebody waits for a job, be it in a run or not. */
  awaited(id: string): void {
    const opensAt = this.#opensAt.get(id);
    if (opensAt === undefined || this.#timers.has(id)) return;
    this.#awaited.add(id);
    if (opensAt === Number.POSITIVE_INFINITY) return;
    const wait = Math.max(0, opensAt - performance.now());
    if (wait === 0) this.#leave(id);
    else this.#timers.set(id, setTimeout(this.#leave, wait, id));
  }

  /** A job is done, or has left. */
  end(id: string): void {
    this.#opensAt.delete(id);
    this.#awaited.delete(id);
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }
}
