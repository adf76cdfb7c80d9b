import { posterUrl, type Title } from "./api.ts";
import { element } from "./dom.ts";
import { formatDuration, formatKind } from "./format.ts";
import type { PosterLoader } from "./poster-loader.ts";
import { watchHash } from "./route.ts";
import type { Position } from "./watched-positions.ts";

/** A title in the library: its picture, and what is known of it. */
export class TitleCard {
  readonly title: Title;
  /** A list item with a link. */
  readonly item: HTMLElement;
  readonly #duration = element("span", "duration");
  readonly #watched = element("span", "watched");

  constructor(title: Title, posters: PosterLoader) {
    this.title = title;
    const image = element("img", "poster");
    image.alt = "";
    const tile = element("span", "tile", image, this.#duration, this.#watched);
    tile.style.setProperty("--hue", String(hueOf(title.path)));
    const words = element("span", "words", element("span", "name", title.name));
    words.append(element("span", "facts", formatKind(title.path)));
    const link = element("a", "card", tile, words);
    link.href = watchHash(title.path);
    this.item = element("li", "", link);
    posters.add(image, posterUrl(title));
    this.showDuration(title.durationMs);
  }

  showDuration(durationMs: number | undefined): void {
    this.#duration.hidden = durationMs === undefined;
    if (durationMs !== undefined) this.#duration.textContent = formatDuration(durationMs);
  }

  /** How much of it was watched, unless nothing was. */
  showPosition(position: Position | undefined): void {
    this.#watched.hidden = position === undefined;
    if (!position) return;
    const percent = Math.round((100 * position.at) / position.of);
    this.#watched.style.setProperty("--watched", `${percent}%`);
    this.#watched.replaceChildren(element("span", "visually-hidden", `${percent} % watched`));
  }
}

/** A stable tint for each title, so that cards are told apart before their pictures are there. */
function hueOf(text: string): number {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return hash;
}
