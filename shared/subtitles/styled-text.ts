/** What of a text's look is kept. */
export interface TextStyle {
  readonly b: boolean;
  readonly i: boolean;
  readonly u: boolean;
}

/** A piece of text that looks the same from its first character to its last. */
export interface TextRun {
  readonly text: string;
  readonly style: TextStyle;
}

export const PLAIN: TextStyle = { b: false, i: false, u: false };

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Runs as WebVTT cue text. A tag that isn't the innermost can't be closed, so a change closes all of them. */
export function formatRuns(runs: readonly TextRun[]): string {
  let text = "";
  let open: readonly string[] = [];
  for (const run of runs) {
    const tags = (["b", "i", "u"] as const).filter((tag) => run.style[tag]);
    if (tags.join() !== open.join()) {
      text += closing(open) + tags.map((tag) => `<${tag}>`).join("");
      open = tags;
    }
    text += run.text.replace(/[&<>]/g, (character) => ESCAPES[character]!);
  }
  return text + closing(open);
}

function closing(tags: readonly string[]): string {
  return tags
    .map((tag) => `</${tag}>`)
    .reverse()
    .join("");
}
