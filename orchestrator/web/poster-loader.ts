/** Posters that are asked for at a time: each may be an encode. */
const AT_ONCE = 3;
/** How far outside of the window a poster is worth asking for. */
const MARGIN = "200px 0px";

/**
 * Fills images as they come into view, a few at a time. What goes out of view before its turn is let go of, and
 * so is what is under way: an encode that nobody waits for any more ends. What failed is tried when it comes
 * into view again.
 */
export class PosterLoader {
  /** Told when all that is in view is there, or failed. */
  onIdle: () => void = () => undefined;
  readonly #observer = new IntersectionObserver((entries) => this.#follow(entries), { rootMargin: MARGIN });
  readonly #urls = new WeakMap<Element, string>();
  readonly #waiting = new Set<HTMLImageElement>();
  readonly #loading = new Set<HTMLImageElement>();

  add(image: HTMLImageElement, url: string): void {
    this.#urls.set(image, url);
    image.addEventListener("load", () => this.#settle(image, true));
    image.addEventListener("error", () => this.#settle(image, false));
    // A hidden image has no place; its frame has.
    this.#observer.observe(image.parentElement!);
  }

  close(): void {
    this.#observer.disconnect();
    for (const image of this.#loading) image.removeAttribute("src");
    this.#waiting.clear();
    this.#loading.clear();
  }

  #follow(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const image = target.querySelector("img");
      if (!image || image.dataset.loaded !== undefined) continue;
      if (isIntersecting) this.#waiting.add(image);
      else this.#letGo(image);
    }
    this.#next();
  }

  #letGo(image: HTMLImageElement): void {
    this.#waiting.delete(image);
    if (this.#loading.delete(image)) image.removeAttribute("src");
  }

  #next(): void {
    for (const image of this.#waiting) {
      if (this.#loading.size >= AT_ONCE) return;
      this.#waiting.delete(image);
      this.#loading.add(image);
      image.src = this.#urls.get(image)!;
    }
  }

  #settle(image: HTMLImageElement, isThere: boolean): void {
    if (!this.#loading.delete(image)) return;
    if (isThere) image.dataset.loaded = "";
    this.#next();
    if (this.#loading.size === 0) this.onIdle();
  }
}
