import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
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
  await vi.waitFor(() => client.ping());
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

  it.each([
    ["CONFIG", "GET", "*"],
    ["shutdown"],
    ["Debug", "sleep", "1"],
    ["MONITOR"],
    ["BLPOP", "x", "0"],
    ["SCRIPT", "KILL"],
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

  it.each(["", "{", "{}", "[]", '[["GET"], {}]', '"GET"'])("calls %j no command", async (body) => {
    for (const path of ["/", "/pipeline"]) {
      const response = await post(path, body);
      expect(response.status).toBe(400);
      expect(await response.json()).toHaveProperty("error");
    }
  });

  it("takes no more than a megabyte", async () => {
    expect((await post("/", ["SET", "big", "x".repeat(1_000_001)])).status).toBe(413);
  });

  it("says 503 while Redis is away, and serves again when it is back", async () => {
    await server.kill();
    await expect.poll(async () => (await post("/", ["PING"])).status).toBe(503);
    await server.start();
    await expect.poll(async () => (await post("/", ["PING"])).status, { timeout: 10_000 }).toBe(200);
  });
});
