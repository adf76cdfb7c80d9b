import * as z from "zod";
import { healthSchema, readinessSchema } from "../../shared/api/health.ts";
import { READING } from "./common-problems.ts";
import { describeRoute } from "./describe-route.ts";

const common = { method: "get", tag: "server" } as const;
/** Scripts that two pages share, or that are loaded later, have a hash in their names. */
const PAGE_ASSET = /^[a-zA-Z0-9-]+\.(?:js|css)$/;

export const getHealth = describeRoute({
  ...{ ...common, path: "/healthz", id: "getHealth" },
  summary: "Whether the process answers",
  answers: { 200: { description: "It does.", schema: healthSchema } },
  problems: READING,
});

export const getReadiness = describeRoute({
  ...{ ...common, path: "/readyz", id: "getReadiness" },
  summary: "Whether it can serve",
  description: "Why something is missing is told to administrators.",
  answers: {
    200: { description: "It can.", schema: readinessSchema },
    503: { description: "Something is missing.", schema: readinessSchema },
  },
  problems: READING,
});

export const getPage = describeRoute({
  ...{ ...common, path: "/", id: "getPage" },
  summary: "The web page",
  answers: { 200: { description: "HTML.", contentType: "text/html; charset=utf-8" } },
  problems: [...READING, "not-found"],
});

export const getFleetPage = describeRoute({
  ...{ ...common, path: "/fleet", id: "getFleetPage" },
  summary: "The web page of the fleet",
  answers: { 200: { description: "HTML.", contentType: "text/html; charset=utf-8" } },
  problems: [...READING, "not-found"],
});

export const getPageAsset = describeRoute({
  ...{ ...common, path: "/assets/{name}", id: "getPageAsset" },
  summary: "The pages' scripts and styles",
  parameters: z.object({ name: z.string().regex(PAGE_ASSET).describe("As a page or a script names it.") }),
  answers: { 200: { description: "Script or style.", contentType: "text/*" } },
  problems: [...READING, "not-found"],
});

export const getOpenApi = describeRoute({
  ...{ ...common, path: "/openapi.json", id: "getOpenApi" },
  summary: "This document",
  description: "Not on the edge.",
  answers: { 200: { description: "OpenAPI 3.1.", schema: z.looseObject({ openapi: z.string() }) } },
  problems: [...READING, "not-found"],
});
