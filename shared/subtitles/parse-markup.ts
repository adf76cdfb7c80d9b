import { applyOverrides, type OverriddenText, type PlaneSize } from "./ass-overrides.ts";
import { toCueText } from "./cue.ts";
import { type Placement, placementSettings, USUAL_PLACEMENT } from "./placement.ts";
import { formatRuns, type TextRun, type TextStyle } from "./styled-text.ts";

/** What a format's text is made of. */
export interface Markup {
  /** By the names of its groups: what is in a `block` of overrides, a `tag` and its `slash`, an escaped `sign`, an `entity`. */
  readonly tokens: RegExp;
  /** How text looks that says nothing. */
  readonly style: TextStyle;
  readonly placement: Placement | undefined;
  readonly plane: PlaneSize;
}

/** `{\an8}`, and `{comments}`; ASS knows no tags. */
export const ASS_TOKENS = /\{(?<block>[^{}]*)\}|\\(?<sign>[Nnh])/g;
/** What SubRip files have besides their few tags came from ASS; entities are of other players' making. */
export const SUBRIP_TOKENS =
  /\{(?<block>\\[^{}]*)\}|<(?<slash>\/?)(?<tag>[bius]|font)(?=[\s>])[^<>]*>|\\(?<sign>[Nnh])|&(?<entity>amp|lt|gt|quot|nbsp|lrm|rlm);/gi;

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: "&", lt: "<", gt: ">", quot: '"' },
  ...{ nbsp: "\u00A0", lrm: "\u200E", rlm: "\u200F" },
};

/** The text of a cue and where it stands, as WebVTT has both. */
export function parseMarkup(
  source: string,
  markup: Markup,
): { readonly settings: string; readonly text: string } {
  const text = toCueText(source);
  const runs: TextRun[] = [];
  let state: OverriddenText = { style: markup.style, placement: undefined, isDrawing: false };
  const put = (piece: string) => {
    if (piece !== "" && !state.isDrawing) runs.push({ text: piece, style: state.style });
  };
  let at = 0;
  for (const token of text.matchAll(markup.tokens)) {
    put(text.slice(at, token.index));
    at = token.index + token[0].length;
    const { block, slash, tag, sign, entity } = token.groups!;
    if (block !== undefined) state = applyOverrides(block, state, markup.style, markup.plane);
    else if (tag) state = { ...state, style: withTag(state.style, tag.toLowerCase(), slash === "") };
    else if (sign) put(sign.toLowerCase() === "h" ? "\u00A0" : "\n");
    else if (entity) put(ENTITIES[entity.toLowerCase()]!);
  }
  put(text.slice(at));
  const placement = state.placement ?? markup.placement ?? USUAL_PLACEMENT;
  return { settings: placementSettings(placement), text: formatRuns(withoutEmptyLines(runs)) };
}

function withTag(style: TextStyle, tag: string, on: boolean): TextStyle {
  return tag in style ? { ...style, [tag]: on } : style;
}

/** Line breaks may stand between runs that hold nothing else. */
function withoutEmptyLines(runs: readonly TextRun[]): readonly TextRun[] {
  const kept: TextRun[] = [];
  let atLineStart = true;
  for (const run of runs) {
    const lines = withoutEmpty(run.text.split("\n"));
    const text: string = atLineStart ? lines.trimStart() : lines;
    if (text === "") continue;
    kept.push({ ...run, text });
    atLineStart = text.endsWith("\n");
  }
  return withoutLineEnds(kept);
}

/** Without the spaces that lines end in, and the line breaks that the text does, over as many runs as they go. */
function withoutLineEnds(runs: readonly TextRun[]): readonly TextRun[] {
  const kept: TextRun[] = [];
  let atLineEnd = true;
  for (const run of runs.toReversed()) {
    const text: string = atLineEnd ? run.text.trimEnd() : run.text;
    if (text === "") continue;
    kept.unshift({ ...run, text });
    atLineEnd = text.startsWith("\n");
  }
  return kept;
}

/** Lines but for empty ones, and for the spaces that they end in; the first and the last may go on in other runs. */
function withoutEmpty(lines: readonly string[]): string {
  const last = lines.length - 1;
  return lines
    .map((line, position) => (position < last ? line.trimEnd() : line))
    .filter((line, position) => line !== "" || position === 0 || position === last)
    .join("\n");
}
