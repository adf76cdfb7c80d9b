import { expect, test } from "vitest";
import { JobDesk } from "../../orchestrator/job-desk.ts";
import { MemoryLeaseStore } from "../../shared/lease/memory-lease-store.ts";
import { silentLog } from "../../shared/log.ts";
import { silentTelemetry } from "../../shared/telemetry.ts";

test.each([1, 2, 4])("a job that fails is tried %i times where its desk was told so", async (maxAttempts) => {
  const store = new MemoryLeaseStore();
  const desk = new JobDesk(store, 1000, silentLog, silentTelemetry, maxAttempts);
  await desk.lookAhead([{ job: { kind: "probe", path: "film.mp4" }, dueInMs: 0 }]);
  const outcomes: string[] = [];
  for (let sequence = 1; ; sequence++) {
    const [lease] = await store.claim({ worker: "w", sequence, leaseMs: 1000, count: 1 });
    if (!lease) break;
    const failure = { reason: "encode-failed: no", permanent: false, backoffMs: 0, retainMs: 1000 };
    outcomes.push(await store.fail(lease, failure));
  }
  expect(outcomes).toEqual([...Array(maxAttempts - 1).fill("requeued"), "dead"]);
});
