// Writes the description of all routes, from the values that the routes themselves are made of.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createDocument } from "zod-openapi";
import { allRoutes } from "../dist/orchestrator/api/all-routes.js";
import { PROBLEM_STATUS, problemSchema } from "../dist/shared/api/problem-codes.js";
import { webhookEventSchema } from "../dist/shared/api/webhook-event.js";

const root = new URL("../", import.meta.url);
const { version, license, description } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));

const SECURITY = { viewer: [{ viewerToken: [] }, {}], admin: [{ adminToken: [] }] };

const document = createDocument(
  {
    openapi: "3.1.1",
    info: { title: "Seamline", version, description, license: { name: license, identifier: license } },
    servers: [{ url: "/" }],
    tags: [
      { name: "titles", description: "What can be watched." },
      { name: "playing", description: "Playlists, segments, subtitles and pictures. All answer HEAD, too." },
      { name: "preparing", description: "For administrators: what is made ahead, and what is removed." },
      { name: "server", description: "The page, health, and this document." },
    ],
    paths: pathsOf(allRoutes),
    webhooks: Object.fromEntries(webhookEventSchema.options.map(describeWebhook)),
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: {
        viewerToken: {
          ...{ type: "apiKey", in: "query", name: "token" },
          description: "Where AUTH_SECRET is set: `seamline sign` prints one for a title or a folder.",
        },
        adminToken: { type: "http", scheme: "bearer", description: "ADMIN_TOKEN." },
      },
    },
  },
  {
    override({ jsonSchema, zodSchema }) {
      // That nobody may change an array in our code is nothing to those who read it.
      delete jsonSchema.readOnly;
      // A later version may say more; only what is sent to us is read strictly.
      if (jsonSchema.additionalProperties === false && !zodSchema._zod.def.catchall)
        delete jsonSchema.additionalProperties;
      // The format says it in a word.
      if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
    },
  },
);

mkdirSync(new URL("dist/web/", root), { recursive: true });
writeFileSync(new URL("dist/web/openapi.json", root), `${JSON.stringify(document)}\n`);

function pathsOf(routes) {
  const paths = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: describe(route) };
  return paths;
}

function describe(route) {
  const { id, tag, summary, description, opens, parameters, query, body } = route;
  return {
    ...{ operationId: id, tags: [tag], summary },
    ...(description && { description }),
    ...(opens && { security: SECURITY[opens] }),
    requestParams: { ...(parameters && { path: parameters }), ...(query && { query }) },
    ...(body && { requestBody: { required: true, content: { "application/json": { schema: body } } } }),
    responses: responsesOf(route),
  };
}

function responsesOf({ answers, problems }) {
  const responses = {};
  for (const [status, answer] of Object.entries(answers)) responses[status] = describeAnswer(answer);
  for (const status of new Set(problems.map((code) => PROBLEM_STATUS[code]))) {
    const codes = [...new Set(problems.filter((code) => PROBLEM_STATUS[code] === status))];
    const { description, content } = responses[status] ?? {};
    responses[status] = {
      description: [description, `A problem: ${codes.join(", ")}.`].filter(Boolean).join(" "),
      content: { ...content, "application/problem+json": { schema: problemWith(status, codes) } },
    };
  }
  return responses;
}

function describeAnswer({ description, schema, contentType, headers }) {
  const types = contentType?.split(", ") ?? (schema ? ["application/json"] : []);
  const content = Object.fromEntries(types.map((type) => [type, schema ? { schema } : {}]));
  return {
    description,
    ...(types.length > 0 && { content }),
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [
          name,
          { description: text, schema: { type: "string" } },
        ]),
      ),
    }),
  };
}

function problemWith(status, codes) {
  return {
    allOf: [{ $ref: "#/components/schemas/Problem" }],
    properties: { status: { const: status }, code: { enum: codes } },
  };
}

function describeWebhook(schema) {
  const type = schema.shape.type.value;
  const post = {
    summary: `Sent to WEBHOOK_URLS, signed by the convention of Standard Webhooks: ${type}`,
    requestBody: { required: true, content: { "application/json": { schema } } },
    responses: { "2XX": { description: "Taken. Anything else is tried again, but for 410." } },
  };
  return [type, { post }];
}
