import * as z from "zod";

/** What a token allows: all titles at or below a path, until a point in time. */
export interface Grant {
  /** Path of a title or a folder in the media folder, without slashes at its ends; empty for everything. */
  readonly prefix: string;
  /** Seconds since 1970; from then on the grant is worth nothing. */
  readonly expiresAt: number;
  /** Who watches, for limits: all that carry the same id are one client. */
  readonly viewer?: string;
}

/** Written as a list to be short. */
const grantSchema = z
  .tuple([z.int().min(0), z.string(), z.string().min(1).optional()])
  .transform(
    ([expiresAt, prefix, viewer]): Grant => ({ prefix, expiresAt, ...(viewer !== undefined && { viewer }) }),
  );

export function formatGrant({ prefix, expiresAt, viewer }: Grant): string {
  return JSON.stringify(viewer === undefined ? [expiresAt, prefix] : [expiresAt, prefix, viewer]);
}

/** Undefined where the text is no grant. */
export function parseGrant(text: string): Grant | undefined {
  try {
    return grantSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Whole names count: `films` covers `films/a.mp4` and not `films 2/a.mp4`. */
export function covers({ prefix }: Grant, path: string): boolean {
  return prefix === "" || path === prefix || path.startsWith(`${prefix}/`);
}
