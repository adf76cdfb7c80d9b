import type { StreamReport } from "../../check/check-stream.ts";
import type { Violation } from "../../check/violation.ts";
import type { Style } from "../output/style.ts";
import { count, formatBytes, formatClock } from "../output/words.ts";

/** One fault of a playlist that repeats itself is told so often. */
const REPEATS = 3;

/** How many of each there are. */
export function tally(violations: readonly Violation[]): {
  readonly errors: number;
  readonly warnings: number;
} {
  const errors = violations.filter(({ severity }) => severity === "error").length;
  return { errors, warnings: violations.length - errors };
}

/** A report for people. */
export function formatReport({ url, totals, seconds, violations }: StreamReport, style: Style): string {
  const shown = new Map<string, number>();
  const lines: string[] = [];
  for (const violation of violations) {
    const key = `${violation.code} ${violation.place.url}`;
    const times = (shown.get(key) ?? 0) + 1;
    shown.set(key, times);
    if (times <= REPEATS) lines.push(formatViolation(violation, url, style), "");
  }
  for (const [key, times] of shown)
    if (times > REPEATS)
      lines.push(`… and ${count(times - REPEATS, "more")} ${key.split(" ")[0]}`.replace("mores", "more"), "");
  const { errors, warnings } = tally(violations);
  const verdict = `${count(errors, "error")}, ${count(warnings, "warning")}`;
  const size = `${count(totals.playlists, "playlist")}, ${count(totals.segments, "segment")}, ${formatBytes(totals.bytes)}, ${formatClock(seconds)}`;
  lines.push(`${style(errors > 0 ? "red" : warnings > 0 ? "yellow" : "green", verdict)} in ${size}`, "");
  return lines.join("\n");
}

function formatViolation(
  { severity, code, title, place, expected, found, section }: Violation,
  root: string,
  style: Style,
) {
  const name = style(severity === "error" ? "red" : "yellow", severity);
  const at = [
    ...(place.segment === undefined ? [] : [`segment ${place.segment}`]),
    ...(place.line === undefined ? [] : [`line ${place.line}`]),
  ];
  return [
    `${name} ${style("bold", code)}: ${title}`,
    `  at       ${shorten(place.url, root)}${at.length > 0 ? `, ${at.join(", ")}` : ""}`,
    `  expected ${expected}`,
    `  found    ${found}`,
    style("dim", `  ${section}`),
  ].join("\n");
}

/** Relative to the stream's folder, where it lies there. */
function shorten(url: string, root: string): string {
  const folder = root.slice(0, root.lastIndexOf("/") + 1);
  return url.startsWith(folder) ? url.slice(folder.length) : url;
}
