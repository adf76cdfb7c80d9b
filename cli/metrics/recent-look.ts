/** How long a look is good for, and how long a scrape waits for one, milliseconds. */
const KEEP_MS = 1000;
const WAIT_MS = 1000;

/**
 * What only a scrape asks for: looked up at most once a second, however many ask, and never waited for without a
 * bound. A look that hangs is not begun again beside itself.
 */
export class RecentLook<Value> {
  readonly #look: (signal: AbortSignal) => Promise<Value>;
  #latest: Promise<Value | undefined> | undefined;
  #isUnderWay = false;
  #begunAt = Number.NEGATIVE_INFINITY;

  constructor(look: (signal: AbortSignal) => Promise<Value>) {
    this.#look = look;
  }

  /** Undefined where it can't be had in time. */
  async value(): Promise<Value | undefined> {
    const now = performance.now();
    if (!this.#latest || (!this.#isUnderWay && now - this.#begunAt >= KEEP_MS)) {
      this.#begunAt = now;
      this.#latest = this.#begin();
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, WAIT_MS, undefined);
    });
    return Promise.race([this.#latest, late]).finally(() => clearTimeout(timer));
  }

  async #begin(): Promise<Value | undefined> {
    this.#isUnderWay = true;
    try {
      return await this.#look(AbortSignal.timeout(WAIT_MS));
    } catch {
      // Whatever keeps it from us is counted where it happens.
      return undefined;
    } finally {
      this.#isUnderWay = false;
    }
  }
}
