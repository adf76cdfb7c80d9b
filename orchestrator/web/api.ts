import { type Problem, ProblemError, parseProblem, unreachable } from "./problem.ts";

/** A title as `GET /api/titles` lists it. */
export type Title = {
  /** Path inside the media folder, with slashes; any characters. */
  readonly path: string;
  readonly name: string;
  /** Absent while nobody has looked into the file. */
  readonly durationMs?: number;
  /** URL of the multivariant playlist, percent-encoded, with the token if there is one. */
  readonly hls: string;
  /** URL of what the title consists of, a `TitleDescription`. */
  readonly description: string;
};

/** What `title.json` says that the player shows; there is more in it. */
export type TitleDescription = {
  readonly video?: { readonly codec: string; readonly width: number; readonly height: number };
  /** URL of the WebVTT with the pictures for the seek bar; absent without a picture. */
  readonly thumbnails?: string;
  readonly chapters: readonly Chapter[];
};

export type Chapter = { readonly startMs: number; readonly endMs: number; readonly title: string };

/** The still picture of a title: beside its playlist, with the same token. */
export function posterUrl({ hls }: Title): string {
  return besideUrl(hls, "poster.jpg");
}

/** The multivariant playlist with the original picture wherever it can be a variant. */
export function allPicturesUrl(hls: string): string {
  return besideUrl(hls, "all.m3u8");
}

function besideUrl(url: string, name: string): string {
  return url.replace(/\/[^/?]*(?=\?|$)/, `/${name}`);
}

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

/** @throws ProblemError when it can't be had. */
export async function fetchDescription({ description }: Title): Promise<TitleDescription> {
  return JSON.parse(await fetchText(description)) as TitleDescription;
}

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
