import type { Config } from "../shared/config.ts";

/** What help says of a setting, and what stands for its value there. */
export interface SettingHelp {
  readonly value: string;
  readonly text: string;
}

type Setting = keyof Config;

/** Where the edge reads storage: no command does. */
export const edgeSettings = ["STORAGE_URL", "STORAGE_TOKEN"] as const satisfies readonly Setting[];

type CommandSetting = Exclude<Setting, (typeof edgeSettings)[number]>;

/** One line each; the README says more. */
export const settingHelp: Readonly<
  Record<CommandSetting, SettingHelp> & Partial<Record<Setting, SettingHelp>>
> = {
  PORT: { value: "port", text: "where to listen; 0 takes a free one (default: 8080)" },
  HOST: { value: "address", text: "address to listen at (default: all)" },
  MEDIA_DIR: { value: "folder", text: "folder of films; also the argument" },
  SOURCE_HOSTS: { value: "hosts", text: "hosts on the internet that films may be fetched from, with commas" },
  SOURCE_PRIVATE_HOSTS: { value: "hosts", text: "the same, for hosts with private addresses" },
  STORAGE_DIR: { value: "folder", text: "where finished segments are kept (default: ~/.cache/seamline)" },
  STORAGE_MAX_BYTES: { value: "size", text: "what all titles may take up, such as 200GB" },
  STORAGE_MIN_FREE_BYTES: { value: "size", text: "what is left free on the disk (default: 1GiB)" },
  HANDOFF: { value: "how", text: "who sends finished segments: x-sendfile or x-accel-redirect:/location/" },
  SEGMENT_BASE_URL: { value: "url", text: "where players are sent for finished segments, such as a CDN" },
  REDIS_URL: { value: "url", text: "the fleet's Redis, redis:// or rediss://" },
  UPSTASH_REDIS_REST_URL: { value: "url", text: "the same over REST" },
  UPSTASH_REDIS_REST_TOKEN: { value: "token", text: "the token for that" },
  GATEWAY_TOKEN: { value: "token", text: "what the gateway's clients prove themselves with" },
  AUTH_SECRET: { value: "secret", text: "turns on signed links; better in the environment than here" },
  ADMIN_TOKEN: { value: "token", text: "what administrators prove themselves with" },
  WEBHOOK_URLS: { value: "urls", text: "who is told of what was prepared and of lost workers, with commas" },
  WEBHOOK_SECRET: { value: "secret", text: "what such messages are signed with: whsec_ and base64" },
  CORS_ORIGIN: { value: "origins", text: "origins whose pages may play from here (default: *)" },
  TRUSTED_PROXIES: { value: "networks", text: "whose X-Forwarded-For says who a client is" },
  MAX_WAITS: { value: "count", text: "requests that may wait for a worker (default: 1000)" },
  MAX_WAITS_PER_CLIENT: { value: "count", text: "the same of one client (default: 64)" },
  CLIENT_STALL_MS: {
    value: "ms",
    text: "a client that takes nothing for so long is cut off (default: 60000)",
  },
  REDIS_TIMEOUT_MS: { value: "ms", text: "how long Redis may take to answer (default: 1000)" },
  REDIS_SHARDS: { value: "count", text: "queues that titles are spread over; the same for all (default: 1)" },
  FALLBACK_TO_LOCAL: { value: "true|false", text: "encode here while Redis is away (default: true)" },
  SHUTDOWN_GRACE_MS: {
    value: "ms",
    text: "how long running jobs may go on when told to stop (default: 10000)",
  },
  WORKER_ID: { value: "name", text: "the worker's name in logs (default: host name)" },
  WORKER_CONCURRENCY: { value: "count", text: "encodes at a time (default: from processors and memory)" },
  ENCODER: {
    value: "name",
    text: "software, nvenc, qsv, vaapi, amf, videotoolbox or auto (default: software)",
  },
  ENCODER_DEVICE: { value: "device", text: "for vaapi and qsv a render node, for nvenc a GPU's number" },
  SEGMENT_SECONDS: { value: "seconds", text: "length of a segment, 2 to 10 (default: 4)" },
  SEGMENT_WAIT_MS: { value: "ms", text: "how long a request waits for its segment (default: 20000)" },
  MAX_ATTEMPTS: { value: "count", text: "how often a job is tried before it is given up (default: 3)" },
  FILE_WAIT_MS: { value: "ms", text: "how long a finished file may take to show up (default: 10000)" },
  LEASE_TTL_MS: { value: "ms", text: "how long a job stays with a silent worker (default: 3000)" },
  LEASE_RENEW_MS: { value: "ms", text: "how often a worker renews its leases (default: 1000)" },
  LOG_LEVEL: { value: "level", text: "debug, info, warn, error or silent (default: info)" },
  LOG_FORMAT: { value: "format", text: "json or pretty (default: pretty on a terminal)" },
};

const redis = [
  "REDIS_URL",
  "UPSTASH_REDIS_REST_URL",
  "UPSTASH_REDIS_REST_TOKEN",
  "REDIS_TIMEOUT_MS",
] as const;
const films = ["MEDIA_DIR", "SOURCE_HOSTS", "SOURCE_PRIVATE_HOSTS"] as const;
const storage = ["STORAGE_DIR", "STORAGE_MAX_BYTES", "STORAGE_MIN_FREE_BYTES"] as const;
const encoder = ["ENCODER", "ENCODER_DEVICE"] as const;
const encoding = [...encoder, "WORKER_ID", "WORKER_CONCURRENCY", "LEASE_TTL_MS", "LEASE_RENEW_MS"] as const;
const logging = ["LOG_LEVEL", "LOG_FORMAT"] as const;
const listening = ["PORT", "HOST"] as const;

/** The settings that a command's help shows. All others are taken as well: an environment is often a fleet's. */
export const settingsOf = {
  serve: [
    ...[...listening, ...films, ...storage],
    ...["SEGMENT_SECONDS", "SEGMENT_WAIT_MS", "MAX_ATTEMPTS", "FILE_WAIT_MS"],
    ...[...redis, "REDIS_SHARDS", "FALLBACK_TO_LOCAL", ...encoding, "HANDOFF", "SEGMENT_BASE_URL"],
    ...["AUTH_SECRET", "ADMIN_TOKEN", "CORS_ORIGIN", "TRUSTED_PROXIES", "MAX_WAITS", "MAX_WAITS_PER_CLIENT"],
    ...["WEBHOOK_URLS", "WEBHOOK_SECRET", "CLIENT_STALL_MS", ...logging],
  ] as readonly Setting[],
  worker: [
    ...[...listening, ...films, ...storage, ...redis, "REDIS_SHARDS", ...encoding, "SHUTDOWN_GRACE_MS"],
    ...["ADMIN_TOKEN", ...logging],
  ] as readonly Setting[],
  gateway: [...listening, "REDIS_URL", "GATEWAY_TOKEN", "CLIENT_STALL_MS", ...logging],
  sign: ["AUTH_SECRET"],
  plan: ["SEGMENT_SECONDS", "MEDIA_DIR"],
  prepare: ["MEDIA_DIR", "STORAGE_DIR", "SEGMENT_SECONDS", "WORKER_CONCURRENCY", ...logging],
  check: [],
  doctor: [
    ...listening,
    "MEDIA_DIR",
    "STORAGE_DIR",
    "STORAGE_MIN_FREE_BYTES",
    ...redis,
    ...encoder,
    "WORKER_CONCURRENCY",
  ],
  fleet: ["PORT", "ADMIN_TOKEN"],
} as const satisfies Readonly<Record<string, readonly Setting[]>>;
