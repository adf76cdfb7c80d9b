import { type Cue, orderCues, splitLines, toCueText } from "./cue.ts";
import { parseTiming } from "./cue-times.ts";

const SETTING = /^(?:vertical|line|position|size|align):[\w.,%-]{1,40}$/;
/** Karaoke: times inside of a text, on a clock that is not the title's. */
const INNER_TIMESTAMP = /<\d[\d:.]*>/g;

/** Cues of a WebVTT file. Styles, regions and comments are passed over: none of them may hold an arrow. */
export function parseWebvtt(file: string): readonly Cue[] {
  return orderCues(readCues(splitLines(file)));
}

function* readCues(lines: readonly string[]): Generator<Cue> {
  for (let at = 0; at < lines.length; at++) {
    const timing = parseTiming(lines[at]!);
    if (!timing) continue;
    const { startMs, endMs, rest } = timing;
    const text: string[] = [];
    while (at + 1 < lines.length && lines[at + 1] !== "" && !lines[at + 1]!.includes("-->"))
      text.push(lines[++at]!);
    yield {
      startMs,
      endMs,
      settings: rest
        .split(/\s+/)
        .filter((setting) => SETTING.test(setting))
        .join(" "),
      text: toCueText(text.join("\n").replace(INNER_TIMESTAMP, "")),
    };
  }
}
