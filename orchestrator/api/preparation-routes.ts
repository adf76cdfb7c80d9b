import * as z from "zod";
import {
  preparationListSchema,
  preparationRequestSchema,
  preparationSchema,
} from "../../shared/api/preparation.ts";
import { ADMIN, SOURCE, WAITING } from "./common-problems.ts";
import { describeRoute } from "./describe-route.ts";

const common = { tag: "preparing", opens: "admin" } as const;
const parameters = z.object({ id: preparationSchema.shape.id });
const RECORDS = ["not-offered-here", "storage-failed", "storage-timeout", "internal"] as const;

export const startPreparation = describeRoute({
  ...{ method: "post", path: "/api/prepare", id: "startPreparation", ...common },
  summary: "Make a title, or a range of it, before anybody watches it",
  description:
    "Segments of the chosen rungs, all sound, subtitles and init segments, behind everything that is asked for by " +
    "those who watch. Asked for again, what is under way goes on, and what has ended is looked through again: only " +
    "what is missing is made.",
  body: preparationRequestSchema,
  answers: {
    202: {
      description: "It is under way, or waits for its turn.",
      schema: preparationSchema,
      headers: { location: "Where it says how far it is." },
    },
  },
  problems: [
    ...ADMIN,
    ...SOURCE,
    ...WAITING,
    "bad-request",
    "body-too-large",
    "not-offered-here",
    "internal",
  ],
});

export const listPreparations = describeRoute({
  ...{ method: "get", path: "/api/prepare", id: "listPreparations", ...common },
  summary: "What is being prepared, and what became of it in the last week",
  answers: { 200: { description: "The latest first.", schema: preparationListSchema } },
  problems: [...ADMIN, ...RECORDS],
});

export const getPreparation = describeRoute({
  ...{ method: "get", path: "/api/prepare/{id}", id: "getPreparation", ...common },
  summary: "How far a preparation is",
  parameters,
  answers: { 200: { description: "As it is now.", schema: preparationSchema } },
  problems: [...ADMIN, ...RECORDS, "not-found"],
});

export const followPreparation = describeRoute({
  ...{ method: "get", path: "/api/prepare/{id}/events", id: "followPreparation", ...common },
  summary: "How far a preparation is, as server-sent events",
  description:
    "An event `preparation` now and whenever something has changed, whose data is the whole Preparation as JSON. The " +
    "stream ends after its last state, and may be opened anew at any time.",
  parameters,
  answers: { 200: { description: "Events.", contentType: "text/event-stream" } },
  problems: [...ADMIN, ...RECORDS, "not-found"],
});

export const cancelPreparation = describeRoute({
  ...{ method: "delete", path: "/api/prepare/{id}", id: "cancelPreparation", ...common },
  summary: "End a preparation",
  description: "What was made stays. One that has ended stays as it is.",
  parameters,
  answers: { 200: { description: "As it is now.", schema: preparationSchema } },
  problems: [...ADMIN, ...RECORDS, "not-found"],
});
