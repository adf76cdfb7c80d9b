import type { Announcement } from "../shared/lease/lease-store.ts";
import { Wake } from "../shared/wake.ts";

/** Announcements wake a worker; it looks by itself about this often in case one was lost. */
const POLL_MS = 5000;
/** What nobody waits for yet is left, for up to so long, to whichever idle worker asks first. */
const SPREAD_MS = 150;

/**
 * When a worker asks for work: at once where somebody waits, and otherwise only while there may be some. Many
 * workers hear of each new job; all but the first to ask are told that it is gone before they ask, too.
 */
export class ClaimTiming {
  readonly #wake = new Wake();
  #mayFind = true;
  /** Announcements of work so far. */
  #heard = 0;
  #spread: NodeJS.Timeout | undefined;

  /** @param hasRoom whether the worker could do more than it does. */
  hear(announcement: Announcement, hasRoom: boolean): void {
    if (announcement.kind === "drained") this.#calm();
    if (announcement.kind === "connected") this.#expect();
    if (announcement.kind === "queued") {
      this.#expect();
      if (announcement.awaited) this.notify();
      else if (hasRoom) this.#spread ??= setTimeout(() => this.notify(), Math.random() * SPREAD_MS);
    }
    if (announcement.kind === "connected") this.notify();
  }

  /** A job has ended: there is room for another one. */
  jobEnded(): void {
    if (this.#mayFind) this.notify();
  }

  /** To be called before a claim; the answer is for `answered`. */
  asking(): number {
    return this.#heard;
  }

  /** A claim got fewer leases than there was room for: all that was announced before it has been taken. */
  answeredShort(heardBefore: number): void {
    if (heardBefore === this.#heard) this.#calm();
  }

  /** The next claim is due at once. */
  notify(): void {
    this.#clearSpread();
    this.#wake.notify();
  }

  /** Until it makes sense to ask, or it is time to look. */
  async wait(): Promise<void> {
    // Not all at the same moment.
    await this.#wake.wait(POLL_MS * (0.75 + Math.random() / 2));
  }

  close(): void {
    this.#clearSpread();
  }

  #expect(): void {
    this.#heard += 1;
    this.#mayFind = true;
  }

  #calm(): void {
    this.#mayFind = false;
    this.#clearSpread();
  }

  #clearSpread(): void {
    clearTimeout(this.#spread);
    this.#spread = undefined;
  }
}
