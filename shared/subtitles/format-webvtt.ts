import type { Cue } from "./cue.ts";
import { formatTimestamp } from "./cue-times.ts";

/** @param headers lines that stand below the first, such as `X-TIMESTAMP-MAP=…`. */
export function formatWebvtt(cues: readonly Cue[], headers: readonly string[] = []): string {
  const blocks = cues.map(({ startMs, endMs, settings, text }) => {
    const timing = `${formatTimestamp(startMs)} --> ${formatTimestamp(endMs)}`;
    return `${settings ? `${timing} ${settings}` : timing}\n${text}\n`;
  });
  return [["WEBVTT", ...headers, ""].join("\n"), ...blocks].join("\n");
}
