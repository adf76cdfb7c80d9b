import type { OriginalRendition } from "../shared/media/original.ts";
import { segmentCount, timelineDuration } from "../shared/media/timeline.ts";
import type { PlanOptions, SoundRendition, Title, VideoRendition } from "../shared/media/title.ts";
import { toNumber } from "../shared/rational.ts";
import { StreamType } from "./enums.ts";
import { qualityOf, trackIndex } from "./qualities.ts";
import type { StreamMetricsEvent } from "./stream-metrics.ts";

/** Counts what becomes of one stream's segments. */
export class StreamTally {
  readonly #stream: Pick<StreamMetricsEvent, "streamId" | "fileId" | "type" | "quality" | "streamIndex">;
  /** What makes the stream, where that is hardware, and what was to do it and failed. */
  readonly #hardware: Pick<PlanOptions, "encoder" | "insteadOf">;
  readonly #totalSegments: number;
  readonly #segmentMs: number;
  readonly #completed = new Set<number>();
  readonly #failed = new Set<number>();
  readonly #now: () => number;
  readonly #createdAt: number;
  #lastActivityAt: number;
  #started = 0;
  #processed = 0;
  #failures = 0;
  #processingMs = 0;

  /** @param now milliseconds since the epoch. */
  constructor(
    title: Title,
    rendition: VideoRendition | SoundRendition | OriginalRendition,
    now: () => number,
  ) {
    const fileId = title.source.fingerprint;
    const type = rendition.kind === "audio" ? StreamType.AUDIO : StreamType.VIDEO;
    const streamIndex = rendition.kind === "audio" ? trackIndex(rendition) : 0;
    const quality = qualityOf(rendition);
    this.#stream = {
      streamId: `${fileId}:${type}:${streamIndex}:${quality}`,
      fileId,
      type,
      quality,
      streamIndex,
    };
    this.#hardware = rendition.kind === "video" ? title.options : {};
    this.#totalSegments = segmentCount(rendition.timeline);
    this.#segmentMs = (1000 * toNumber(timelineDuration(rendition.timeline))) / this.#totalSegments;
    this.#now = now;
    this.#createdAt = now();
    this.#lastActivityAt = this.#createdAt;
  }

  get lastActivityAt(): number {
    return this.#lastActivityAt;
  }

  /** Notes how a request for a segment ends. */
  async count<T>(segment: number, work: () => Promise<T>): Promise<T> {
    const begun = this.#now();
    this.#lastActivityAt = begun;
    this.#started += 1;
    try {
      const result = await work();
      this.#processed += 1;
      this.#processingMs += this.#now() - begun;
      this.#completed.add(segment);
      this.#failed.delete(segment);
      return result;
    } catch (error) {
      this.#failures += 1;
      if (!this.#completed.has(segment)) this.#failed.add(segment);
      throw error;
    } finally {
      this.#lastActivityAt = this.#now();
    }
  }

  describe(): StreamMetricsEvent {
    const pending = this.#started - this.#processed - this.#failures;
    const averageMs = this.#processed > 0 ? this.#processingMs / this.#processed : 0;
    const left = this.#totalSegments - this.#completed.size;
    const { encoder, insteadOf: failed } = this.#hardware;
    return {
      ...this.#stream,
      metrics: {
        segmentsProcessed: this.#processed,
        segmentsFailed: this.#failures,
        averageProcessingTime: averageMs,
        hardwareAccelUsed: encoder !== undefined,
        fallbacksToSoftware: failed ? 1 : 0,
        totalJobsStarted: this.#started,
        totalJobsCompleted: this.#processed,
      },
      isUsingHardwareAcceleration: encoder !== undefined,
      currentAccelerationMethod: encoder ?? "none",
      originalAccelerationMethod: failed?.encoder ?? null,
      hasFallenBackToSoftware: failed !== undefined,
      totalSegments: this.#totalSegments,
      segmentsCompleted: this.#completed.size,
      segmentsPending: pending,
      segmentsFailed: this.#failed.size,
      segmentsUnstarted: Math.max(0, left - pending - this.#failed.size),
      currentJobsActive: pending,
      averageSegmentDuration: this.#segmentMs,
      estimatedTimeRemaining: left > 0 && averageMs > 0 ? left * averageMs : null,
      streamCreatedAt: this.#createdAt,
      lastActivityAt: this.#lastActivityAt,
      metricsGeneratedAt: this.#now(),
    };
  }
}
