import * as z from "zod";
import { parseByteSize } from "./byte-size.ts";
import { ConfigError } from "./config-error.ts";
import { HARDWARE_ENCODERS } from "./media/encoder.ts";
import { isSourceHost } from "./media/remote-path.ts";
import { isWebhookSecret } from "./webhooks/sign-webhook.ts";

export { ConfigError };

const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, "must be a whole number")
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);

const boolean = z.enum(["true", "false"], "must be true or false").transform((value) => value === "true");

/** `fetch` takes no address with a password in it, and quotes it when it says so. */
const webAddress = (advice: string) =>
  z
    .url({ protocol: /^https?$/, error: "must begin with http:// or https://" })
    .refine((url) => !/^https?:\/\/[^/?#]*@/i.test(url), `must hold no user or password: ${advice}`);

/** Values with commas between them; each has to satisfy `isGood`. */
const list = (isGood: (value: string) => boolean, error: string) =>
  z
    .string()
    .transform((text) => text.split(",").map((value) => value.trim()))
    .refine((values) => values.every(isGood), error);

const isOrigin = (value: string) => URL.canParse(value) && new URL(value).origin === value;

/** An address that names can be put behind. */
const baseAddress = webAddress("players are sent there").refine(
  (url) => !/[?#]/.test(url),
  "must be an address without a query: names are put behind it",
);

const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

const hosts = list(
  isSourceHost,
  "must be hosts such as films.example or nas.example:8080, in lower case, without a scheme",
).default([]);

const byteSize = (least: string) =>
  z
    .string()
    .transform((text) => parseByteSize(text) ?? Number.NaN)
    .refine((bytes) => !Number.isNaN(bytes), {
      error: "must be a number of bytes, such as 200GB or 200GiB",
      abort: true,
    })
    .refine((bytes) => bytes >= parseByteSize(least)!, `must be at least ${least}`);

const folder = z.string().min(1, "must name a folder");

/** Every setting, by its name in the environment; on the command line `PORT` is `--port`. */
const settings = {
  PORT: integer(0, 65535).default(8080),
  HOST: z.string().min(1).optional(),
  MEDIA_DIR: folder.optional(),
  SOURCE_HOSTS: hosts,
  SOURCE_PRIVATE_HOSTS: hosts,
  STORAGE_DIR: folder.optional(),
  STORAGE_MAX_BYTES: byteSize("1MB").optional(),
  STORAGE_MIN_FREE_BYTES: byteSize("0").optional(),
  STORAGE_URL: webAddress("set STORAGE_TOKEN").optional(),
  STORAGE_TOKEN: z.string().min(1).optional(),
  HANDOFF: z
    .string()
    .regex(
      /^(x-accel-redirect:\/([\w.~-]+\/)*|x-sendfile)$/,
      "must be x-accel-redirect:/location/ with slashes around the location, or x-sendfile",
    )
    .optional(),
  SEGMENT_BASE_URL: baseAddress.optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: "must begin with redis:// or rediss://" }).optional(),
  UPSTASH_REDIS_REST_URL: webAddress("set UPSTASH_REDIS_REST_TOKEN").optional(),
  UPSTASH_REDIS_REST_TOKEN: z.string().min(1).optional(),
  GATEWAY_TOKEN: z.string().min(16, "must have at least 16 characters").optional(),
  AUTH_SECRET: list(
    ({ length }) => length >= 32,
    "must have at least 32 characters, each of several",
  ).optional(),
  ADMIN_TOKEN: z.string().min(16, "must have at least 16 characters").optional(),
  WEBHOOK_URLS: list(
    (value) => webAddress("receivers know us by our signature").safeParse(value).success,
    "must be addresses such as https://hooks.example/seamline, without a user or password",
  ).default([]),
  WEBHOOK_SECRET: list(
    isWebhookSecret,
    "must be whsec_ and the base64 of 24 to 64 random bytes, each of several",
  ).optional(),
  CORS_ORIGIN: list(
    (value) => value === "*" || isOrigin(value),
    "must be * or origins such as https://example.org, without a path",
  ).default(["*"]),
  TRUSTED_PROXIES: list(
    (value) => network.safeParse(value).success,
    "must be addresses or networks such as 10.0.0.0/8",
  ).default([]),
  MAX_WAITS: integer(1, 1_000_000).default(1000),
  MAX_WAITS_PER_CLIENT: integer(1, 1_000_000).default(64),
  CLIENT_STALL_MS: integer(100, 3_600_000).default(60_000),
  REDIS_TIMEOUT_MS: integer(50, 60_000).default(1000),
  REDIS_SHARDS: integer(1, 64).default(1),
  FALLBACK_TO_LOCAL: boolean.default(true),
  SHUTDOWN_GRACE_MS: integer(0, 600_000).default(10_000),
  WORKER_ID: z
    .string()
    .regex(/^[\w.-]{1,64}$/, "must be 1 to 64 letters, digits, dots, dashes")
    .optional(),
  WORKER_CONCURRENCY: integer(1, 256).optional(),
  ENCODER: z.enum(["software", "auto", ...HARDWARE_ENCODERS]).default("software"),
  ENCODER_DEVICE: z
    .string()
    .regex(/^[\w./:-]{1,200}$/, "must be a device such as /dev/dri/renderD128, or a number for nvenc")
    .optional(),
  SEGMENT_SECONDS: integer(2, 10).default(4),
  SEGMENT_WAIT_MS: integer(100, 600_000).default(20_000),
  MAX_ATTEMPTS: integer(1, 1000).default(3),
  FILE_WAIT_MS: integer(0, 120_000).default(10_000),
  LEASE_TTL_MS: integer(500, 600_000).default(3000),
  LEASE_RENEW_MS: integer(100, 200_000).default(1000),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  LOG_FORMAT: z.enum(["json", "pretty"]).optional(),
};

/** Never repeated in an error: these may hold passwords. */
const SECRET = new Set([
  "STORAGE_URL",
  "STORAGE_TOKEN",
  "SEGMENT_BASE_URL",
  "REDIS_URL",
  "UPSTASH_REDIS_REST_URL",
  "UPSTASH_REDIS_REST_TOKEN",
  "GATEWAY_TOKEN",
  "AUTH_SECRET",
  "ADMIN_TOKEN",
  // Some receivers take whoever knows their address for us.
  "WEBHOOK_URLS",
  "WEBHOOK_SECRET",
]);

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
  if (parsed.data.WEBHOOK_URLS.length > 0 !== (parsed.data.WEBHOOK_SECRET !== undefined)) {
    throw new ConfigError("WEBHOOK_URLS and WEBHOOK_SECRET go together: one of them is missing.");
  }
  if (parsed.data.HANDOFF && parsed.data.SEGMENT_BASE_URL) {
    throw new ConfigError("HANDOFF and SEGMENT_BASE_URL both say who sends segments: set one of them.");
  }
  return parsed.data;
}
