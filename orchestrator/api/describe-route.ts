import type { Context, Env, TypedResponse } from "hono";
import type * as z from "zod";
import type { ProblemCode } from "../../shared/api/problem-codes.ts";

/** What a route answers with one status, besides problems. */
export interface DescribedAnswer {
  readonly description: string;
  /** JSON unless told; nothing where there is neither this nor a schema. */
  readonly contentType?: string;
  readonly schema?: z.ZodType;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A route as its users see it: the schemas are the ones that parse what comes in and type what goes out. */
export interface DescribedRoute {
  readonly method: "get" | "post" | "delete";
  /** With names in braces, such as `/api/prepare/{id}`. */
  readonly path: string;
  /** The operation's id, for programs that are generated. */
  readonly id: string;
  readonly tag: "titles" | "playing" | "preparing" | "fleet" | "server";
  readonly summary: string;
  readonly description?: string;
  /** By what right: a viewer's token, where one is set, or the administrator's. */
  readonly opens?: "viewer" | "admin";
  readonly parameters?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answers: Readonly<Record<number, DescribedAnswer>>;
  readonly problems: readonly ProblemCode[];
}

export function describeRoute<const Route extends DescribedRoute>(route: Route): Route {
  return route;
}

/** The pattern that Hono knows a route by: a title's path has slashes in it. */
export function honoPattern({ path }: Pick<DescribedRoute, "path">): string {
  return path.replace(/\{(\w+)\}/g, (_, name) => (name === "path" ? ":path{.+}" : `:${name}`));
}

type JsonOf<
  Route extends DescribedRoute,
  Status extends keyof Route["answers"],
> = Route["answers"][Status] extends {
  readonly schema: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : never;

/** Answers with JSON as it is described. */
export function answerJson<
  const Route extends DescribedRoute,
  const Status extends keyof Route["answers"] & (200 | 202 | 503),
>(
  context: Context<Env & Record<string, never>> | Context,
  _route: Route,
  status: Status,
  body: JsonOf<Route, Status>,
): Response {
  return (context as Context).json(body as object, status) as TypedResponse<unknown> & Response;
}
