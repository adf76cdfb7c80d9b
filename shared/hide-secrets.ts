import type { Config } from "./config.ts";

const SECRETS = [
  "STORAGE_TOKEN",
  "UPSTASH_REDIS_REST_TOKEN",
  "GATEWAY_TOKEN",
  "AUTH_SECRET",
  "ADMIN_TOKEN",
  "WEBHOOK_URLS",
  "WEBHOOK_SECRET",
] as const satisfies readonly (keyof Config)[];
/** Whoever chose less has not much of a secret, and it may be in any word. */
const MIN_LENGTH = 6;
/** Viewers' tokens: `../access/token.ts`. */
const TOKEN = /\bsl1\.[\w-]+\.[\w-]+/g;

/**
 * Makes a function that replaces secrets in a text by “…”. Nothing is to write them in the first place; this is
 * for the message of a library that quotes what it was given.
 */
export function secretHider(config: Partial<Config>): (text: string) => string {
  const known = [...SECRETS.flatMap((name) => config[name] ?? []), ...passwordOf(config.REDIS_URL)].filter(
    ({ length }) => length >= MIN_LENGTH,
  );
  const spellings = new Set(known.flatMap(spell));
  // A secret that is part of another must not leave the rest of it behind.
  const longestFirst = [...spellings].sort((a, b) => b.length - a.length);
  return (text) =>
    longestFirst.reduce((rest, secret) => rest.replaceAll(secret, "…"), text).replace(TOKEN, "…");
}

/** As it is, in a URL, and in JSON. */
function spell(secret: string): string[] {
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
}

function passwordOf(url: string | undefined): string[] {
  if (url === undefined) return [];
  const { password } = new URL(url);
  return [password, decodeURIComponent(password)];
}
