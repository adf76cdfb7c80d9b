import { readRemembered, remember } from "./remembered.ts";

/** How far a title was watched, in seconds, and of how many. */
export type Position = { readonly at: number; readonly of: number };

const NAME = "positions";
/** Titles that are remembered; the ones that were watched longest ago are forgotten. */
const LIMIT = 500;
/** Who has seen less than this begins at the beginning. */
const BEGUN_S = 5;

/** What the browser has kept, or anything else that somebody put there. */
function readAll(): Map<string, Position> {
  try {
    const entries: unknown = JSON.parse(readRemembered(NAME) ?? "[]");
    return new Map((Array.isArray(entries) ? entries : []).filter(isEntry));
  } catch {
    return new Map(); // no JSON
  }
}

function isEntry(entry: unknown): entry is [string, Position] {
  if (!Array.isArray(entry) || typeof entry[0] !== "string") return false;
  const position = entry[1] as Partial<Position> | null;
  return Number.isFinite(position?.at) && Number.isFinite(position?.of);
}

/** Every title that was begun and not finished, by its path. */
export function readPositions(): ReadonlyMap<string, Position> {
  return readAll();
}

/** Remembers where a title was left; one that is over, or barely begun, is forgotten. */
export function rememberPosition(path: string, position: Position): void {
  const all = readAll();
  all.delete(path); // to the end of the line
  if (isWorthResuming(position)) all.set(path, position);
  remember(NAME, JSON.stringify([...all].slice(-LIMIT)));
}

/** Credits don't count: what is within the last twentieth, or the last two minutes, is over. */
export function isWorthResuming({ at, of }: Position): boolean {
  return at >= BEGUN_S && of - at > Math.min(120, of / 20);
}
