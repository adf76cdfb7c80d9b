import type { Announcement, RequestOutcome } from "../shared/lease/lease-store.ts";

/** How a job ended: as whoever asks is told, and whoever listens. */
export type AnnouncedEnd = Extract<RequestOutcome, { kind: "done" | "dead" }>;

/** Announcements may be lost: whoever listens asks again this often, which also keeps the job from lapsing. */
const POLL_MS = 1000;

/** Who listens for the ends of jobs; one for each job. */
export class JobEnds {
  readonly #listeners = new Map<string, (end?: AnnouncedEnd) => void>();

  /**
   * `next` settles when the job's end is announced, and without one when it is time to ask again; it rejects with the
   * signal's reason.
   */
  listen(
    id: string,
    signal: AbortSignal,
  ): { readonly next: Promise<AnnouncedEnd | undefined>; dispose(): void } {
    let dispose = () => {};
    const next = new Promise<AnnouncedEnd | undefined>((resolve, reject) => {
      const timer = setTimeout(() => resolve(undefined), POLL_MS);
      const onAbort = () => reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#listeners.set(id, resolve);
      dispose = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        // A later order for the same job listens under the same id.
        if (this.#listeners.get(id) === resolve) this.#listeners.delete(id);
      };
    });
    next.catch(() => {});
    return { next, dispose };
  }

  hear(announcement: Announcement): void {
    if (announcement.kind === "done" || announcement.kind === "dead")
      this.#listeners.get(announcement.id)?.(announcement);
    // What was announced until now went unheard: everybody asks again.
    if (announcement.kind === "connected") for (const wake of this.#listeners.values()) wake();
  }
}
