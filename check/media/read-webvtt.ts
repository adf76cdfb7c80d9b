import type { CueTime } from "../checked-playlist.ts";
import type { ViolationCode } from "../rule-book.ts";

export type ReadWebvtt =
  | { readonly kind: "read"; readonly cues: readonly CueTime[] }
  | {
      readonly kind: "wrong";
      readonly code: ViolationCode;
      readonly expected: string;
      readonly found: string;
    };

const CLOCK = /(?:(\d{2,}):)?(\d\d):(\d\d)\.(\d{3})/;
const TIMING = new RegExp(`^${CLOCK.source}\\s+-->\\s+${CLOCK.source}`);

export function isWebvtt(bytes: Uint8Array): boolean {
  return /^\ufeff?WEBVTT(\s|$)/.test(new TextDecoder().decode(bytes.subarray(0, 16)));
}

/** Times of cues on the media's clock, as X-TIMESTAMP-MAP puts them there (3.1.4); without it both clocks are one. */
export function readWebvtt(bytes: Uint8Array): ReadWebvtt {
  const text = new TextDecoder().decode(bytes);
  if (!isWebvtt(bytes))
    return { kind: "wrong", code: "webvtt-malformed", expected: "WEBVTT", found: text.slice(0, 20) };
  const lines = text.split(/\r?\n/);
  const header = lines.slice(0, Math.max(1, lines.indexOf("")));
  const map = header.find((line) => line.startsWith("X-TIMESTAMP-MAP"));
  const shift = map === undefined ? 0 : readMap(map);
  if (shift === undefined) {
    const expected = "X-TIMESTAMP-MAP=MPEGTS:…,LOCAL:…";
    return { kind: "wrong", code: "timestamp-map-malformed", expected, found: map! };
  }
  const cues = lines.flatMap((line): CueTime[] => {
    const match = TIMING.exec(line);
    return match ? [{ start: seconds(match, 1) + shift, end: seconds(match, 5) + shift }] : [];
  });
  return { kind: "read", cues };
}

/** What is added to a cue's time, seconds. */
function readMap(line: string): number | undefined {
  const ticks = /MPEGTS:(\d+)/.exec(line);
  const local = new RegExp(`LOCAL:${CLOCK.source}`).exec(line);
  return ticks && local ? Number(ticks[1]) / 90_000 - seconds(local, 1) : undefined;
}

function seconds(match: RegExpExecArray, group: number): number {
  const [h = "0", m, s, ms] = match.slice(group, group + 4);
  return Number(h) * 3600 + Number(m) * 60 + Number(s) + Number(ms) / 1000;
}
