import type { Chapter } from "../../shared/media/source-info.ts";
import { compare, multiply, parseRational, rational, ZERO } from "../../shared/rational.ts";
import { shorten } from "./describe-tracks.ts";
import type { ProbedChapter } from "./ffprobe.ts";

/** A film of chapters is no book of verses: more of them are a damaged header. */
const MOST_CHAPTERS = 1000;

/** Chapters in the order of their starts; those without a length are none. */
export function describeChapters(chapters: readonly ProbedChapter[]): readonly Chapter[] {
  return chapters
    .slice(0, MOST_CHAPTERS)
    .flatMap(({ time_base, start, end, tags }): Chapter[] => {
      const timeBase = parseRational(time_base);
      if (!timeBase || compare(timeBase, ZERO) <= 0 || end <= start) return [];
      const title = shorten(tags?.title?.trim());
      return [
        {
          start: multiply(rational(start), timeBase),
          end: multiply(rational(end), timeBase),
          ...(title && { title }),
        },
      ];
    })
    .sort((a, b) => compare(a.start, b.start));
}
