import type { PlaneSize } from "./ass-overrides.ts";
import { type Cue, orderCues, splitLines } from "./cue.ts";
import { parseTimestamp } from "./cue-times.ts";
import { ASS_TOKENS, parseMarkup } from "./parse-markup.ts";
import { type Placement, parseLegacyPlacement, parsePlacement } from "./placement.ts";
import { PLAIN, type TextStyle } from "./styled-text.ts";

interface AssStyle {
  readonly style: TextStyle;
  readonly placement: Placement | undefined;
}

type Fields = Readonly<Record<string, string>>;

/** The plane of a script that doesn't say. */
const USUAL_PLANE: PlaneSize = { width: 384, height: 288 };

/** Cues of a script in ASS or SSA: their text, where it stands, and what of it is bold, italic or underlined. */
export function parseAss(file: string): readonly Cue[] {
  return orderCues(readCues(splitLines(file)));
}

function* readCues(lines: readonly string[]): Generator<Cue> {
  const styles = new Map<string, AssStyle>();
  let plane = USUAL_PLANE;
  let isLegacy = false;
  let format: readonly string[] = [];
  for (const line of lines) {
    const [key, value] = splitAt(line, ":");
    if (line.startsWith("[")) isLegacy = /^\[v4 styles\]/i.test(line) || isLegacy;
    else if (key === "playresx" && Number(value) > 0) plane = { ...plane, width: Number(value) };
    else if (key === "playresy" && Number(value) > 0) plane = { ...plane, height: Number(value) };
    else if (key === "format") format = value.split(",").map((name) => name.trim().toLowerCase());
    else if (key === "style") addStyle(readFields(format, value), isLegacy, styles);
    else if (key === "dialogue") {
      const cue = readDialogue(readFields(format, value), styles, plane);
      if (cue) yield cue;
    }
  }
}

function readDialogue(
  fields: Fields,
  styles: ReadonlyMap<string, AssStyle>,
  plane: PlaneSize,
): Cue | undefined {
  const [startMs, endMs] = [parseTimestamp(fields.start ?? ""), parseTimestamp(fields.end ?? "")];
  if (startMs === undefined || endMs === undefined) return undefined;
  const { style, placement } = styles.get(fields.style?.trim() ?? "") ?? {
    style: PLAIN,
    placement: undefined,
  };
  return {
    startMs,
    endMs,
    ...parseMarkup(fields.text ?? "", { tokens: ASS_TOKENS, style, placement, plane }),
  };
}

function addStyle(fields: Fields, isLegacy: boolean, styles: Map<string, AssStyle>): void {
  const isOn = (name: string) => /^\s*(-1|1)\s*$/.test(fields[name] ?? "");
  const parse = isLegacy ? parseLegacyPlacement : parsePlacement;
  styles.set(fields.name?.trim() ?? "", {
    style: { b: isOn("bold"), i: isOn("italic"), u: isOn("underline") },
    placement: parse(fields.alignment?.trim() ?? ""),
  });
}

/** The last field is whatever is left, commas and all. */
function readFields(format: readonly string[], value: string): Fields {
  const fields: Record<string, string> = Object.create(null);
  let rest = value;
  for (const [position, name] of format.entries()) {
    const comma = position < format.length - 1 ? rest.indexOf(",") : -1;
    fields[name] = comma < 0 ? rest : rest.slice(0, comma);
    rest = comma < 0 ? "" : rest.slice(comma + 1);
  }
  return fields;
}

function splitAt(line: string, sign: string): readonly [key: string, value: string] {
  const at = line.indexOf(sign);
  return at < 0 ? ["", ""] : [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trimStart()];
}
