import type { AudioQualityEnum, VideoQualityEnum } from "./enums.ts";
import type { DatabaseConnector } from "./media-metadata.ts";
import type { RedisClient } from "./redis-client.ts";

/** Where events go: a pino logger is one. */
export interface ControllerLog {
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}

/** What an `HLSController` is made with. docs/library.md says what each option does, and which ones do nothing. */
export interface HLSManagerOptions {
  /** Where finished segments are kept; with Redis, a folder that all nodes share. */
  cacheDirectory: string;
  /** Accepted, and without effect: pictures are encoded in software, so that every node makes the same bytes. */
  hwAccel?: boolean | undefined;
  /** Told of every file's metadata. */
  database?: DatabaseConnector | undefined;
  /** Accepted, and without effect. */
  maxSegmentBatchSize?: number | undefined;
  /** The qualities that are offered, of those that a file has; all unless given. */
  videoQualities?: VideoQualityEnum[] | undefined;
  /** The same of sound. */
  audioQualities?: AudioQualityEnum[] | undefined;
  config?: Partial<StreamConfig> | undefined;
  distributed?: DistributedConfig | undefined;
  /**
   * What segments are called in playlists: `segment-<number>.ts` unless given, which routes of the older library
   * know. `m4s` says what they are, which players need to know that go by names (Shaka Player).
   */
  segmentExtension?: "ts" | "m4s" | undefined;
  /** Encodes at a time; from the machine unless given. */
  maxConcurrentJobs?: number | undefined;
  /** Warnings and errors go to standard error, as JSON lines, unless given. */
  log?: ControllerLog | undefined;
  /** Seamline's own settings by their names in the environment, such as `{ STORAGE_MAX_BYTES: "200GB" }`. */
  settings?: Readonly<Record<string, string>> | undefined;
}

/** All times are milliseconds. */
export interface StreamConfig {
  /** How long a client or a stream that nobody asks for is remembered: half an hour. */
  disposeTimeout: number;
  /** Accepted, and without effect. */
  maxEncoderDistance: number;
  /** How long a request waits for its segment: a minute. */
  segmentTimeout: number;
  /** Accepted, and without effect. */
  enableHardwareAccelFallback: boolean;
  /** Whether a segment that failed is tried again. */
  retryFailedSegments: boolean;
  /** How often, at most; twice unless given. */
  maxRetries: number;
  /** How often `onStreamMetrics` is told of each stream: every 30 s. */
  metricsInterval: number;
}

/** Several programs that share a Redis and a cache directory. All times are milliseconds. */
export interface DistributedConfig {
  /** True unless given, wherever a Redis is configured. */
  enabled?: boolean | undefined;
  /** `redis://` or `rediss://`; else REDIS_URL, or UPSTASH_REDIS_REST_URL and its token, of the environment. */
  redisUrl?: string | undefined;
  /** A client of the program's own, of ioredis or node-redis, in place of `redisUrl`. It is not closed. */
  client?: RedisClient | undefined;
  /** This node's name in logs; the host's unless given. */
  workerId?: string | undefined;
  /** How long a segment stays with a node that has fallen silent: 3 s. */
  claimTTL?: number | undefined;
  /** A third of `claimTTL`. */
  claimRenewalInterval?: number | undefined;
  /** How long a request waits for its segment: 30 s. */
  segmentTimeout?: number | undefined;
  /** Whether this node encodes by itself while Redis is away: true. */
  fallbackToLocal?: boolean | undefined;
  /** Accepted, and without effect: the cache directory alone says which segments are there. */
  completedSegmentTTL?: number | undefined;
  /** How long a finished file may take to show up in a shared cache directory: 10 s. */
  fileWaitTimeout?: number | undefined;
}
