import { Metrics } from "../../cli/metrics/metrics.ts";

/** How `/metrics` of an orchestrator says how deep the queue is, a line a series: whoever scales by it reads these names. */
export async function printQueueSeries(): Promise<readonly string[]> {
  const metrics = new Metrics("orchestrator");
  metrics.look({ queue: { stats: async () => ({ queued: 3, awaited: 1, leased: 2, dead: 4 }) } });
  const lines = (await metrics.print()).split("\n");
  return lines.flatMap((line) => /^(seamline_queue_\w+\{\S*\}) \d+$/.exec(line)?.[1] ?? []);
}
