import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { isSameSecret } from "../../shared/access/same-secret.ts";
import { UNAVAILABLE_REPLY } from "../../shared/redis/redis-port.ts";
import {
  type CommandPort,
  CommandsUnavailableError,
  type Reply,
  TransactionDiscardedError,
} from "./command-port.ts";
import { encodeReply, type JsonReply } from "./encode-reply.ts";
import {
  type Command,
  channelFromPath,
  commandFromBody,
  commandFromPath,
  commandsFromBody,
  MalformedCommandError,
} from "./parse-command.ts";
import { refuseCommand } from "./refused-commands.ts";
import { streamMessages } from "./stream-messages.ts";

export interface GatewayOptions {
  readonly redis: CommandPort;
  /** Clients prove themselves with it; without one there is no gateway. */
  readonly token: string;
  /** So that neither proxies nor clients take an idle stream for a dead one. */
  readonly keepAliveMs?: number;
}

/** What Upstash takes too. */
const MAX_BODY_BYTES = 1_000_000;
const decoder = new TextDecoder();
const METHODS = ["GET", "HEAD", "POST", "PUT"];

/** Upstash's REST protocol in front of a plain Redis, for clients that speak nothing else. */
export function createGateway({ redis, token, keepAliveMs = 15_000 }: GatewayOptions): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    const given =
      context.req.header("authorization")?.replace(/^Bearer /i, "") ?? context.req.query("_token") ?? "";
    if (isSameSecret(given, token)) return next();
    return context.json({ error: "Unauthorized" }, 401);
  });
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (context) => {
        // The rest of the body isn't read: what the client sends next must not come behind it.
        context.header("connection", "close");
        return context.json({ error: "ERR max request size exceeded" }, 413);
      },
    }),
  );
  for (const kind of ["subscribe", "psubscribe"] as const) {
    app.on(["GET", "POST"], `/${kind}/*`, (context) =>
      streamMessages(context, { redis, kind, name: channelFromPath(context.req, kind), keepAliveMs }),
    );
  }
  app.on(["POST", "PUT"], "/pipeline", async (context) =>
    replyToMany(context, await execute(redis, await commandsFromBody(context.req))),
  );
  app.on(["POST", "PUT"], "/multi-exec", async (context) =>
    replyToMany(context, await executeAtomically(redis, await commandsFromBody(context.req))),
  );
  app.on(["POST", "PUT"], "/", async (context) =>
    replyToOne(context, redis, await commandFromBody(context.req)),
  );
  app.on(METHODS, "/*", async (context) => replyToOne(context, redis, await commandFromPath(context.req)));
  app.notFound((context) => {
    context.header("allow", METHODS.join(", "));
    return context.json({ error: `ERR ${context.req.method} is not allowed` }, 405);
  });
  app.onError(answerError);
  return app;
}

function answerError(error: Error, context: Context): Response {
  if (error instanceof CommandsUnavailableError) return context.json({ error: UNAVAILABLE_REPLY }, 503);
  if (error instanceof TransactionDiscardedError) return context.json({ error: error.message }, 400);
  if (error instanceof MalformedCommandError) {
    return context.json({ error: `ERR failed to parse the command: ${error.message}` }, 400);
  }
  throw error;
}

async function replyToOne(context: Context, redis: CommandPort, command: Command): Promise<Response> {
  const [reply] = await execute(redis, [command]);
  return context.json(encode(context, reply!), "error" in reply! ? 400 : 200);
}

function replyToMany(context: Context, replies: readonly Reply[]): Response {
  return context.json(replies.map((reply) => encode(context, reply)));
}

function encode(context: Context, reply: Reply): JsonReply {
  return encodeReply(reply, context.req.header("upstash-encoding")?.toLowerCase() === "base64");
}

/** Refused commands are answered here, in their place among the others. */
async function execute(redis: CommandPort, commands: readonly Command[]): Promise<Reply[]> {
  const refusals = commands.map(refuse);
  const passed = commands.filter((_, position) => refusals[position] === undefined);
  const replies = passed.length > 0 ? await redis.execute(passed, { atomic: false }) : [];
  const next = replies.values();
  return refusals.map((refusal) => (refusal === undefined ? next.next().value! : { error: refusal }));
}

/** One refused command keeps all of them from being done, as one that is wrong does. */
async function executeAtomically(
  redis: CommandPort,
  commands: readonly Command[],
): Promise<readonly Reply[]> {
  const refusal = commands.map(refuse).find((reason) => reason !== undefined);
  if (refusal !== undefined) throw new TransactionDiscardedError(refusal);
  return redis.execute(commands, { atomic: true });
}

function refuse(command: Command): string | undefined {
  return refuseCommand(command.map((word) => (typeof word === "string" ? word : decoder.decode(word))));
}
