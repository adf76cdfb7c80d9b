import * as z from "zod";

/** What the table shows of `GET /api/fleet`; fields that a server of another version adds are passed on by `--json`. */
export const fleetSnapshot = z.looseObject({
  /** Milliseconds since 1970 on the lease store's clock, as all times are. */
  now: z.number(),
  mode: z.string(),
  workers: z.array(
    z.looseObject({
      name: z.string(),
      state: z.string(),
      since: z.number(),
      jobs: z.array(
        z.looseObject({
          kind: z.string(),
          path: z.string().optional(),
          rendition: z.string().optional(),
          first: z.number().optional(),
        }),
      ),
      done: z.number().optional(),
      failed: z.number().optional(),
      speed: z.number().optional(),
      segmentsPerSecond: z.number().optional(),
    }),
  ),
  queue: z.looseObject({
    awaited: z.number(),
    lookAhead: z.number(),
    prepare: z.number(),
    backingOff: z.number(),
    oldestSince: z.number().nullable(),
  }),
  faults: z.array(z.looseObject({ at: z.number(), worker: z.string(), text: z.string() })),
});

export type FleetSnapshot = z.infer<typeof fleetSnapshot>;
