import { covers, type Grant } from "../../shared/access/grant.ts";
import { hashText } from "../../shared/media/hash.ts";

/** The query parameter that holds a token. */
export const TOKEN_PARAMETER = "token";

/** By what right a request is answered. */
export interface Pass {
  /** What every URL that is handed out ends in, so that it is covered too: empty, or `?token=…`. */
  readonly query: string;
  /** Tells what is printed for one token from the same for another, without telling the token. */
  readonly tag: string;
  /** Absent where everybody may see everything. */
  readonly grant?: Grant;
}

export const openPass: Pass = { query: "", tag: "" };

export async function passFor(token: string, grant: Grant): Promise<Pass> {
  const tag = `-${(await hashText(token)).slice(0, 16)}`;
  return { query: `?${TOKEN_PARAMETER}=${token}`, tag, grant };
}

export function mayOpen({ grant }: Pass, path: string): boolean {
  return grant === undefined || covers(grant, path);
}
