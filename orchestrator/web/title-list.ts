import { fetchTitles, type Title } from "./api.ts";
import { byId, element } from "./dom.ts";
import { groupTitles, matchesQuery, type TitleGroup } from "./group-titles.ts";
import { PosterLoader } from "./poster-loader.ts";
import { ProblemError } from "./problem.ts";
import { TitleCard } from "./title-card.ts";
import { readPositions } from "./watched-positions.ts";

type Section = { readonly section: HTMLElement; readonly cards: readonly TitleCard[] };

/** The library: cards that are filtered as the viewer types. */
export class TitleList {
  readonly #search = byId("search", HTMLInputElement);
  readonly #noMatch = element("p", "no-match", "No title has that in its name or folder.");
  #sections: readonly Section[] = [];
  #posters = new PosterLoader();

  constructor() {
    this.#search.addEventListener("input", () => this.#filter());
    document.addEventListener("keydown", (event) => this.#followKey(event));
  }

  show(titles: readonly Title[]): void {
    this.#posters.close();
    this.#posters = new PosterLoader();
    this.#posters.onIdle = () => void this.#refreshDurations();
    this.#sections = groupTitles(titles).map((group) => renderGroup(group, this.#posters));
    const sections = this.#sections.map(({ section }) => section);
    byId("groups", HTMLDivElement).replaceChildren(...sections, this.#noMatch);
    this.showPositions();
    this.#filter();
  }

  /** Anew: a title may have been watched since. */
  showPositions(): void {
    const positions = readPositions();
    for (const card of this.#cards()) card.showPosition(positions.get(card.title.path));
  }

  #cards(): readonly TitleCard[] {
    return this.#sections.flatMap(({ cards }) => cards);
  }

  /** Whoever made a poster has looked into the film, and knows how long it is. */
  async #refreshDurations(): Promise<void> {
    if (this.#cards().every(({ title }) => title.durationMs !== undefined)) return;
    try {
      const durations = new Map((await fetchTitles()).map(({ path, durationMs }) => [path, durationMs]));
      for (const card of this.#cards())
        card.showDuration(durations.get(card.title.path) ?? card.title.durationMs);
    } catch (thrown) {
      if (!(thrown instanceof ProblemError)) throw thrown; // the list that is shown is good enough
    }
  }

  #filter(): void {
    const query = this.#search.value;
    const shown = this.#sections.reduce((sum, section) => sum + filterSection(section, query), 0);
    const total = this.#cards().length;
    this.#noMatch.hidden = shown > 0;
    byId("count", HTMLParagraphElement).textContent =
      shown === total ? countOf(total) : `${shown} of ${countOf(total)}`;
  }

  /** `/` goes to the search, Escape empties it. */
  #followKey(event: KeyboardEvent): void {
    const search = this.#search;
    if (search.checkVisibility() === false) return;
    if (event.key === "Escape" && event.target === search) {
      search.value = "";
      this.#filter();
    }
    const isTyped =
      event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey;
    if (event.key !== "/" || isTyped) return;
    event.preventDefault();
    search.focus();
    search.select();
  }
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

function renderGroup({ folders, titles }: TitleGroup, posters: PosterLoader): Section {
  const cards = titles.map((title) => new TitleCard(title, posters));
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

function countOf(count: number): string {
  return count === 1 ? "1 title" : `${count} titles`;
}
