import { Redis, type Requester } from "@upstash/redis";
import { Redis as TcpRedis } from "ioredis";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { type RunningGateway, startGateway } from "../support/gateway.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { type ClientCall, clientCalls, fleetingCalls, otherMethods } from "./client-calls.ts";

/** How a command may be sent. */
const forms = ["alone", "alone in base64", "in a pipeline in base64", "in a transaction in base64"] as const;
type Form = (typeof forms)[number];
type Answer = { readonly result?: unknown; readonly error?: string };

let server: RedisServer;
let gateway: RunningGateway;
let direct: TcpRedis;

beforeAll(async () => {
  server = await startRedis();
  direct = new TcpRedis(server.url, { protocol: 2 });
  // A database of its own in the same server: what a hash table's order depends on is the same.
  gateway = await startGateway(`${server.url}/1`);
  await vi.waitFor(
    async () => expect(await throughGateway(["PING"], "alone")).toEqual({ result: "PONG" }),
    30_000,
  );
});
beforeEach(async () => {
  await direct.flushall();
});
afterAll(async () => {
  await gateway.stop();
  direct.disconnect();
  await server.stop();
});

const groups = Object.keys(clientCalls);
it.each(groups.flatMap((group) => forms.map((form) => [group, form] as const)))(
  "answers the client's calls for %s, sent %s, as Redis does",
  async (group, form) => {
    for (const call of clientCalls[group]!) {
      const { words, throughGateway, direct } = await sendBoth(call, form);
      expect({ words, answer: inForm(throughGateway, form) }).toEqual({
        words,
        answer: inForm(direct, form),
      });
    }
  },
);

it("answers what changes with time in the form in which Redis does", async () => {
  for (const call of fleetingCalls) {
    const { words, throughGateway, direct } = await sendBoth(call, "alone in base64");
    expect({ words, answer: shape(throughGateway) }).toEqual({ words, answer: shape(direct) });
  }
});

it("is tried with every command that the client has", () => {
  const called = new Set<string>();
  const recorder = new Proxy({ json: {}, functions: {} } as object, {
    get: (target, name: string) => {
      called.add(name);
      return name in target ? new Proxy({}, { get: () => () => {} }) : (key: string) => chain(name, key);
    },
  });
  const chain = (name: string, _key: string) =>
    name === "bitfield" ? new Proxy({}, { get: (_, __, self) => () => self }) : undefined;
  for (const call of [...Object.values(clientCalls).flat(), ...fleetingCalls]) call(recorder as Redis);
  const client = new Redis({ request: async () => ({}) });
  const methods = Object.entries(client).filter(([, value]) => typeof value === "function");
  expect(methods.length).toBeGreaterThan(100);
  expect(
    methods.map(([name]) => name).filter((name) => !called.has(name) && !otherMethods.has(name)),
  ).toEqual([]);
});

/** The same call to both, and what each answered; the client gets the gateway's answer to make sense of. */
async function sendBoth(call: ClientCall, form: Form) {
  let sent: { words: string[]; throughGateway: Answer; direct: Answer } | undefined;
  const requester: Requester = {
    async request({ body }) {
      const words = (body as unknown[]).map(String);
      sent = {
        words,
        direct: await directly(words),
        throughGateway: await throughGateway(body as unknown[], form),
      };
      if (sent.throughGateway.error) throw new Error(sent.throughGateway.error);
      return sent.throughGateway as never;
    },
  };
  await Promise.resolve(call(new Redis(requester))).catch((error: Error) => {
    if (error.message !== sent?.throughGateway.error) throw error;
  });
  return sent!;
}

async function directly([name, ...args]: string[]): Promise<Answer> {
  // In capitals ioredis leaves the reply as it is.
  return direct.call(name!.toUpperCase(), ...args).then(
    (result) => ({ result }),
    (error: Error) => ({ error: error.message }),
  );
}

async function throughGateway(words: unknown[], form: Form): Promise<Answer> {
  const path = form.includes("pipeline") ? "/pipeline" : form.includes("transaction") ? "/multi-exec" : "/";
  const base64 = form.includes("base64");
  const response = await fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${gateway.token}`, ...(base64 && { "upstash-encoding": "base64" }) },
    body: JSON.stringify(path === "/" ? words : [words]),
  });
  const body = (await response.json()) as Answer | readonly Answer[];
  const answer = Array.isArray(body) ? body[0] : body;
  return base64 && "result" in answer ? { result: decode(answer.result, true) } : answer;
}

/** As Upstash's client does: only a reply that is nothing but OK isn't base64. */
function decode(value: unknown, isWhole = false): unknown {
  if (Array.isArray(value)) return value.map((item) => decode(item));
  if (typeof value !== "string" || (isWhole && value === "OK")) return value;
  return Buffer.from(value, "base64").toString();
}

/** A command that is none keeps its transaction from being begun, and Redis says so. */
function inForm(answer: Answer, form: Form): Answer {
  if (!form.includes("transaction") || !answer.error) return answer;
  return { error: answer.error.replace("EXECABORT Transaction discarded because of: ", "") };
}

function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value === "string" && /^[\d.-]+$/.test(value)) return "digits";
  if (value === null || typeof value !== "object") return typeof value === "number" ? "number" : value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shape(item)]));
}
