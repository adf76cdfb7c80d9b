import type { Log } from "../shared/log.ts";

/** A program's own functions that are told of something. */
export class Listeners<Event> {
  readonly #listeners = new Set<(event: Event) => void>();

  get size(): number {
    return this.#listeners.size;
  }

  /** @returns what takes it off again. */
  add(listener: (event: Event) => void): () => void {
    const own = (event: Event) => listener(event);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** One that throws keeps nobody from his film. */
  tell(event: Event, log: Log): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        log.error({ error: error instanceof Error ? error.stack : String(error) }, "a listener failed");
      }
    }
  }
}
