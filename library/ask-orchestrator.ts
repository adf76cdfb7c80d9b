import type { Orchestrator } from "../orchestrator/app.ts";
import { ControllerError } from "./controller-error.ts";

/** Who asks, in place of an address: limits on waits count for each. */
export interface AskEnv {
  readonly client: string;
}

export interface Question {
  /** The title's: its file's without the slash it begins with. */
  readonly path: string;
  /** What of it, such as `<title key>/v720/3.m4s`, and a query. */
  readonly name: string;
  readonly client: string;
  readonly signal: AbortSignal;
}

/** Asks the orchestrator as a viewer would, without a socket. @throws ControllerError for what is no success. */
export async function askOrchestrator(
  { app }: Orchestrator,
  { path, name, client, signal }: Question,
): Promise<Response> {
  const url = `http://seamline/hls/${path.split("/").map(encodeURIComponent).join("/")}/${name}`;
  const env: AskEnv = { client };
  const response = await app.fetch(new Request(url, { signal }), env);
  if (response.ok) return response;
  signal.throwIfAborted();
  throw await ControllerError.of(response);
}
