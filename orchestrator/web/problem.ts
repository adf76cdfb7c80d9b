/** What the page says when something can't be had: an RFC 9457 problem, or one made up from what is known. */
export type Problem = {
  readonly title: string;
  readonly detail: string;
  readonly status?: number;
  readonly code?: string;
};

export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(`${problem.title}: ${problem.detail}`, options);
    this.problem = problem;
  }
}

/** A failed answer as a problem. A body that is no problem document (a proxy's page, say) isn't shown. */
export function parseProblem(status: number, body: string): Problem {
  if (status === 0) return unreachable;
  const members = parseObject(body);
  const title = textOf(members.title);
  const detail = textOf(members.detail);
  const code = textOf(members.code);
  const fallback = describeStatus(status);
  return {
    title: title ?? fallback.title,
    // A problem that has a title of its own isn't explained by a sentence that we made up.
    detail: detail ?? (title === undefined ? fallback.detail : ""),
    status,
    ...(code === undefined ? {} : { code }),
  };
}

export const unreachable: Problem = {
  title: "The server can't be reached",
  detail: "Check that it is running and that this device is on its network, then try again.",
};

function describeStatus(status: number): Problem {
  if (status === 404) {
    return {
      title: "Not found",
      detail: "It may have been moved, renamed or replaced. Reload the list of titles.",
    };
  }
  if (status === 503 || status === 504) {
    return { title: "Not ready yet", detail: "The server is busy. Try again in a moment." };
  }
  return {
    title: "The server answered with an error",
    detail: `Its answer was HTTP ${status}. Its log says more.`,
  };
}

function parseObject(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
