import * as z from "zod";
import { ConfigError } from "../shared/config.ts";
import type { HLSManagerOptions } from "./controller-options.ts";
import { AudioQualityEnum, VideoQualityEnum } from "./enums.ts";

const milliseconds = (most: number) =>
  z
    .number("must be a number of milliseconds")
    .min(0, "must not be negative")
    .max(most, `must be ${most} at most`);
const oneOf = <T extends string>(values: Readonly<Record<string, T>>) =>
  z.enum(Object.values(values), `must be of ${Object.values(values).join(", ")}`);
const functions = (...names: readonly string[]) =>
  z.custom<object>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      names.every((name) => typeof (value as Record<string, unknown>)[name] === "function"),
    `must be an object with ${names.join(", ")}`,
  );
const flag = z.boolean("must be true or false").optional();
const DAY_MS = 86_400_000;
const span = milliseconds(DAY_MS).optional();

const config = z.strictObject({
  disposeTimeout: span,
  maxEncoderDistance: z.number().optional(),
  segmentTimeout: span,
  enableHardwareAccelFallback: flag,
  retryFailedSegments: flag,
  maxRetries: z.int().min(0).max(100).optional(),
  metricsInterval: milliseconds(DAY_MS).min(10, "must be at least 10").optional(),
});

const distributed = z.strictObject({
  enabled: flag,
  redisUrl: z.string().optional(),
  client: functions("duplicate", "eval", "ping").optional(),
  workerId: z.string().optional(),
  claimTTL: span,
  claimRenewalInterval: span,
  segmentTimeout: span,
  fallbackToLocal: flag,
  completedSegmentTTL: z.number().optional(),
  fileWaitTimeout: span,
});

const schema = z.strictObject({
  cacheDirectory: z.string("must name a folder").min(1, "must name a folder"),
  hwAccel: flag,
  database: functions("getMetadata", "saveMetadata", "metadataExists").optional(),
  maxSegmentBatchSize: z.int().positive().optional(),
  videoQualities: z.array(oneOf(VideoQualityEnum)).min(1, "must name one at least").optional(),
  audioQualities: z.array(oneOf(AudioQualityEnum)).min(1, "must name one at least").optional(),
  config: config.optional(),
  distributed: distributed.optional(),
  segmentExtension: z.enum(["ts", "m4s"], "must be ts or m4s").optional(),
  maxConcurrentJobs: z.int().positive().optional(),
  log: functions("debug", "info", "warn", "error").optional(),
  settings: z.record(z.string(), z.string()).optional(),
  // Of the older library; there is nothing here that they would tune.
  inactivityCheckFrequency: z.number().optional(),
  unusedStreamDebounceDelay: z.number().optional(),
  inactivityThreshold: z.number().optional(),
});

/** Options as they are typed. @throws ConfigError for those that JavaScript let through. */
export function parseOptions(options: HLSManagerOptions): HLSManagerOptions {
  const parsed = schema.safeParse(options);
  if (parsed.success) return options;
  const [issue] = parsed.error.issues;
  if (issue!.code === "unrecognized_keys") {
    const name = [...issue!.path, issue!.keys[0]].join(".");
    throw new ConfigError(`HLSController has no option ${name}: see whether it is spelt right.`);
  }
  const place = issue!.path.join(".") || "the options";
  throw new ConfigError(`HLSController, ${place}: ${issue!.message}.`);
}
