import { type Config, ConfigError, parseConfig, settingNames } from "../shared/config.ts";
import type { HLSManagerOptions } from "./controller-options.ts";

/** All that a controller's options mean for what stands behind it. */
export interface ControllerConfig {
  readonly config: Config;
  /** How long a client or a stream that nobody asks for is remembered, milliseconds. */
  readonly disposeMs: number;
  readonly metricsMs: number;
  /** `distributed.enabled` was asked for, and no Redis is configured. */
  readonly lacksRedis: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const REDIS_SETTINGS = ["REDIS_URL", "UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN"] as const;
const noRedis = Object.fromEntries(REDIS_SETTINGS.map((name) => [name, undefined]));
/** Long enough for a segment that is under way, short enough for a program that wants to end. */
const GRACE_MS = 2000;

/**
 * Settings as the options have them.
 * @param environment where Redis is looked for, and nothing else.
 * @throws ConfigError for values that make no sense.
 */
export function controllerConfig(options: HLSManagerOptions, environment: Environment): ControllerConfig {
  const { config: stream = {}, distributed = {}, settings = {} } = options;
  const unknown = Object.keys(settings).find((name) => !settingNames.includes(name as keyof Config));
  if (unknown) throw new ConfigError(`HLSController, settings: there is no setting ${unknown}.`);
  const isOff = distributed.enabled === false;
  const redis = isOff ? {} : redisSettings(options, environment);
  const isFleet = !isOff && (distributed.client !== undefined || Object.keys(redis).length > 0);
  return {
    config: parseConfig({
      LOG_LEVEL: "warn",
      SHUTDOWN_GRACE_MS: `${GRACE_MS}`,
      ...leaseSettings(distributed),
      SEGMENT_WAIT_MS: `${waitMs(options, isFleet)}`,
      ...given("WORKER_ID", distributed.workerId),
      ...given("FILE_WAIT_MS", distributed.fileWaitTimeout),
      ...given("FALLBACK_TO_LOCAL", distributed.fallbackToLocal),
      ...given("MAX_ATTEMPTS", attempts(stream)),
      ...given("WORKER_CONCURRENCY", options.maxConcurrentJobs),
      // A fleet's nodes have to agree on one, which is then named in the settings.
      ...(options.hwAccel && !isFleet && { ENCODER: "auto" }),
      ...settings,
      ...noRedis,
      ...redis,
      STORAGE_DIR: options.cacheDirectory,
    }),
    disposeMs: stream.disposeTimeout ?? 30 * 60_000,
    metricsMs: stream.metricsInterval ?? 30_000,
    lacksRedis: distributed.enabled === true && !isFleet,
  };
}

function given(name: keyof Config, value: string | number | boolean | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: `${value}` };
}

/** The Redis that is meant: the client or the address in the options, else the environment's. */
function redisSettings({ distributed = {}, settings = {} }: HLSManagerOptions, environment: Environment) {
  if (distributed.client) return {};
  if (distributed.redisUrl) return { REDIS_URL: distributed.redisUrl };
  const has = (values: Environment) => REDIS_SETTINGS.some((name) => values[name]);
  const source = has(settings) ? settings : environment;
  const found = REDIS_SETTINGS.flatMap((name) => (source[name] ? [[name, source[name]] as const] : []));
  return Object.fromEntries(found) as Record<string, string>;
}

/** One of the two follows from the other, so that one renewal may always get lost. */
function leaseSettings({ claimTTL, claimRenewalInterval }: NonNullable<HLSManagerOptions["distributed"]>) {
  if (claimTTL === undefined && claimRenewalInterval === undefined) return {};
  const ttlMs = claimTTL ?? Math.max(3000, 3 * claimRenewalInterval!);
  const renewMs = claimRenewalInterval ?? Math.floor(ttlMs / 3);
  return { LEASE_TTL_MS: `${ttlMs}`, LEASE_RENEW_MS: `${renewMs}` };
}

/** The first one is none of the retries. */
function attempts({ retryFailedSegments = true, maxRetries }: NonNullable<HLSManagerOptions["config"]>) {
  if (!retryFailedSegments) return 1;
  return maxRetries === undefined ? undefined : maxRetries + 1;
}

function waitMs({ config = {}, distributed = {} }: HLSManagerOptions, isFleet: boolean): number {
  return (
    (isFleet ? distributed.segmentTimeout : undefined) ?? config.segmentTimeout ?? (isFleet ? 30_000 : 60_000)
  );
}
