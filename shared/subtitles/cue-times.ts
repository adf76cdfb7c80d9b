/** Span of a cue, whole milliseconds, and what stands behind its times. */
export interface CueTiming {
  readonly startMs: number;
  readonly endMs: number;
  readonly rest: string;
}

/** A line of times is short: what is longer is something else that has an arrow in it. */
const LONGEST_TIMING = 1000;
const TIMESTAMP = /^\s*(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?(?=\s|$)/;

/** Reads `00:00:01,000 --> 00:00:02,500 …`, as SubRip and WebVTT have it, with either's decimal sign. */
export function parseTiming(line: string): CueTiming | undefined {
  if (line.length > LONGEST_TIMING) return undefined;
  const arrow = line.indexOf("-->");
  if (arrow < 0) return undefined;
  const [before, after] = [line.slice(0, arrow), line.slice(arrow + 3)];
  const [startMs, endMs] = [parseTimestamp(before), parseTimestamp(after)];
  if (startMs === undefined || endMs === undefined) return undefined;
  return { startMs, endMs, rest: after.replace(TIMESTAMP, "").trim() };
}

/** Reads `1:02:03.45`, the hours being optional; undefined for anything else. Milliseconds. */
export function parseTimestamp(text: string): number | undefined {
  const match = TIMESTAMP.exec(text);
  if (!match) return undefined;
  const [, hours = "0", minutes, seconds, fraction = ""] = match;
  const wholeSeconds = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return wholeSeconds * 1000 + Number(fraction.padEnd(3, "0"));
}

/** `01:02:03.450`. */
export function formatTimestamp(ms: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${String(ms % 1000).padStart(3, "0")}`;
}
