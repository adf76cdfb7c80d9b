import type { LeaseSeen, WorkerSeen } from "../lease/lease-overview.ts";
import { describeWork } from "./describe-work.ts";
import type { WorkerState, WorkerView } from "./fleet-view.ts";
import { workerName } from "./worker-name.ts";
import { parseWorkerReport, type WorkerReport } from "./worker-report.ts";

/** Once less than this part of a lease is left, it was to be renewed at least once more: its worker is missed. */
const MISSED_PART = 1 / 4;
/** An idle worker asks for work every few seconds. One that doesn't for so long is missed, milliseconds. */
const IDLE_SILENT_MS = 20_000;
/** How long one that said goodbye is still shown, milliseconds. */
const GONE_SHOWN_MS = 60_000;

interface Evidence {
  readonly now: number;
  readonly seen: WorkerSeen | undefined;
  readonly leases: readonly LeaseSeen[];
  readonly report: WorkerReport;
}

/** A worker as it is shown; undefined for one that has been gone for a while. */
export function describeWorker(
  id: string,
  seen: WorkerSeen | undefined,
  leases: readonly LeaseSeen[],
  now: number,
): WorkerView | undefined {
  const report = parseWorkerReport(seen?.self ?? "");
  const { state, since } = judge({ now, seen, leases, report });
  if (state === "gone" && now - since > GONE_SHOWN_MS) return undefined;
  const { version, concurrency, upMs, done, failed, speed, segmentsPerSecond } = report;
  return {
    ...{ id, name: workerName(id), state, since },
    seenAt: Math.max(seen?.seenAt ?? 0, ...leases.map(({ renewedAt }) => renewedAt)),
    jobs: [...leases].sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1)).map(describeLease),
    ...{ concurrency, version, done, failed, speed, segmentsPerSecond },
    // To the second: it is found out anew with every report.
    startedAt: seen && upMs !== undefined ? Math.round((seen.heardAt - upMs) / 1000) * 1000 : undefined,
  };
}

function judge(evidence: Evidence): { readonly state: WorkerState; readonly since: number } {
  const { now, seen, leases, report } = evidence;
  const sign = Math.max(seen?.seenAt ?? 0, ...leases.map(({ renewedAt }) => renewedAt));
  const isMissed = leases.some(({ until, renewedAt }) => until - now < MISSED_PART * (until - renewedAt));
  if (isMissed) return { state: "silent", since: sign };
  if (seen?.lapsedAt !== undefined && seen.lapsedAt > sign) return { state: "silent", since: seen.lapsedAt };
  if (leases.length > 0) return { state: "working", since: Math.min(...leases.map(({ since }) => since)) };
  if (report.isLeaving) return { state: "gone", since: sign };
  if (now - sign > IDLE_SILENT_MS) return { state: "silent", since: sign };
  return { state: "idle", since: idleSince(seen!, report) };
}

/** What it says about that is old where it has done something since. */
function idleSince({ seenAt, heardAt }: WorkerSeen, { idleMs }: WorkerReport): number {
  return seenAt > heardAt || idleMs === undefined ? seenAt : heardAt - idleMs;
}

function describeLease({ payload, since, attempt, deadline, isSecond }: LeaseSeen) {
  // Claimed at once or not, whoever waits has done so since its deadline.
  return { ...describeWork(payload), since, attempt, isAwaited: deadline <= since, isSecond };
}
