import * as z from "zod";
import { titleListSchema } from "../../shared/api/title.ts";
import { ADMIN, READING, SOURCE, TOKEN, WAITING } from "./common-problems.ts";
import { describeRoute } from "./describe-route.ts";

export const titlePathParameters = z.object({
  path: z
    .string()
    .describe(
      "The title's path in the media folder, or on a listed host. Its pieces are percent-encoded one by one: the " +
        "slashes between them stay.",
    ),
});

export const listTitles = describeRoute({
  ...{ method: "get", path: "/api/titles", id: "listTitles", tag: "titles", opens: "viewer" },
  summary: "What can be watched",
  description:
    "With a token, the titles that it opens. On the edge there is no list: titles are opened by their path.",
  answers: { 200: { description: "In reading order.", schema: titleListSchema } },
  problems: [...READING, ...TOKEN],
});

export const evictTitle = describeRoute({
  ...{ method: "delete", path: "/api/titles/{path}", id: "evictTitle", tag: "preparing", opens: "admin" },
  summary: "Remove what is stored of a title",
  description:
    "The film stays, and what is asked for again is made again. A title that anybody watched or made a part of " +
    "within ten minutes stays as it is.",
  parameters: titlePathParameters,
  answers: { 204: { description: "Nothing of it is stored any more." } },
  problems: [...ADMIN, ...SOURCE, ...WAITING, "not-found", "title-in-use", "not-offered-here", "internal"],
});
