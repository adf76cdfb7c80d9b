import type { FleetView } from "../../../shared/fleet/fleet-view.ts";
import { byId, element } from "../dom.ts";
import { callApi } from "./call-api.ts";

/** What one can choose from at a time; whoever has more types a part of the path. */
const MOST_TITLES = 2000;
/** Titles at work that are offered as buttons. */
const MOST_ACTIVE = 6;

/** Which title's segments are shown: one that is chosen, else the first that somebody works on. */
export class TitlePicker {
  readonly #input = byId("picker", HTMLInputElement);
  readonly #list = byId("titles", HTMLDataListElement);
  readonly #active = byId("active", HTMLDivElement);
  readonly #onPick: (path: string) => void;
  #known: ReadonlySet<string> = new Set();
  #path: string | undefined;

  constructor(onPick: (path: string) => void) {
    this.#onPick = onPick;
    this.#input.addEventListener("input", () => {
      if (this.#known.has(this.#input.value)) this.pick(this.#input.value);
    });
    this.#input.addEventListener("change", () => {
      if (this.#input.value !== "") this.pick(this.#input.value);
    });
  }

  async load(): Promise<void> {
    const { titles = [] } =
      (await callApi<{ readonly titles: readonly { readonly path: string }[] }>(
        "GET",
        "/api/fleet/titles",
      )) ?? {};
    this.#known = new Set(titles.map(({ path }) => path));
    this.#list.replaceChildren(
      ...titles.slice(0, MOST_TITLES).map(({ path }) => {
        const option = element("option", "");
        option.value = path;
        return option;
      }),
    );
  }

  /** That title is shown already. */
  show(path: string): void {
    this.#path = this.#input.value = path;
  }

  pick(path: string): void {
    if (this.#input.value !== path) this.#input.value = path;
    if (path === this.#path) return;
    this.#path = path;
    this.#onPick(path);
  }

  /** Offers what is being made. */
  offer(view: FleetView): void {
    const paths = [...new Set(view.workers.flatMap(({ jobs }) => jobs.flatMap(({ path }) => path ?? [])))];
    if (this.#path === undefined && paths[0] !== undefined) this.pick(paths[0]);
    const others = paths.filter((path) => path !== this.#path).slice(0, MOST_ACTIVE);
    this.#active.hidden = others.length === 0;
    const shown = [...this.#active.querySelectorAll("button")].map(({ textContent }) => textContent);
    // Left alone where nothing changed: somebody may be about to press one.
    if (JSON.stringify(shown) === JSON.stringify(others)) return;
    this.#active.replaceChildren(
      element("span", "", "Also being made:"),
      ...others.map((path) => this.#button(path)),
    );
  }

  #button(path: string): HTMLButtonElement {
    const button = element("button", "chip", path);
    button.type = "button";
    button.addEventListener("click", () => this.pick(path));
    return button;
  }
}
