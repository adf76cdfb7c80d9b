import { byId, element } from "../dom.ts";

const MEANINGS = [
  ["made", "made"],
  ["claimed", "being made, with its worker's letter"],
  ["queued", "waits for a worker"],
  ["silent", "its worker does not answer"],
  ["missing", "not made"],
] as const;

export function showLegend(): void {
  byId("legend", HTMLUListElement).replaceChildren(
    ...MEANINGS.map(([state, words]) => {
      const sample = element(
        "span",
        `sample ${state}`,
        state === "claimed" ? "A" : state === "silent" ? "×" : "",
      );
      sample.ariaHidden = "true";
      return element("li", "", sample, words);
    }),
  );
}
