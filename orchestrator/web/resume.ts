import { button, byId, element } from "./dom.ts";
import { formatDuration } from "./format.ts";
import { readPositions, rememberPosition } from "./watched-positions.ts";

const SAVE_EVERY_S = 5;
/** How long the notice offers to start over. */
const NOTICE_MS = 12_000;

/** Remembers how far a title was watched, and says so when it begins there. */
export class Resume {
  readonly #video: HTMLVideoElement;
  readonly #notice = byId("resumed", HTMLElement);
  #path: string | undefined;
  #savedAt = 0;
  #opening = new AbortController();
  #timer: number | undefined;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
    video.addEventListener("timeupdate", () => {
      if (Math.abs(video.currentTime - this.#savedAt) >= SAVE_EVERY_S) this.#save();
    });
    for (const event of ["pause", "seeked", "ended"]) video.addEventListener(event, () => this.#save());
    window.addEventListener("pagehide", () => this.#save());
  }

  /** @returns the second at which the title begins. */
  open(path: string): number {
    const at = readPositions().get(path)?.at ?? 0;
    this.#savedAt = at;
    this.#opening = new AbortController();
    // Not before it plays there: what comes before is the video's own beginning.
    const once = { once: true, signal: this.#opening.signal };
    this.#video.addEventListener("playing", () => this.#begin(path, at), once);
    return at;
  }

  /** Before the video is taken from the title. */
  close(): void {
    this.#save();
    this.#path = undefined;
    this.#opening.abort();
    this.#hide();
  }

  #begin(path: string, at: number): void {
    this.#path = path;
    if (at === 0) return;
    const again = button("Start over", () => {
      this.#video.currentTime = 0;
      this.#hide();
      this.#video.focus();
    });
    this.#notice.replaceChildren(element("span", "", `Resumed at ${formatDuration(at * 1000)}`), again);
    this.#notice.hidden = false;
    this.#timer = self.setTimeout(() => this.#hide(), NOTICE_MS);
  }

  #hide(): void {
    self.clearTimeout(this.#timer);
    this.#notice.hidden = true;
  }

  #save(): void {
    const { currentTime: at, duration: of, ended } = this.#video;
    if (this.#path === undefined || !Number.isFinite(of)) return;
    this.#savedAt = at;
    rememberPosition(this.#path, { at: ended ? of : at, of });
  }
}
