import * as z from "zod";
import { preparationSchema } from "./preparation.ts";

const timestamp = z.iso.datetime().describe("When it happened.");

/** A worker of the fleet that stopped renewing its leases. */
export const lostWorkerSchema = z.object({
  worker: z.string().describe("Its name: WORKER_ID, or the host's."),
  lastSeenAt: z.iso.datetime().describe("When it last claimed something, or said what became of it."),
  jobs: z.int().nonnegative().describe("What it was at, which others take over."),
});

/** What the operator's servers are told of, in the form of Standard Webhooks. */
export const webhookEventSchema = z
  .discriminatedUnion("type", [
    z.object({ type: z.literal("preparation.done"), timestamp, data: preparationSchema }),
    z.object({ type: z.literal("preparation.failed"), timestamp, data: preparationSchema }),
    z.object({ type: z.literal("worker.lost"), timestamp, data: lostWorkerSchema }),
  ])
  .meta({ id: "WebhookEvent" });

export type WebhookEvent = z.infer<typeof webhookEventSchema>;

/**
 * The port through which events leave. It returns at once, whatever becomes of them.
 * @param key what tells one occurrence from another: told twice, the same one has the same id.
 */
export type Notify = (event: WebhookEvent, key: string) => void;
