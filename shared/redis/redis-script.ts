import { luaSources, prelude } from "./lua-sources.ts";

/** One transition, as the server gets it. */
export interface RedisScript {
  readonly name: string;
  readonly source: string;
  /** Hexadecimal SHA-1 of the source: its name in the server's cache. */
  readonly sha1: string;
}

function script(name: keyof typeof luaSources): RedisScript {
  const { sha1, text } = luaSources[name];
  return { name, source: prelude + text, sha1 };
}

/** Every transition is tied to a token or a sequence number, so each may be repeated when its answer was lost. */
export const scripts = {
  request: script("request"),
  claim: script("claim"),
  second: script("second"),
  renew: script("renew"),
  commit: script("commit"),
  fail: script("fail"),
  release: script("release"),
  cancel: script("cancel"),
  status: script("status"),
  stats: script("stats"),
  overview: script("overview"),
} as const;
