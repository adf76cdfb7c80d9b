import { multivariantPlaylistUrl } from "../orchestrator/hls-path.ts";
import type { Grant } from "../shared/access/grant.ts";
import { type AccessKeys, importAccessKeys, signToken } from "../shared/access/token.ts";
import { ConfigError } from "../shared/config.ts";
import type { CommandLine } from "./settings.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const DEFAULT_EXPIRY = "6h";

/** `seamline sign <path>`: prints a link to a title, or to the page with the titles of a folder. */
export async function sign({ config, positionals, options, switches }: CommandLine): Promise<number> {
  if (!config.AUTH_SECRET) {
    throw new ConfigError("nothing to sign with: set AUTH_SECRET, to the same as the server's.");
  }
  const [path] = positionals;
  if (path === undefined) {
    throw new ConfigError("name one title, or a folder with a slash at its end: seamline sign films/a.mp4");
  }
  const expiresAt = Math.floor(Date.now() / 1000) + parseDuration(options.expires ?? DEFAULT_EXPIRY);
  const keys = await importAccessKeys(config.AUTH_SECRET);
  const limits = { expiresAt, ...(options.viewer && { viewer: options.viewer }) };
  const url = await signedUrl(path, limits, keys);
  process.stdout.write(`${switches.has("json") ? JSON.stringify({ url, expiresAt }) : url}\n`);
  return 0;
}

/** @param path in the media folder; one that ends in a slash is a folder, a slash alone everything. */
export async function signedUrl(
  path: string,
  limits: Omit<Grant, "prefix">,
  keys: AccessKeys,
): Promise<string> {
  const isFolder = path.endsWith("/");
  const prefix = isFolder ? path.slice(0, -1) : path;
  if (prefix !== "" && prefix.split("/").some((name) => ["", ".", ".."].includes(name))) {
    throw new ConfigError(`“${path}” is no path in the media folder, such as films/a.mp4.`);
  }
  const token = await signToken({ prefix, ...limits }, keys);
  return `${isFolder ? "/" : multivariantPlaylistUrl(prefix)}?token=${token}`;
}

/** Seconds. */
function parseDuration(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (!count || !unit) throw new ConfigError(`--expires ${text}: must be such as 90m, 6h or 7d.`);
  return Number(count) * UNITS[unit]!;
}
