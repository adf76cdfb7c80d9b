import * as z from "zod";
import type { LeaseOverview } from "../lease/lease-overview.ts";

const number = z.number();
const counts = z.object({
  ...{ now: number, awaited: number, ahead: number, later: number, backingOff: number },
  earliest: number.optional(),
  ...{ done: number, failed: number, lapsed: number, dead: number },
});
const lease = z.object({
  ...{ id: z.string(), payload: z.string(), worker: z.string() },
  ...{ since: number, attempt: number, deadline: number, renewedAt: number, until: number },
  isSecond: z.boolean(),
});
const worker = z.object({
  ...{ worker: z.string(), seenAt: number, heardAt: number, self: z.string() },
  lapsedAt: number.exactOptional(),
});
const fault = z.object({
  at: number,
  kind: z.enum(["failed", "dead", "lapsed"]),
  ...{ id: z.string(), payload: z.string(), worker: z.string(), attempt: number, reason: z.string() },
});

/** The reply of overview.lua: what is told, and how, in turns. */
export function parseOverview(reply: unknown): LeaseOverview {
  const values = z.array(z.coerce.string()).parse(reply);
  const all = (kind: string) =>
    values.flatMap((value, k) => (k % 2 === 1 && values[k - 1] === kind ? [value] : []));
  const read = <T>(kind: string, schema: z.ZodType<T>) =>
    all(kind).map((text) => schema.parse(JSON.parse(text)));
  const [known] = read("counts", counts);
  const { now, awaited, ahead, later, backingOff, earliest, ...totals } = known!;
  return {
    now,
    queue: {
      ...{ awaited, ahead, later, backingOff },
      ...(earliest !== undefined && { earliestDeadline: earliest }),
    },
    leases: read("lease", lease),
    workers: read("worker", worker),
    faults: read("fault", fault),
    totals,
    queued: all("queued"),
  };
}
