import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import { type CommandPort, CommandsUnavailableError, type Reply, type ReplyValue } from "./command-port.ts";
import { refuseCommand } from "./refused-commands.ts";

export interface GatewayOptions {
  readonly redis: CommandPort;
  /** Clients prove themselves with it; without one there is no gateway. */
  readonly token: string;
}

/** What Upstash takes too. */
const MAX_BODY_BYTES = 1_000_000;
const MAX_PIPELINE = 1000;
/** So that neither proxies nor clients take an idle stream for a dead one. */
const KEEP_ALIVE_MS = 15_000;

const command = z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).min(1);
const pipeline = z.array(command).min(1).max(MAX_PIPELINE);

/** Upstash's REST protocol in front of a plain Redis, for clients that speak nothing else. */
export function createGateway({ redis, token }: GatewayOptions): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    const given =
      context.req.header("authorization")?.replace(/^Bearer /i, "") ?? context.req.query("_token") ?? "";
    if (await isSame(given, token)) return next();
    return context.json({ error: "Unauthorized" }, 401);
  });
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (context) => context.json({ error: "ERR max request size exceeded" }, 413),
    }),
  );
  for (const kind of ["subscribe", "psubscribe"] as const) {
    app.on(["GET", "POST"], `/${kind}/:name`, (context) => listen(context, redis, kind));
  }
  app.post("/pipeline", (context) => runMany(context, redis, false));
  app.post("/multi-exec", (context) => runMany(context, redis, true));
  app.post("/", async (context) => runOne(context, redis, parse(command, await context.req.text())));
  app.on(["GET", "POST", "HEAD"], "/*", async (context) =>
    runOne(context, redis, await commandFromPath(context)),
  );
  app.onError((error, context) => {
    if (error instanceof CommandsUnavailableError)
      return context.json({ error: "ERR redis is unavailable" }, 503);
    if (error instanceof z.ZodError || error instanceof SyntaxError) {
      return context.json({ error: "ERR failed to parse the command" }, 400);
    }
    throw error;
  });
  return app;
}

async function runOne(context: Context, redis: CommandPort, words: Command): Promise<Response> {
  const [reply] = await execute(redis, [words], false);
  return "error" in reply! ? context.json(reply, 400) : context.json(encode(context, reply!));
}

async function runMany(context: Context, redis: CommandPort, atomic: boolean): Promise<Response> {
  const commands = parse(pipeline, await context.req.text());
  const refused = commands.map((words) => refuseCommand(toStrings(words))).find(Boolean);
  if (atomic && refused) return context.json({ error: refused }, 400);
  const replies = await execute(redis, commands, atomic);
  return context.json(replies.map((reply) => encode(context, reply)));
}

type Command = z.infer<typeof command>;

/** Refused commands are answered here, in their place among the others. */
async function execute(redis: CommandPort, commands: readonly Command[], atomic: boolean): Promise<Reply[]> {
  const words = commands.map(toStrings);
  const refusals = words.map(refuseCommand);
  const passed = words.filter((_, position) => refusals[position] === undefined);
  const replies = passed.length > 0 ? await redis.execute(passed, { atomic }) : [];
  const next = replies.values();
  return refusals.map((refusal) => (refusal === undefined ? next.next().value! : { error: refusal }));
}

/** `/set/key/value?EX=10`; a POST's body is the last argument. */
async function commandFromPath(context: Context): Promise<Command> {
  const url = new URL(context.req.url);
  const words = url.pathname.slice(1).split("/").map(decodeURIComponent);
  const body = context.req.method === "POST" ? await context.req.text() : "";
  const options = [...url.searchParams]
    .filter(([name]) => name !== "_token")
    .flatMap(([name, value]) => (value === "" ? [name] : [name, value]));
  return [
    ...words.filter((word, position) => word !== "" || position > 0),
    ...(body ? [body] : []),
    ...options,
  ];
}

function listen(context: Context, redis: CommandPort, kind: "subscribe" | "psubscribe"): Response {
  const name = context.req.param("name")!;
  return streamSSE(context, async (stream) => {
    const write = (data: string) => stream.writeSSE({ data });
    const stop = await redis.listen(kind, name, (channel, message) => {
      const head = kind === "subscribe" ? `message,${channel}` : `pmessage,${name},${channel}`;
      void write(`${head},${message}`);
    });
    try {
      await write(`${kind},${name},1`);
      while (!stream.aborted) {
        await stream.sleep(KEEP_ALIVE_MS);
        await stream.write(": still here\n\n");
      }
    } finally {
      stop();
    }
  });
}

function parse<T>(schema: z.ZodType<T>, text: string): T {
  return schema.parse(JSON.parse(text));
}

function toStrings(words: Command): string[] {
  return words.map((word) => (word === null ? "null" : String(word)));
}

/** Clients that ask for it get strings in base64, which any bytes survive; all but a plain OK. */
function encode(context: Context, reply: Reply): Reply {
  if (context.req.header("upstash-encoding") !== "base64" || "error" in reply) return reply;
  return { result: toBase64(reply.result) };
}

function toBase64(value: ReplyValue): ReplyValue {
  if (Array.isArray(value)) return value.map(toBase64);
  if (typeof value !== "string" || value === "OK") return value;
  let bytes = "";
  for (const byte of new TextEncoder().encode(value)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}

/** Compares hashes of equal length, byte by byte to the end: how long it takes tells nothing. */
async function isSame(given: string, wanted: string): Promise<boolean> {
  const hash = async (text: string) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const [a, b] = await Promise.all([hash(given), hash(wanted)]);
  return a.reduce((difference, byte, position) => difference | (byte ^ b[position]!), 0) === 0;
}
