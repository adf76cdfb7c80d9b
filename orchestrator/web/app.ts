import { fetchTitles, type Title } from "./api.ts";
import { button, byId, element } from "./dom.ts";
import { renderNotice, renderProblem } from "./notice.ts";
import type { Player } from "./player.ts";
import { type Problem, ProblemError, unreachable } from "./problem.ts";
import { parseRoute, watchHash } from "./route.ts";
import { TitleList } from "./title-list.ts";

type PageState = "loading" | "library" | "empty" | "watching" | "failed";

const library = byId("library", HTMLElement);
const watch = byId("watch", HTMLElement);
const notice = byId("notice", HTMLDivElement);
const list = new TitleList();
/** Absent until a title is about to be watched: it is most of the page's code. */
let player: Player | undefined;

/** Absent until they have been had once. */
let titles: readonly Title[] | undefined;
/** The list's place while a title plays; null when the page was opened at the title. */
let listScroll: number | null = null;
let watched: string | null = null;

/** Shows one of the three parts of the page. The state on <html> is there to be observed. */
function show(state: PageState, part: HTMLElement): void {
  document.documentElement.dataset.state = state;
  for (const each of [library, watch, notice]) each.hidden = each !== part;
  const place = byId("to-library", HTMLAnchorElement);
  if (state === "library") place.setAttribute("aria-current", "page");
  else place.removeAttribute("aria-current");
}

async function loadPlayer(): Promise<Player> {
  try {
    const module = await import("./player.ts");
    player ??= new module.Player();
    return player;
  } catch (cause) {
    throw new ProblemError(unreachable, { cause });
  }
}

async function openPlayer(title: Title): Promise<void> {
  try {
    const loaded = await loadPlayer();
    if (watched === title.path && !watch.hidden) loaded.open(title);
  } catch (thrown) {
    if (!(thrown instanceof ProblemError)) throw thrown;
    if (watched === title.path) showFailure(thrown.problem);
  }
}

/** For what will be needed in a moment, and is loaded again then should this fail. */
function loadPlayerEarly(): void {
  loadPlayer().catch(() => undefined);
}

function showFailure(problem: Problem): void {
  const again = button("Try again", () => void loadTitles());
  showNotice("failed", renderProblem(problem, again));
}

function showNotice(state: PageState, content: HTMLElement): void {
  // It is all of the page then, so its heading is the page's.
  content.querySelector("h2")?.setAttribute("aria-level", "1");
  notice.replaceChildren(content);
  show(state, notice);
}

async function loadTitles(): Promise<void> {
  const looking = element("p", "loading", "Looking through the media folder…");
  looking.setAttribute("role", "status");
  showNotice("loading", looking);
  try {
    titles = await fetchTitles();
  } catch (thrown) {
    if (!(thrown instanceof ProblemError)) throw thrown;
    showFailure(thrown.problem);
    return;
  }
  list.show(titles);
  followRoute(titles);
}

function followRoute(known: readonly Title[]): void {
  const route = parseRoute(location.hash);
  if (route.kind === "watch") showWatch(known, route.path);
  else showLibrary(known);
}

function showWatch(known: readonly Title[], path: string): void {
  const title = known.find((each) => watchHash(each.path) === watchHash(path));
  if (!library.hidden) listScroll = window.scrollY;
  watched = title?.path ?? path;
  if (!title) {
    player?.close();
    document.title = "Not found · Seamline";
    const toList = element("a", "button plain", "All titles");
    toList.href = "#/";
    const again = button("Look again", () => void loadTitles());
    const detail = `The media folder has no “${path}”. It may have been moved or renamed.`;
    showNotice("failed", renderNotice("No such title", detail, again, toList));
    return;
  }
  document.title = `${title.name} · Seamline`;
  show("watching", watch);
  void openPlayer(title);
  window.scrollTo(0, 0);
  byId("watch-heading", HTMLHeadingElement).focus({ preventScroll: true });
}

function showLibrary(known: readonly Title[]): void {
  player?.close();
  document.title = "Seamline";
  if (known.length === 0) {
    showNotice("empty", renderEmpty());
    return;
  }
  list.showPositions();
  show("library", library);
  if (watched === null) return;
  const card = library.querySelector(`a[href="${CSS.escape(watchHash(watched))}"]`);
  if (card instanceof HTMLElement) card.focus({ preventScroll: listScroll !== null });
  if (listScroll !== null) window.scrollTo(0, listScroll);
  watched = listScroll = null;
}

function renderEmpty(): HTMLElement {
  return renderNotice(
    "No films yet",
    "Put films (MP4, MKV, MOV, WebM …) into the media folder that this server was started with, MEDIA_DIR; " +
      "sub-folders are fine. Then look again.",
    button("Look again", () => void loadTitles()),
  );
}

// Leaving by the link is going back when the list is one step behind; the history stays short.
byId("back", HTMLAnchorElement).addEventListener("click", (event) => {
  if (listScroll === null) return;
  event.preventDefault();
  history.back();
});
window.addEventListener("hashchange", () => {
  if (titles) followRoute(titles);
});
// Whoever points at a title is about to watch it.
library.addEventListener("pointerover", loadPlayerEarly, { once: true });
history.scrollRestoration = "manual";
if (parseRoute(location.hash).kind === "watch") loadPlayerEarly();
void loadTitles();
