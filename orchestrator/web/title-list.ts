import type { Title } from "./api.ts";
import { byId, element } from "./dom.ts";
import { formatDuration, formatKind } from "./format.ts";
import { groupTitles, matchesQuery, type TitleGroup } from "./group-titles.ts";
import { watchHash } from "./route.ts";

type Card = { readonly title: Title; readonly item: HTMLElement };
type Section = { readonly section: HTMLElement; readonly cards: readonly Card[] };

/** Fills the library with cards, and filters them as the viewer types. */
export function showTitles(titles: readonly Title[]): void {
  const search = byId("search", HTMLInputElement);
  const sections = groupTitles(titles).map(renderGroup);
  const noMatch = element("p", "no-match", "No title has that in its name or folder.");
  byId("groups", HTMLDivElement).replaceChildren(...sections.map(({ section }) => section), noMatch);

  const filter = (): void => {
    const shown = sections.reduce((sum, section) => sum + filterSection(section, search.value), 0);
    noMatch.hidden = shown > 0;
    byId("count", HTMLParagraphElement).textContent =
      shown === titles.length ? countOf(titles.length) : `${shown} of ${countOf(titles.length)}`;
  };
  search.oninput = filter;
  filter();
}

function filterSection({ section, cards }: Section, query: string): number {
  let shown = 0;
  for (const { title, item } of cards) {
    item.hidden = !matchesQuery(title, query);
    if (!item.hidden) shown++;
  }
  section.hidden = shown === 0;
  return shown;
}

function renderGroup({ folders, titles }: TitleGroup): Section {
  const cards = titles.map((title) => ({ title, item: renderCard(title) }));
  const list = element("ul", "cards", ...cards.map(({ item }) => item));
  list.setAttribute("role", "list"); // Safari drops the role of a list without bullets
  const section = element("section", "group");
  if (folders.length > 0) section.append(renderTrail(folders));
  section.append(list);
  return { section, cards };
}

/** The folder's heading: `films › shorts`, the last name in full strength. */
function renderTrail(folders: readonly string[]): HTMLElement {
  const heading = element("h2", "trail");
  for (const [depth, name] of folders.entries()) {
    const separator = element("span", "separator", "›");
    separator.setAttribute("aria-hidden", "true");
    if (depth > 0) heading.append(" ", separator, " ");
    heading.append(element("span", depth === folders.length - 1 ? "here" : "", name));
  }
  return heading;
}

function renderCard(title: Title): HTMLElement {
  const tile = element("span", "tile");
  tile.setAttribute("aria-hidden", "true");
  tile.style.setProperty("--hue", String(hueOf(title.path)));
  const facts = element("span", "facts", formatKind(title.path));
  if (title.durationMs !== undefined) {
    facts.append(element("span", "duration", formatDuration(title.durationMs)));
  }
  const link = element(
    "a",
    "card",
    tile,
    element("span", "words", element("span", "name", title.name), facts),
  );
  link.href = watchHash(title.path);
  return element("li", "", link);
}

/** A stable tint for each title, so that cards are told apart at a glance. */
function hueOf(text: string): number {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return hash;
}

function countOf(count: number): string {
  return count === 1 ? "1 title" : `${count} titles`;
}
