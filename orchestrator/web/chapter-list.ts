import type { Chapter } from "./api.ts";
import { byId, element } from "./dom.ts";
import { formatDuration } from "./format.ts";

/** The chapters below the picture; a click goes there. */
export function showChapters(chapters: readonly Chapter[], seek: (seconds: number) => void): void {
  byId("chapters", HTMLElement).hidden = chapters.length === 0;
  const items = chapters.map(({ startMs, title }) => {
    const begin = element("span", "chapter-time", formatDuration(startMs));
    const button = element("button", "chapter", begin, element("span", "", title));
    button.type = "button";
    button.addEventListener("click", () => seek(startMs / 1000));
    return element("li", "", button);
  });
  byId("chapter-list", HTMLOListElement).replaceChildren(...items);
}
