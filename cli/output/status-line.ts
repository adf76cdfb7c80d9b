const LOOK_EVERY_MS = 100;

/** A line on a terminal that is written over, or nothing where nobody looks. */
export class StatusLine {
  readonly #stream: NodeJS.WriteStream;
  #shownAt = 0;
  #isShown = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(text: string): void {
    const now = performance.now();
    if (!this.#stream.isTTY || now - this.#shownAt < LOOK_EVERY_MS) return;
    this.#shownAt = now;
    this.#isShown = true;
    this.#stream.write(`\r\u001b[K${text.slice(0, (this.#stream.columns || 80) - 1)}`);
  }

  clear(): void {
    if (this.#isShown) this.#stream.write("\r\u001b[K");
    this.#isShown = false;
  }
}
