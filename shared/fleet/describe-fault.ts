import { parseReason } from "../fault.ts";
import type { LeaseFault } from "../lease/lease-overview.ts";
import { describeWork, nameWork } from "./describe-work.ts";
import type { FaultView, WorkView } from "./fleet-view.ts";
import { workerName } from "./worker-name.ts";

/** What went wrong, in plain words. */
export function describeFault(fault: LeaseFault): FaultView {
  const { at, kind, attempt } = fault;
  const work = describeWork(fault.payload);
  const worker = workerName(fault.worker);
  const known = { ...work, at, kind, worker, attempt };
  if (kind === "lapsed") {
    const text = `${worker} stopped answering while it made ${nameIn(work)}. The next free worker makes it.`;
    return { ...known, code: "worker-silent", text };
  }
  const { code, message } = parseReason(fault.reason);
  const why = sentence(message);
  const text =
    kind === "dead"
      ? `${worker} gave up on ${nameIn(work)}${attempt > 1 ? ` at attempt ${attempt}` : ""}: ${why}`
      : `${worker} failed at ${nameIn(work)}: ${why} It is tried again.`;
  return { ...known, code, text };
}

function nameIn(work: WorkView): string {
  return work.path === undefined ? nameWork(work) : `${nameWork(work)} of “${work.path}”`;
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
