import { type Config, ConfigError, parseConfig, settingNames } from "../shared/config.ts";

/** What the runtime binds to names: text, JSON values, and services, of which none is a setting. */
export type Bindings = Readonly<Record<string, unknown>>;

/** The settings without which nothing can be served from the edge are there. */
export type EdgeConfig = Config &
  Record<"STORAGE_URL" | "UPSTASH_REDIS_REST_URL" | "UPSTASH_REDIS_REST_TOKEN", string>;

/** Settings from bindings of the same names as in the environment. */
export function readBindings(bindings: Bindings): EdgeConfig {
  const config = parseConfig(
    Object.fromEntries(settingNames.map((name) => [name, settingText(bindings[name])])),
  );
  const { STORAGE_URL, UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN } = config;
  if (!STORAGE_URL) {
    throw new ConfigError("the edge has no folder to read from: set STORAGE_URL to where storage is served.");
  }
  if (!UPSTASH_REDIS_REST_URL || !UPSTASH_REDIS_REST_TOKEN) {
    throw new ConfigError(
      "the edge reaches Redis over REST alone: set UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN.",
    );
  }
  if (config.HANDOFF) {
    throw new ConfigError(
      "HANDOFF is for a server that stands before this one and has the segments: set SEGMENT_BASE_URL.",
    );
  }
  return { ...config, STORAGE_URL, UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN };
}

/** A number bound as JSON counts as the text of it. */
function settingText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
