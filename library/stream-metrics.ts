import type { StreamType } from "./enums.ts";

/** What this controller has seen of one stream since it was first asked for; all times are milliseconds. */
export interface StreamMetricsEvent {
  streamId: string;
  fileId: string;
  type: StreamType;
  quality: string;
  streamIndex: number;
  metrics: StreamMetrics;
  /** False: pictures are encoded in software. */
  isUsingHardwareAcceleration: boolean;
  /** `none`. */
  currentAccelerationMethod: string;
  originalAccelerationMethod: string | null;
  hasFallenBackToSoftware: boolean;
  totalSegments: number;
  /** Of those, the ones that were handed out here. */
  segmentsCompleted: number;
  /** That clients wait for now. */
  segmentsPending: number;
  segmentsFailed: number;
  segmentsUnstarted: number;
  currentJobsActive: number;
  averageSegmentDuration: number;
  /** Were all of the rest made one after the other; null where nothing is known yet. */
  estimatedTimeRemaining: number | null;
  /** Since the epoch, as are those below. */
  streamCreatedAt: number;
  lastActivityAt: number;
  metricsGeneratedAt: number;
}

export interface StreamMetrics {
  /** Segments that were handed out, each time that one was. */
  segmentsProcessed: number;
  segmentsFailed: number;
  /** From the request for a segment to its bytes, be it made or there already. */
  averageProcessingTime: number;
  hardwareAccelUsed: boolean;
  fallbacksToSoftware: number;
  totalJobsStarted: number;
  totalJobsCompleted: number;
}

export type StreamMetricsEventHandler = (event: StreamMetricsEvent) => void;
