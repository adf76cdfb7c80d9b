import { faultProblem, Problem, redisAway } from "../orchestrator/problem.ts";
import { FaultError } from "../shared/fault.ts";
import { RedisUnavailableError } from "../shared/redis/redis-port.ts";
import { titlePath } from "./title-path.ts";

interface ProblemDocument {
  readonly detail?: string;
  readonly code?: string;
}

/** Why something can't be had: for people as a sentence, for programs as a code, for HTTP as a status. */
export class ControllerError extends Error {
  override readonly name = "ControllerError";
  /** Such as `source-not-found`; the README lists all. */
  readonly code: string;
  /** The status that fits an HTTP response, such as 404. */
  readonly status: number;
  /** Where it makes sense to ask again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    message: string,
    fields: {
      readonly code: string;
      readonly status: number;
      readonly retryAfterSeconds?: number | undefined;
    },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = fields.code;
    this.status = fields.status;
    this.retryAfterSeconds = fields.retryAfterSeconds;
  }

  /** What a problem document says. */
  static async of(response: Response): Promise<ControllerError> {
    const { status, headers } = response;
    const { detail, code } = (await response.json().catch(() => ({}))) as ProblemDocument;
    const retryAfter = headers.get("retry-after");
    return new ControllerError(detail ?? `The answer is ${status}.`, {
      code: code ?? "internal",
      status,
      retryAfterSeconds: retryAfter === null ? undefined : Number(retryAfter),
    });
  }
}

/**
 * What was thrown on the way to an answer, as a ControllerError where it is an outcome that callers expect.
 * @param filePath as it was asked for: within, a film's path begins below the root folder.
 */
export function toControllerError(error: unknown, filePath: string): unknown {
  if (error instanceof ControllerError) return inWordsOfCaller(error, filePath, error.cause);
  if (error instanceof FaultError) return inWordsOfCaller(faultProblem(error), filePath, error);
  if (error instanceof RedisUnavailableError) return inWordsOfCaller(redisAway(), filePath, error);
  return error instanceof Problem ? inWordsOfCaller(error, filePath, error) : error;
}

export function notOffered(message: string): ControllerError {
  return new ControllerError(message, { code: "not-found", status: 404 });
}

function inWordsOfCaller(
  problem: ControllerError | Problem,
  filePath: string,
  cause: unknown,
): ControllerError {
  const message =
    problem.code === "source-not-found"
      ? `There is no file “${filePath}”.`
      : problem.message.replaceAll(`“${titlePath(filePath)}”`, `“${filePath}”`);
  return new ControllerError(message, problem, { cause });
}
