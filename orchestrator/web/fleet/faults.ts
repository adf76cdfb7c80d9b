import type { FaultView, FleetView } from "../../../shared/fleet/fleet-view.ts";
import { byId, element } from "../dom.ts";
import { formatSpan } from "./spans.ts";

/** The same over and over is one line, with how often. */
interface FaultLine {
  readonly fault: FaultView;
  readonly times: number;
}

const KINDS: Readonly<Record<FaultView["kind"], string>> = {
  failed: "Failed",
  dead: "Given up",
  lapsed: "Worker lost",
};

export function showFaults({ faults }: FleetView, now: number): void {
  const lines = gather(faults).map(({ fault, times }) => renderFault(fault, times, now));
  const none = element("li", "empty", "Nothing in the last hour.");
  byId("faults", HTMLOListElement).replaceChildren(...(lines.length > 0 ? lines : [none]));
}

function gather(faults: readonly FaultView[]): readonly FaultLine[] {
  const lines: { fault: FaultView; times: number }[] = [];
  for (const fault of faults) {
    const same = lines.find((line) => line.fault.kind === fault.kind && line.fault.text === fault.text);
    if (same) same.times += 1;
    else lines.push({ fault, times: 1 });
  }
  return lines;
}

function renderFault({ kind, text, code, at }: FaultView, times: number, now: number): HTMLElement {
  const when = element("time", "", `${formatSpan(now - at)} ago`);
  when.dateTime = new Date(at).toISOString();
  const notes = [code, ...(times > 1 ? [`${times} times`] : [])].join(" · ");
  const line = element(
    "li",
    "fault",
    element("div", "fault-top", element("strong", "", KINDS[kind]), when),
    element("p", "", text),
    element("p", "note", notes),
  );
  line.dataset.kind = kind;
  return line;
}
