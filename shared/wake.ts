/** A latch between those who announce work and the one loop that waits for it: no announcement is missed. */
export class Wake {
  #notified = false;
  #resolve: (() => void) | undefined;

  notify(): void {
    this.#notified = true;
    this.#resolve?.();
  }

  /**
   * Resolves at the next notification, at once if one came since the last wait, or after `timeoutMs`.
   * @returns whether there was one.
   */
  async wait(timeoutMs: number): Promise<boolean> {
    if (!this.#notified) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
        timer = setTimeout(resolve, timeoutMs);
      });
      clearTimeout(timer);
      this.#resolve = undefined;
    }
    const wasNotified = this.#notified;
    this.#notified = false;
    return wasNotified;
  }
}
