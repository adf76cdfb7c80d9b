import { expect, test } from "vitest";
import { controllerConfig } from "../../library/controller-config.ts";
import type { HLSManagerOptions } from "../../library/controller-options.ts";
import { parseOptions } from "../../library/parse-options.ts";
import { ConfigError } from "../../shared/config.ts";

type Options = Omit<HLSManagerOptions, "cacheDirectory">;

const read = (options: Options = {}, environment: Record<string, string> = {}) =>
  controllerConfig(parseOptions({ cacheDirectory: "/cache", ...options }), environment);

test("without options everything is in one process, over the cache directory", () => {
  const { config, disposeMs, metricsMs } = read();
  expect(config).toMatchObject({
    STORAGE_DIR: "/cache",
    SEGMENT_WAIT_MS: 60_000,
    LEASE_TTL_MS: 3000,
    MAX_ATTEMPTS: 3,
  });
  expect([config.REDIS_URL, config.UPSTASH_REDIS_REST_URL]).toEqual([undefined, undefined]);
  expect({ disposeMs, metricsMs }).toEqual({
    disposeMs: 1_800_000,
    metricsMs: 30_000,
  });
});

const client = { eval() {}, ping() {}, duplicate() {} };
const REDIS = { REDIS_URL: "redis://env:1" };
const UPSTASH = { UPSTASH_REDIS_REST_URL: "https://env", UPSTASH_REDIS_REST_TOKEN: "token" };

test.each<[string, Options, Record<string, string>, string | undefined]>([
  ["the option", { distributed: { redisUrl: "redis://option:1" } }, REDIS, "redis://option:1"],
  ["the environment", {}, REDIS, "redis://env:1"],
  ["the environment's Upstash", {}, UPSTASH, "https://env"],
  ["the settings", { settings: { REDIS_URL: "redis://settings:1" } }, UPSTASH, "redis://settings:1"],
  ["nobody, where it is turned off", { distributed: { enabled: false } }, REDIS, undefined],
  ["nobody, where a client is given", { distributed: { client } }, REDIS, undefined],
  ["nobody, where the option is undefined", { distributed: { redisUrl: undefined } }, {}, undefined],
])("Redis is named by %s", (_, options, environment, expected) => {
  const { config } = read(options, environment);
  expect(config.REDIS_URL ?? config.UPSTASH_REDIS_REST_URL).toBe(expected);
});

test("that Redis was asked for and is not there is told", () => {
  expect(read({ distributed: { enabled: true } }).lacksRedis).toBe(true);
  expect(read({ distributed: { enabled: true } }, REDIS).lacksRedis).toBe(false);
  expect(read({ distributed: { enabled: true, client } }).lacksRedis).toBe(false);
});

test("an encoder in hardware is looked for in one process, and named for a fleet", () => {
  expect(read().config.ENCODER).toBe("software");
  expect(read({ hwAccel: true }).config.ENCODER).toBe("auto");
  expect(read({ hwAccel: true, settings: { ENCODER: "qsv" } }).config.ENCODER).toBe("qsv");
  expect(read({ hwAccel: true }, REDIS).config.ENCODER).toBe("software");
  expect(read({ hwAccel: true, settings: { ENCODER: "nvenc" } }, REDIS).config.ENCODER).toBe("nvenc");
});

test("every option of the distributed mode reaches the setting that it is", () => {
  const { config } = read({
    distributed: {
      redisUrl: "redis://host:1",
      workerId: "pod-1",
      claimTTL: 60_000,
      claimRenewalInterval: 20_000,
      segmentTimeout: 30_000,
      fallbackToLocal: false,
      fileWaitTimeout: 5000,
    },
    maxConcurrentJobs: 3,
  });
  expect(config).toMatchObject({
    WORKER_ID: "pod-1",
    LEASE_TTL_MS: 60_000,
    LEASE_RENEW_MS: 20_000,
    SEGMENT_WAIT_MS: 30_000,
    FALLBACK_TO_LOCAL: false,
    FILE_WAIT_MS: 5000,
    WORKER_CONCURRENCY: 3,
  });
});

test("claims and their renewals follow from each other", () => {
  expect(read({ distributed: { claimTTL: 9000 } }).config.LEASE_RENEW_MS).toBe(3000);
  expect(read({ distributed: { claimRenewalInterval: 5000 } }).config.LEASE_TTL_MS).toBe(15_000);
  expect(() => read({ distributed: { claimTTL: 3000, claimRenewalInterval: 2000 } })).toThrow(ConfigError);
});

test("a segment is waited for as the mode has it", () => {
  const config = { segmentTimeout: 7000 };
  expect(read({ config }).config.SEGMENT_WAIT_MS).toBe(7000);
  expect(read({ config }, REDIS).config.SEGMENT_WAIT_MS).toBe(7000);
  expect(read({}, REDIS).config.SEGMENT_WAIT_MS).toBe(30_000);
  expect(read({ distributed: { segmentTimeout: 8000 } }).config.SEGMENT_WAIT_MS).toBe(60_000);
  expect(read({ config, distributed: { segmentTimeout: 8000 } }, REDIS).config.SEGMENT_WAIT_MS).toBe(8000);
});

test("retries are attempts after the first", () => {
  expect(read({ config: { maxRetries: 5 } }).config.MAX_ATTEMPTS).toBe(6);
  expect(read({ config: { maxRetries: 0 } }).config.MAX_ATTEMPTS).toBe(1);
  expect(read({ config: { maxRetries: 5, retryFailedSegments: false } }).config.MAX_ATTEMPTS).toBe(1);
});

test("settings have their names in the environment", () => {
  expect(read({ settings: { STORAGE_MAX_BYTES: "2GB" } }).config.STORAGE_MAX_BYTES).toBe(2_000_000_000);
  expect(() => read({ settings: { STORAGE_MAX: "2GB" } })).toThrow("there is no setting STORAGE_MAX");
});

test.each<[string, object, RegExp]>([
  ["an unknown option", { cacheDir: "/x" }, /no option cacheDir/],
  ["an unknown option further down", { config: { segmentTimout: 1 } }, /no option config\.segmentTimout/],
  ["a quality that there is none of", { videoQualities: ["4K"] }, /videoQualities\.0: must be of 240p, /],
  ["no quality", { audioQualities: [] }, /audioQualities: must name one/],
  [
    "a wait that is no number",
    { config: { segmentTimeout: "1s" } },
    /config\.segmentTimeout: must be a number/,
  ],
  ["a database without methods", { database: {} }, /database: must be an object with getMetadata, /],
  ["a client that is none", { distributed: { client: {} } }, /distributed\.client: must be an object with/],
  ["no folder", { cacheDirectory: "" }, /cacheDirectory: must name a folder/],
])("%s is refused with its name", (_, options, message) => {
  const parse = () => parseOptions({ cacheDirectory: "/cache", ...options });
  expect(parse).toThrow(ConfigError);
  expect(parse).toThrow(message);
});
