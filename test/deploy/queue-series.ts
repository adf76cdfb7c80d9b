/**
 * How `/metrics` says how deep the queue is, a line a series. Whoever scales by it depends on these names:
 * what an orchestrator prints is to be the same.
 */
export const queueSeries: readonly string[] = ["awaited", "ahead", "leased", "dead"].map(
  (state) => `seamline_queue_jobs{state="${state}"}`,
);
