import { type Problem, ProblemError, parseProblem, unreachable } from "./problem.ts";

/** A title as `GET /api/titles` lists it. */
export type Title = {
  /** Path inside the media folder, with slashes; any characters. */
  readonly path: string;
  readonly name: string;
  /** Absent while nobody has looked into the file. */
  readonly durationMs?: number;
  /** URL of the multivariant playlist, percent-encoded. */
  readonly hls: string;
};

/** The list for whoever the page's own address has a token for. @throws ProblemError when it can't be had. */
export async function fetchTitles(): Promise<readonly Title[]> {
  const token = new URLSearchParams(location.search).get("token");
  const query = token === null ? "" : `?${new URLSearchParams({ token })}`;
  const body = await fetchText(`/api/titles${query}`);
  try {
    const { titles } = JSON.parse(body) as { readonly titles?: readonly Title[] };
    if (Array.isArray(titles)) return titles;
  } catch (cause) {
    throw new ProblemError(noList, { cause });
  }
  throw new ProblemError(noList);
}

const noList: Problem = {
  title: "The list of titles can't be read",
  detail: "Something other than this server answered, a proxy or a log-in page perhaps. Reload the page.",
};

/** The body of a good answer. @throws ProblemError for any other. */
export async function fetchText(url: string): Promise<string> {
  let response: Response;
  let body: string;
  try {
    response = await fetch(url, { headers: { accept: "application/json, */*;q=0.5" } });
    body = await response.text();
  } catch (cause) {
    throw new ProblemError(unreachable, { cause });
  }
  if (!response.ok) throw new ProblemError(parseProblem(response.status, body));
  return body;
}
