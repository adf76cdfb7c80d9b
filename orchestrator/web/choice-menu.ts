import type { MediaChromeMenu, MediaChromeMenuItem } from "media-chrome/menu";
import { byId, element } from "./dom.ts";

export type Choice = {
  readonly value: string;
  readonly label: string;
  /** What the settings say while the menu is closed; the label unless it is given. */
  readonly short?: string;
};

/** One of the menus in the player's settings. It is there while there is something to choose. */
export class ChoiceMenu {
  /** Told what the viewer chose. */
  onChoose: (value: string) => void = () => undefined;
  readonly #entry: HTMLElement;
  readonly #menu: MediaChromeMenu;
  #marking = false;

  /** @param id of the menu in index.html; its entry in the settings is its parent. */
  constructor(id: string) {
    this.#menu = byId(id, HTMLElement) as MediaChromeMenu;
    this.#entry = this.#menu.parentElement!;
    this.#menu.addEventListener("change", () => {
      if (!this.#marking) this.onChoose(this.#menu.value);
    });
  }

  show(choices: readonly Choice[], chosen: string): void {
    this.#entry.hidden = choices.length < 2;
    const items = this.#items();
    const isSame =
      items.length === choices.length && choices.every(({ value }, k) => items[k]!.value === value);
    // New words in the items that are there: replacing them would close a menu that is open.
    if (isSame) for (const [k, choice] of choices.entries()) label(items[k]!, choice);
    else this.#replace(items, choices, chosen);
    this.mark(chosen);
  }

  mark(chosen: string): void {
    this.#marking = true;
    this.#menu.value = chosen;
    this.#marking = false;
    // The entry reads the chosen item's words when it hears of an item.
    this.#menu.dispatchEvent(new CustomEvent("addmenuitem"));
  }

  clear(): void {
    this.onChoose = () => undefined;
    this.show([], "");
  }

  #items(): readonly MediaChromeMenuItem[] {
    return [...this.#menu.querySelectorAll<MediaChromeMenuItem>("media-chrome-menu-item")];
  }

  #replace(old: readonly HTMLElement[], choices: readonly Choice[], chosen: string): void {
    for (const item of old) item.remove();
    for (const choice of choices) {
      const item = document.createElement("media-chrome-menu-item") as MediaChromeMenuItem;
      item.type = "radio";
      item.value = choice.value;
      item.checked = choice.value === chosen;
      item.append(element("span", ""));
      label(item, choice);
      this.#menu.append(item);
    }
  }
}

function label(item: MediaChromeMenuItem, choice: Choice): void {
  item.firstElementChild!.textContent = choice.label;
  item.dataset.description = choice.short ?? choice.label;
}
