import { luaSources } from "./lua-sources.ts";

/** One transition, as the server gets it. */
export interface RedisScript {
  readonly name: string;
  readonly source: string;
  /** Hexadecimal SHA-1 of the source: its name in the server's cache. */
  readonly sha1: Promise<string>;
}

function script(name: Exclude<keyof typeof luaSources, "prelude">): RedisScript {
  const source = `${luaSources.prelude}\n${luaSources[name]}`;
  return { name, source, sha1: sha1(source) };
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Every transition is tied to a token or a sequence number, so each may be repeated when its answer was lost. */
export const scripts = {
  request: script("request"),
  claim: script("claim"),
  renew: script("renew"),
  commit: script("commit"),
  fail: script("fail"),
  release: script("release"),
  cancel: script("cancel"),
  status: script("status"),
  stats: script("stats"),
} as const;
