import type { MediaController } from "media-chrome";

/** Elements with keys of their own. */
const CONTROLS = "a, button, input, select, textarea, [role=button], [role=menu]";
const SCROLLING = [" ", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];

/** The player's keys work wherever the focus is on the page, as long as nothing else has a use for them. */
export function bindPlayerKeys(
  controller: MediaController,
  isWatching: () => boolean,
  own: Readonly<Record<string, () => void>>,
): void {
  document.addEventListener("keydown", (event) => {
    if (!isWatching() || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    const action = own[event.key];
    if (action && !target.closest("input, select, textarea")) {
      action();
      return;
    }
    // Within it, the player listens itself.
    if (controller.contains(target) || target.closest(CONTROLS)) return;
    if (SCROLLING.includes(event.key)) event.preventDefault();
    controller.keyboardShortcutHandler(event);
  });
}
