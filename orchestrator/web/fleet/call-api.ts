import { ProblemError, parseProblem, unreachable } from "../problem.ts";
import { adminHeaders } from "./admin-token.ts";

/** The JSON that an address answers with; undefined where it answers with nothing. @throws ProblemError otherwise. */
export async function callApi<T>(method: string, path: string, body?: unknown): Promise<T | undefined> {
  const response = await send(method, path, body);
  const text = await response.text();
  if (!response.ok) throw new ProblemError(parseProblem(response.status, text));
  return text === "" ? undefined : (JSON.parse(text) as T);
}

async function send(method: string, path: string, body: unknown): Promise<Response> {
  const type = body === undefined ? {} : { "content-type": "application/json" };
  const headers = { ...adminHeaders(), ...type, accept: "application/json" };
  try {
    return await fetch(path, {
      ...{ method, headers, cache: "no-store" as const },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw new ProblemError(unreachable, { cause });
  }
}
