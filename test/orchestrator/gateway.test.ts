import { createConnection, type Socket } from "node:net";
import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { silentLog } from "../../shared/log.ts";
import { RedisUnavailableError } from "../../shared/redis/redis-port.ts";
import { UpstashRedis } from "../../shared/redis/upstash-redis.ts";
import { type RunningGateway, startGateway } from "../support/gateway.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";

let server: RedisServer;
let gateway: RunningGateway;
let client: Redis;

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${gateway.token}`, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

beforeAll(async () => {
  server = await startRedis();
  gateway = await startGateway(server.url);
  client = new Redis({ url: gateway.url, token: gateway.token, retry: false });
  await vi.waitFor(() => client.ping(), 30_000);
});
afterAll(async () => {
  await gateway.stop();
  await server.stop();
});

describe("Upstash's own client through the gateway", () => {
  it("sets and gets what any text holds", async () => {
    const texts = ["plain", "ünïcödé 🎬", 'quotes " and \\', "line\nbreak", "OK", ""];
    for (const text of texts) {
      expect(await client.set("text", JSON.stringify(text))).toBe("OK");
      expect(await client.get("text")).toBe(text);
    }
  });

  it("gets numbers, nothing, lists and hashes as such", async () => {
    expect(await client.incrby("number", 41)).toBe(41);
    expect(await client.get("nothing there")).toBeNull();
    await client.rpush("list", "a", "b");
    expect(await client.lrange("list", 0, -1)).toEqual(["a", "b"]);
    await client.hset("hash", { one: 1, two: "zwei" });
    expect(await client.hgetall("hash")).toEqual({ one: 1, two: "zwei" });
  });

  it("runs pipelines and transactions", async () => {
    expect(await client.pipeline().set("p", 1).incr("p").exec()).toEqual(["OK", 2]);
    expect(await client.multi().set("m", 5).incr("m").exec()).toEqual(["OK", 6]);
  });

  it("runs scripts by source and by hash", async () => {
    expect(await client.eval("return {KEYS[1], ARGV[1]}", ["k"], ["v"])).toEqual(["k", "v"]);
    const sha1 = await client.scriptLoad("return ARGV[1]");
    expect(await client.evalsha(sha1, [], ["x"])).toBe("x");
    await expect(client.evalsha("0".repeat(40), [], [])).rejects.toThrow("NOSCRIPT");
  });

  it("hears what is published", async () => {
    const heard: unknown[] = [];
    const subscription = client.subscribe("news");
    subscription.on("message", ({ message }) => heard.push(message));
    await new Promise((resolve) => subscription.on("subscribe", resolve));
    await client.publish("news", "hello");
    await expect.poll(() => heard).toEqual(["hello"]);
    await subscription.unsubscribe();
  });

  it("hears of every channel that a pattern means, slashes included, until it leaves", async () => {
    const heard: unknown[] = [];
    const patterns = client.psubscribe(["rooms/*/talk", "büro:*"]);
    patterns.on("pmessage", ({ pattern, channel, message }) => heard.push([pattern, channel, message]));
    const single = client.subscribe(["rooms/1/talk"]);
    single.on("message:rooms/1/talk", ({ message }) => heard.push(message));
    await expect.poll(() => gateway.listeners()).toBe(3);
    await client.publish("rooms/1/talk", { some: ["thing"] });
    await client.publish("büro:2", ["a, b", "c"]);
    await client.publish("elsewhere", "x");
    await expect.poll(() => heard.length).toBe(3);
    expect(heard).toEqual(
      expect.arrayContaining([
        { some: ["thing"] },
        ["rooms/*/talk", "rooms/1/talk", { some: ["thing"] }],
        ["büro:*", "büro:2", ["a, b", "c"]],
      ]),
    );
    await patterns.unsubscribe();
    await single.unsubscribe();
    await expect.poll(() => gateway.listeners(), { timeout: 30_000 }).toBe(0);
  });

  it("tells which command of a transaction went wrong, and keeps what the others did", async () => {
    const transaction = client.multi().set("text", "no number").incr("text").set("after", 1);
    await expect(transaction.exec()).rejects.toThrow(
      "Command 2 [ incr ] failed: ERR value is not an integer",
    );
    expect(await transaction.exec({ keepErrors: true })).toMatchObject([
      { result: "OK" },
      { error: "ERR value is not an integer or out of range" },
      { result: "OK" },
    ]);
    expect(await client.get("after")).toBe(1);
  });
});

describe("the gateway", () => {
  it.each(["/", "/pipeline", "/multi-exec", "/get/key", "/subscribe/news", "/anything"])(
    "lets nobody to %s without the token",
    async (path) => {
      const bad: Record<string, string>[] = [
        {},
        { authorization: "Bearer wrong" },
        { authorization: `Bearer ${gateway.token}x` },
      ];
      for (const headers of bad) {
        const response = await fetch(gateway.url + path, { method: "POST", headers, body: '["PING"]' });
        expect(response.status).toBe(401);
        expect(await response.json()).toEqual({ error: "Unauthorized" });
      }
    },
  );

  it("takes commands as paths, with options behind and a body as the last argument", async () => {
    const headers = { authorization: `Bearer ${gateway.token}` };
    const get = async (path: string) => (await fetch(gateway.url + path, { headers })).json();
    expect(await get("/set/path%2Fkey/a%20value?EX=100")).toEqual({ result: "OK" });
    expect(await get("/get/path%2Fkey")).toEqual({ result: "a value" });
    expect(await (await post("/set/body", "the body")).json()).toEqual({ result: "OK" });
    expect(await get(`/get/body?_token=${encodeURIComponent(gateway.token)}`)).toEqual({
      result: "the body",
    });
  });

  it("takes GET, HEAD, POST and PUT", async () => {
    const send = (method: string, path: string, body: string | null = null) =>
      fetch(gateway.url + path, { method, headers: { authorization: `Bearer ${gateway.token}` }, body });
    expect(await (await send("PUT", "/set/put?ex=100", "by PUT")).json()).toEqual({ result: "OK" });
    expect(await (await send("PUT", "/", '["GET", "put"]')).json()).toEqual({ result: "by PUT" });
    expect(await (await send("GET", "/get/put")).json()).toEqual({ result: "by PUT" });
    const head = await send("HEAD", "/get/put");
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect((await send("HEAD", "/nonsense")).status).toBe(400);
    for (const method of ["DELETE", "PATCH", "OPTIONS"]) {
      const response = await send(method, "/get/put");
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toBe("GET, HEAD, POST, PUT");
      expect(await response.json()).toEqual({ error: `ERR ${method} is not allowed` });
    }
  });

  it.each([
    "/",
    "/get",
    "/get/a/b",
    "/nonsense/a",
    "/pipeline",
    "/get/%FF",
    "/subscribe/%E0%A4%A",
    "/shutdown",
  ])("answers GET %s with 400 and a reason", async (path) => {
    const response = await fetch(gateway.url + path, {
      headers: { authorization: `Bearer ${gateway.token}` },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringContaining("ERR ") });
  });

  it("keeps bytes that are no text", async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const headers = { authorization: `Bearer ${gateway.token}` };
    await fetch(`${gateway.url}/set/bytes?EX=100`, { method: "POST", headers, body: bytes });
    const encoded = { result: Buffer.from(bytes).toString("base64") };
    const base64 = { "upstash-encoding": "base64" };
    expect(await (await post("/", ["GET", "bytes"], base64)).json()).toEqual(encoded);
    expect(await (await post("/multi-exec", [["GET", "bytes"]], base64)).json()).toEqual([encoded]);
    expect(await (await post("/", ["STRLEN", "bytes"], base64)).json()).toEqual({ result: 256 });
    const text = await (await post("/", ["GET", "bytes"])).json();
    expect(text).toEqual({ result: new TextDecoder().decode(bytes) });
  });

  it("sends all strings in base64 to who asks for it, but neither a plain OK nor errors", async () => {
    const ask = async (path: string, body: unknown) =>
      (await post(path, body, { "upstash-encoding": "base64" })).json();
    const encode = (text: string) => Buffer.from(text).toString("base64");
    const script =
      "return {'OK', 1, {'ö', false, {redis.status_reply('OK')}}, redis.error_reply('MINE in a list')}";
    expect(await ask("/", ["EVAL", script, 0])).toEqual({
      result: [encode("OK"), 1, [encode("ö"), null, [encode("OK")]], encode("MINE in a list")],
    });
    expect(await ask("/", ["SET", "ok", "OK"])).toEqual({ result: "OK" });
    expect(await ask("/", ["PING"])).toEqual({ result: encode("PONG") });
    expect(await ask("/", ["NONSENSE"])).toEqual({ error: expect.stringContaining("unknown command") });
    expect(
      await ask("/pipeline", [
        ["GET", "ok"],
        ["INCR", "ok"],
      ]),
    ).toEqual([{ result: "OK" }, { error: "ERR value is not an integer or out of range" }]);
  });

  it.each([
    ["CONFIG", "GET", "*"],
    ["shutdown"],
    ["Debug", "sleep", "1"],
    ["MONITOR"],
    ["BLPOP", "x", "0"],
    ["SCRIPT", "KILL"],
    ["CLIENT", "KILL", "TYPE", "normal"],
    ["XREAD", "BLOCK", "0", "STREAMS", "x", "$"],
    ["xreadgroup", "GROUP", "g", "c", "COUNT", "1", "block", "0", "streams", "x", ">"],
  ])("refuses %s", async (...command) => {
    const response = await post("/", command);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringContaining("not available") });
  });

  it("answers each command of a pipeline in its place, the refused ones too", async () => {
    const commands = [["SET", "x", "1"], ["CONFIG", "GET", "*"], ["NONSENSE"], ["GET", "x"]];
    expect(await (await post("/pipeline", commands)).json()).toEqual([
      { result: "OK" },
      { error: expect.stringContaining("not available") },
      { error: expect.stringContaining("unknown command") },
      { result: "1" },
    ]);
  });

  it("does nothing of a transaction with a command in it that is none, or that is refused", async () => {
    for (const [command, reason] of [
      [["NONSENSE"], "EXECABORT Transaction discarded because of: ERR unknown command"],
      [
        ["GET"],
        "EXECABORT Transaction discarded because of: ERR wrong number of arguments for 'get' command",
      ],
      [["EXEC"], "ERR the command 'exec' is not available through this gateway"],
    ] as const) {
      const response = await post("/multi-exec", [["SET", "undone", "1"], command]);
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ error: expect.stringContaining(reason) });
    }
    expect(await client.exists("undone")).toBe(0);
    expect(await client.ping()).toBe("PONG");
  });

  it("runs pipelines of up to 1000 commands", async () => {
    const commands = Array.from({ length: 1000 }, (_, n) => (n % 2 ? ["INCR", "count"] : ["ECHO", `${n}`]));
    for (const path of ["/pipeline", "/multi-exec"]) {
      await client.del("count");
      expect(await (await post(path, commands)).json()).toEqual(
        commands.map((_, n) => ({ result: n % 2 ? (n + 1) / 2 : `${n}` })),
      );
      expect((await post(path, [...commands, ["PING"]])).status).toBe(400);
    }
  });

  it.each(["", "{", "{}", "[]", '[["GET"], {}]', '"GET"'])("calls %j no command", async (body) => {
    for (const path of ["/", "/pipeline"]) {
      const response = await post(path, body);
      expect(response.status).toBe(400);
      expect(await response.json()).toHaveProperty("error");
    }
  });

  it("takes no more than a megabyte", async () => {
    for (const path of ["/", "/pipeline", "/set/big"]) {
      const response = await post(path, ["SET", "big", "x".repeat(1_000_001)]);
      expect(response.status).toBe(413);
      expect(await response.json()).toEqual({ error: "ERR max request size exceeded" });
    }
  });

  it("stops listening when the last client of a channel is gone", async () => {
    const listeners = async () => client.exec<[string, number]>(["PUBSUB", "NUMSUB", "gone"]);
    const leaver = new AbortController();
    const headers = { authorization: `Bearer ${gateway.token}` };
    const response = await fetch(`${gateway.url}/subscribe/gone`, { headers, signal: leaver.signal });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(await listeners()).toEqual(["gone", 1]);
    leaver.abort();
    await expect.poll(listeners, { timeout: 30_000 }).toEqual(["gone", 0]);
  });

  it("stops listening when a client is cut off, or reads nothing any more", async () => {
    const cutOff = await listenOverTcp("cut-off");
    const sleeping = await listenOverTcp("asleep");
    expect(gateway.listeners()).toBe(2);
    cutOff.resetAndDestroy();
    await expect.poll(() => gateway.listeners(), { timeout: 30_000 }).toBe(1);
    sleeping.pause();
    const message = "x".repeat(500_000);
    await expect
      .poll(async () => (await client.publish("asleep", message)) + gateway.listeners(), { timeout: 60_000 })
      .toBe(0);
    sleeping.destroy();
  });

  it("does not listen for a client that left before Redis answered", async () => {
    server.pause();
    const hasty = createConnection(Number(new URL(gateway.url).port), "127.0.0.1");
    try {
      await new Promise((resolve) => hasty.write(listenRequest("hasty"), resolve));
      // Answered after the gateway has seen what came before it.
      expect((await fetch(gateway.url)).status).toBe(401);
      hasty.destroy();
    } finally {
      server.resume();
    }
    // Redis answers one after the other.
    const patient = await listenOverTcp("patient");
    await expect.poll(() => gateway.listeners()).toBe(1);
    patient.destroy();
    await expect.poll(() => gateway.listeners()).toBe(0);
  });

  it("says now and then to listeners that it is still there", async () => {
    const lively = await startGateway(server.url, { keepAliveMs: 20 });
    const headers = { authorization: `Bearer ${lively.token}` };
    const leaver = new AbortController();
    const listen = () => fetch(`${lively.url}/subscribe/quiet`, { headers, signal: leaver.signal });
    await expect.poll(async () => (await fetch(`${lively.url}/ping`, { headers })).status).toBe(200);
    const reader = (await listen()).body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (text.split(": still here\n\n").length < 4) text += (await reader.read()).value;
    expect(text).toMatch(/^data: subscribe,quiet,1\n\n(: still here\n\n)+$/);
    leaver.abort();
    await expect.poll(() => lively.listeners()).toBe(0);
    await lively.stop();
  });

  it("says 503 while Redis is away, and serves again when it is back", async () => {
    await server.kill();
    await expect.poll(async () => (await post("/", ["PING"])).status).toBe(503);
    const redis = new UpstashRedis({ ...gateway, timeoutMs: 1000, log: silentLog });
    await expect(redis.ping()).rejects.toBeInstanceOf(RedisUnavailableError);
    await expect.poll(async () => (await post("/subscribe/news", "")).status).toBe(503);
    const latencies: number[] = [];
    for (const path of Array.from({ length: 50 }, () => ["/", "/pipeline", "/multi-exec"]).flat()) {
      const start = performance.now();
      const response = await post(path, path === "/" ? ["PING"] : [["PING"]]);
      expect([response.status, await response.json()]).toEqual([503, { error: "ERR redis is unavailable" }]);
      latencies.push(performance.now() - start);
    }
    const [median, slowest] = [latencies.sort((a, b) => a - b)[latencies.length / 2]!, latencies.at(-1)!];
    console.log(
      `503 while Redis is away: median ${median.toFixed(1)} ms, slowest ${slowest.toFixed(1)} ms (target 100)`,
    );
    expect(slowest).toBeLessThan(1000);
    await server.start();
    await expect.poll(async () => (await post("/", ["PING"])).status, { timeout: 60_000 }).toBe(200);
  });

  it("waits for a Redis that has fallen silent once, not with every command", async () => {
    const timeoutMs = 1000;
    const impatient = await startGateway(server.url, { timeoutMs });
    const headers = { authorization: `Bearer ${impatient.token}` };
    const ping = async () => (await fetch(`${impatient.url}/ping`, { headers })).status;
    await expect.poll(ping).toBe(200);
    server.pause();
    try {
      expect(await ping()).toBe(503);
      const start = performance.now();
      for (let n = 0; n < 20; n++) expect(await ping()).toBe(503);
      expect(performance.now() - start).toBeLessThan(10 * timeoutMs);
    } finally {
      server.resume();
    }
    await expect.poll(ping, { timeout: 60_000 }).toBe(200);
    await impatient.stop();
  });
});

/** A listener whose connection is in the test's hands. */
async function listenOverTcp(channel: string): Promise<Socket> {
  const socket = createConnection(Number(new URL(gateway.url).port), "127.0.0.1");
  socket.write(listenRequest(channel));
  let text = "";
  for await (const bytes of socket.iterator({ destroyOnReturn: false })) {
    text += bytes;
    if (text.includes(`data: subscribe,${channel},1`)) break;
  }
  return socket;
}

function listenRequest(channel: string): string {
  return `GET /subscribe/${channel} HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer ${gateway.token}\r\n\r\n`;
}
