import * as z from "zod";
import { fleetViewSchema, segmentMapSchema } from "../../shared/fleet/fleet-view.ts";
import { ADMIN, READING, SOURCE, WAITING } from "./common-problems.ts";
import { describeRoute } from "./describe-route.ts";

const common = { method: "get", tag: "fleet", opens: "admin" } as const;
const path = z.string().describe("The title's path in the media folder.");

export const getFleet = describeRoute({
  ...{ ...common, path: "/api/fleet", id: "getFleet" },
  summary: "What the fleet is doing",
  answers: { 200: { description: "As it is now.", schema: fleetViewSchema } },
  problems: [...ADMIN, ...READING, "fleet-unseen", "redis-unavailable"],
});

export const listFleetTitles = describeRoute({
  ...{ ...common, path: "/api/fleet/titles", id: "listFleetTitles" },
  summary: "Titles whose segments may be looked at",
  answers: {
    200: {
      description: "All of the media folder.",
      schema: z.object({ titles: z.array(z.object({ path: z.string(), name: z.string() })) }),
    },
  },
  problems: [...ADMIN, ...READING],
});

export const getFleetSegments = describeRoute({
  ...{ ...common, path: "/api/fleet/segments", id: "getFleetSegments" },
  summary: "The state of every segment of every rendition of a title",
  query: z.object({ path }),
  answers: { 200: { description: "As it is now.", schema: segmentMapSchema } },
  problems: [...ADMIN, ...SOURCE, ...WAITING, "path-missing", "not-found", "fleet-unseen", "internal"],
});

export const followFleet = describeRoute({
  ...{ ...common, path: "/api/events", id: "followFleet" },
  summary: "What the fleet is doing, as server-sent events",
  description:
    "An event `fleet` now and whenever something has changed, whose data is a FleetView as JSON; with a path also " +
    "`map`, the segments of that title, and then `cells`, the renditions that have changed; `trouble` and `map-trouble` bring a problem.",
  query: z.object({ path: path.optional() }),
  answers: { 200: { description: "Events.", contentType: "text/event-stream; charset=utf-8" } },
  problems: [...ADMIN, ...READING, "too-many-watchers", "fleet-unseen"],
});
