/** Text that is shown for a while, as WebVTT has it (W3C WebVTT 3.1). */
export interface Cue {
  /** Whole milliseconds; `endMs` is greater. */
  readonly startMs: number;
  readonly endMs: number;
  /** WebVTT cue settings, such as `line:0 align:start`; empty where the player decides. */
  readonly settings: string;
  /** WebVTT cue text: escaped, with its tags, without empty lines. */
  readonly text: string;
}

/** A long film with a cue a second has a fifth of them. */
const MOST_CUES = 50_000;
/** Of all cues of a track together, characters. */
const LONGEST_TRACK = 4 * 2 ** 20;
/** Of one cue before it is converted: more than fits a screen. */
const LONGEST_TEXT = 2000;

/** Cues in the order in which WebVTT wants them, those that nobody would see left out, and no more than bearable. */
export function orderCues(cues: Iterable<Cue>): readonly Cue[] {
  const kept: Cue[] = [];
  let length = 0;
  for (const cue of cues) {
    if (cue.endMs <= cue.startMs || cue.text === "") continue;
    length += cue.text.length;
    if (kept.length === MOST_CUES || length > LONGEST_TRACK) break;
    kept.push(cue);
  }
  return kept.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}

/** Cues on a clock whose zero lies `zeroMs` later; what is over by then is left out, what has begun is cut. */
export function moveCues(cues: readonly Cue[], zeroMs: number): readonly Cue[] {
  return orderCues(
    cues.map((cue) => ({
      ...cue,
      startMs: Math.max(0, cue.startMs - zeroMs),
      endMs: cue.endMs - zeroMs,
    })),
  );
}

/** Lines as WebVTT can hold them: none is empty, and no character ends the file for anybody. */
export function toCueText(text: string): string {
  return text
    .slice(0, LONGEST_TEXT)
    .replaceAll("\0", "\uFFFD")
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("\n");
}

/** Byte order marks may stand anywhere, where files were put together; nobody sees them. */
export function splitLines(text: string): string[] {
  return text.replaceAll("\uFEFF", "").split(/\r\n|\r|\n/);
}
