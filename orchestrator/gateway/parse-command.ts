import type { HonoRequest } from "hono";
import * as z from "zod";
import type { Word } from "./command-port.ts";

/** What Upstash takes too. */
const MAX_PIPELINE = 1000;

const command = z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]).transform(String)).min(1);
const pipeline = z.array(command).min(1).max(MAX_PIPELINE);

export type Command = readonly Word[];

/** What was sent is no command; the answer is 400. */
export class MalformedCommandError extends Error {
  override readonly name = "MalformedCommandError";
}

export async function commandFromBody(request: HonoRequest): Promise<Command> {
  return parse(command, await request.text());
}

export async function commandsFromBody(request: HonoRequest): Promise<readonly Command[]> {
  return parse(pipeline, await request.text());
}

/** `/set/key/value?EX=10`; a body, of any bytes, comes after the path and before the options. */
export async function commandFromPath(request: HonoRequest): Promise<Command> {
  const url = new URL(request.url);
  const [name, ...args] = url.pathname.slice(1).split("/").map(decode);
  const body = hasBody(request.method) ? new Uint8Array(await request.arrayBuffer()) : new Uint8Array();
  const options = [...url.searchParams]
    .filter(([option]) => option !== "_token")
    .flatMap(([option, value]) => (value === "" ? [option] : [option, value]));
  return [name!, ...args, ...(body.length > 0 ? [body] : []), ...options];
}

/** The rest of the path, whose slashes are the channel's own: Upstash's client leaves them as they are. */
export function channelFromPath(request: HonoRequest, kind: string): string {
  return decode(new URL(request.url).pathname.slice(`/${kind}/`.length));
}

function hasBody(method: string): boolean {
  return method === "POST" || method === "PUT";
}

function decode(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch (error) {
    throw new MalformedCommandError(`"${piece}" in the path is no percent-encoded UTF-8`, { cause: error });
  }
}

function parse<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new MalformedCommandError("the body is not what this address takes", { cause: error });
  }
}
