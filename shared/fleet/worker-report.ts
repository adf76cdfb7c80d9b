import * as z from "zod";

/** What a worker says about itself, in one line, with some of its claims. Those of other versions may say more or less. */
const workerReportSchema = z.object({
  version: z.string().exactOptional(),
  /** Jobs at a time. */
  concurrency: z.int().exactOptional(),
  upMs: z.number().exactOptional(),
  /** How long it has had nothing to do. */
  idleMs: z.number().exactOptional(),
  /** Jobs since it started, and attempts that failed. */
  done: z.int().exactOptional(),
  failed: z.int().exactOptional(),
  /** Seconds of media made for each second at work, in the last minute. */
  speed: z.number().exactOptional(),
  /** Media segments made a second, in the last minute. */
  segmentsPerSecond: z.number().exactOptional(),
  /** It stops, and is not heard of again. */
  isLeaving: z.boolean().exactOptional(),
});

export type WorkerReport = z.infer<typeof workerReportSchema>;

export function formatWorkerReport(report: WorkerReport): string {
  return JSON.stringify(report);
}

/** What isn't understood is nothing. */
export function parseWorkerReport(text: string): WorkerReport {
  try {
    return workerReportSchema.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
}
