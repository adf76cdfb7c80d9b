import { type Cue, orderCues, splitLines } from "./cue.ts";
import { parseTiming } from "./cue-times.ts";
import { parseMarkup, SUBRIP_TOKENS } from "./parse-markup.ts";
import { PLAIN } from "./styled-text.ts";

const MARKUP = {
  tokens: SUBRIP_TOKENS,
  style: PLAIN,
  placement: undefined,
  // What positions count in where a file does not say, as in ASS.
  plane: { width: 384, height: 288 },
};

/**
 * Cues of a SubRip file. It has no grammar: what lies between two lines of times is text, empty lines too, but for
 * the number that stands before the next one.
 */
export function parseSubrip(file: string): readonly Cue[] {
  return orderCues(readCues(splitLines(file)));
}

function* readCues(lines: readonly string[]): Generator<Cue> {
  let timing: ReturnType<typeof parseTiming>;
  let text: string[] = [];
  for (const line of lines) {
    const next = parseTiming(line);
    if (!next) {
      text.push(line);
      continue;
    }
    if (timing) yield toCue(timing, withoutNumber(text));
    [timing, text] = [next, []];
  }
  if (timing) yield toCue(timing, text);
}

function toCue(
  { startMs, endMs }: NonNullable<ReturnType<typeof parseTiming>>,
  text: readonly string[],
): Cue {
  return { startMs, endMs, ...parseMarkup(text.join("\n"), MARKUP) };
}

function withoutNumber(text: readonly string[]): readonly string[] {
  return /^\s*\d+\s*$/.test(text.at(-1) ?? "") ? text.slice(0, -1) : text;
}
