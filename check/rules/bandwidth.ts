import { peakBitrate } from "../../shared/media/original.ts";
import type { CheckedPlaylist } from "../checked-playlist.ts";
import type { Variant } from "../checked-stream.ts";
import type { Finding } from "../violation.ts";

/** BANDWIDTH is a bound; what containers add, and rounding, is let pass. */
const PEAK_TOLERANCE = 1.005;
/** AVERAGE-BANDWIDTH may be an estimate. */
const AVERAGE_TOLERANCE = 1.1;

interface Bitrates {
  readonly peak: number;
  readonly average: number;
}

/** BANDWIDTH and AVERAGE-BANDWIDTH against the sizes of segments (4.1 says what a peak is, 4.4.6.2 what counts). */
export function checkBandwidth(url: string, variants: readonly Variant[]): readonly Finding[] {
  return variants.flatMap(({ entry, stream, sounds }) => {
    const declared = Number(entry.attributes.get("BANDWIDTH"));
    const average = Number(entry.attributes.get("AVERAGE-BANDWIDTH") ?? Number.NaN);
    const most = [stream, loudest(sounds)].filter((one) => one !== undefined).map(measure);
    const sum = (of: (one: Bitrates) => number) => Math.round(most.reduce((all, one) => all + of(one), 0));
    const [peak, mean] = [sum((one) => one.peak), sum((one) => one.average)];
    const place = { url, line: entry.line };
    const findings: Finding[] = [];
    if (peak > PEAK_TOLERANCE * declared)
      findings.push({
        code: "bandwidth-exceeded",
        place,
        expected: `at most ${declared} bit/s`,
        found: `${peak} bit/s`,
      });
    if (mean > AVERAGE_TOLERANCE * average)
      findings.push({
        ...{ code: "average-bandwidth-exceeded", place },
        ...{ expected: `about ${average} bit/s`, found: `${mean} bit/s` },
      });
    return findings;
  });
}

/** The rendition of a group that needs most: any may be played with a variant. */
function loudest(sounds: readonly CheckedPlaylist[]): CheckedPlaylist | undefined {
  return [...sounds].sort((a, b) => measure(b).peak - measure(a).peak)[0];
}

function measure({ playlist, segments }: CheckedPlaylist): Bitrates {
  // In microseconds, so that sums stay whole.
  const borders = [0];
  for (const { segment } of segments) borders.push(borders.at(-1)! + Math.round(segment.seconds * 1e6));
  const bytes = segments.map(({ size }) => size);
  const total = bytes.reduce((sum, size) => sum + size, 0);
  const seconds = borders.at(-1)! / 1e6;
  const target = playlist.targetDuration ?? 1;
  return {
    peak: peakBitrate(borders, bytes, 1e6, target),
    average: seconds > 0 ? (8 * total) / seconds : 0,
  };
}
