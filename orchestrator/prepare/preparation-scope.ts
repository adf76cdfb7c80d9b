import type { PreparationRequest } from "../../shared/api/preparation.ts";
import { hashText } from "../../shared/media/hash.ts";
import type { Title, VideoRendition } from "../../shared/media/title.ts";
import { toNumber } from "../../shared/rational.ts";
import { badRequest } from "../problem.ts";

/** What of a title is prepared. */
export interface PreparationScope {
  /** The smallest first, all of one title. */
  readonly rungs: readonly VideoRendition[];
  /** Seconds on the title's clock. */
  readonly from: number;
  readonly to: number;
}

/**
 * What a request means for a title.
 * @throws Problem where the title has no such rung, or no such moment.
 */
export function preparationScope(title: Title, request: PreparationRequest): PreparationScope {
  const end = toNumber(title.duration);
  const { from = 0, to = end } = request;
  if (from >= Math.min(to, end)) {
    throw badRequest(
      `There is nothing from ${from} s to ${to} s: “${request.path}” goes from 0 to ${end.toFixed(3)} s.`,
    );
  }
  return { rungs: chooseRungs(title, request.rungs), from, to: Math.min(to, end) };
}

function chooseRungs({ video, source }: Title, names: readonly string[] | undefined) {
  if (!names) return video;
  const known = video.map(({ rung }) => rung.name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return video.filter(({ rung }) => names.includes(rung.name));
  const choice = known.length > 0 ? `Its rungs are ${known.join(", ")}.` : "It has no picture.";
  throw badRequest(`“${source.path}” has no rung ${unknown}. ${choice}`);
}

/** Equal scopes of equal titles are one preparation. */
export function preparationId({ key }: Title, { rungs, from, to }: PreparationScope): Promise<string> {
  return hashText(JSON.stringify([key, rungs.map(({ id }) => id), from, to]));
}
