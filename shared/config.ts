import { z } from "zod";

/** A setting that stops the start: which one, what is wrong with it, what to do. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, "must be a whole number")
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);

const boolean = z.enum(["true", "false"], "must be true or false").transform((value) => value === "true");

const folder = z.string().min(1, "must name a folder");

/** Every setting, by its name in the environment; on the command line `PORT` is `--port`. */
const settings = {
  PORT: integer(0, 65535).default(8080),
  HOST: z.string().min(1).optional(),
  MEDIA_DIR: folder.optional(),
  STORAGE_DIR: folder.optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: "must begin with redis:// or rediss://" }).optional(),
  UPSTASH_REDIS_REST_URL: z
    .url({ protocol: /^https?$/, error: "must begin with http:// or https://" })
    .optional(),
  UPSTASH_REDIS_REST_TOKEN: z.string().min(1).optional(),
  GATEWAY_TOKEN: z.string().min(16, "must have at least 16 characters").optional(),
  REDIS_TIMEOUT_MS: integer(50, 60_000).default(1000),
  REDIS_SHARDS: integer(1, 64).default(1),
  FALLBACK_TO_LOCAL: boolean.default(true),
  SHUTDOWN_GRACE_MS: integer(0, 600_000).default(10_000),
  WORKER_ID: z
    .string()
    .regex(/^[\w.-]{1,64}$/, "must be 1 to 64 letters, digits, dots, dashes")
    .optional(),
  WORKER_CONCURRENCY: integer(1, 256).optional(),
  SEGMENT_SECONDS: integer(2, 10).default(4),
  SEGMENT_WAIT_MS: integer(100, 600_000).default(20_000),
  FILE_WAIT_MS: integer(0, 120_000).default(10_000),
  LEASE_TTL_MS: integer(500, 600_000).default(3000),
  LEASE_RENEW_MS: integer(100, 200_000).default(1000),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
};

/** Never repeated in an error: these may hold passwords. */
const SECRET = new Set(["REDIS_URL", "UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN", "GATEWAY_TOKEN"]);

const schema = z.strictObject(settings);

export type Config = z.infer<typeof schema>;

export const settingNames = Object.keys(settings) as readonly (keyof Config)[];

/** `PORT` → `port`, `MEDIA_DIR` → `media-dir`: a setting's flag on the command line. */
export function flagName(setting: string): string {
  return setting.toLowerCase().replaceAll("_", "-");
}

/** Reads settings from name → text; what is absent or empty takes its default. */
export function parseConfig(values: Readonly<Record<string, string | undefined>>): Config {
  const given = settingNames.flatMap((name) => (values[name] ? [[name, values[name]] as const] : []));
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = String(issue!.path[0]);
    throw new ConfigError(
      `${name}=${SECRET.has(name) ? "…" : JSON.stringify(values[name])}: ${issue!.message} (or --${flagName(name)}).`,
    );
  }
  if (2 * parsed.data.LEASE_RENEW_MS > parsed.data.LEASE_TTL_MS) {
    throw new ConfigError("LEASE_RENEW_MS must be at most half of LEASE_TTL_MS: one renewal may get lost.");
  }
  if (!parsed.data.UPSTASH_REDIS_REST_URL !== !parsed.data.UPSTASH_REDIS_REST_TOKEN) {
    throw new ConfigError(
      "UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN go together: one of them is missing.",
    );
  }
  if (parsed.data.REDIS_URL && parsed.data.UPSTASH_REDIS_REST_URL) {
    throw new ConfigError("REDIS_URL and UPSTASH_REDIS_REST_URL name two stores: set one of them.");
  }
  return parsed.data;
}
