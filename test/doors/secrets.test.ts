import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importAccessKeys, signToken } from "../../shared/access/token.ts";
import { freePort } from "../support/free-port.ts";
import { openRawClient, requestText } from "../support/raw-client.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { type ServerProcess, startProgram } from "../support/server-process.ts";

const secrets = {
  new: "secret-new-0123456789abcdefghijklmnop",
  old: "secret-old-0123456789abcdefghijklmnop",
  admin: "secret-admin-0123456789",
  gateway: "secret-gateway-0123456789",
  storage: "secret-storage-0123456789",
  rest: "secret-rest-0123456789",
  redis: "secret-redis-0123456789",
  webhook: `whsec_${Buffer.from("secret-webhook-0123456789").toString("base64").slice(0, 32)}`,
  wrong: "secret-wrong-0123456789",
};
const common = {
  LOG_LEVEL: "debug",
  AUTH_SECRET: `${secrets.new},${secrets.old}`,
  ADMIN_TOKEN: secrets.admin,
  STORAGE_TOKEN: secrets.storage,
  WEBHOOK_URLS: "http://127.0.0.1:9/secret-address",
  WEBHOOK_SECRET: secrets.webhook,
  SEGMENT_WAIT_MS: "1000",
  FALLBACK_TO_LOCAL: "false",
};
/** Whatever a program said, and to whom. */
const said: string[] = [];
const statuses = new Set<number>();
let tokens: string[];
let folder: string;
let redis: RedisServer;
let programs: Record<"alone" | "tcp" | "rest" | "lost", ServerProcess>;
let gateway: ServerProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "seamline-secrets-"));
  await writeFile(join(folder, "text.mp4"), "no film");
  redis = await startRedis({ password: secrets.redis });
  const redisAs = (password: string) => redis.url.replace("//", `//:${password}@`);
  const start = (command: "serve" | "gateway", name: string, environment: Record<string, string>) =>
    startProgram(command, folder, join(folder, name), { environment: { ...common, ...environment } });
  gateway = await start("gateway", "gateway", {
    REDIS_URL: redisAs(secrets.wrong),
    GATEWAY_TOKEN: secrets.gateway,
  });
  programs = {
    alone: await start("serve", "alone", {}),
    tcp: await start("serve", "tcp", { REDIS_URL: redisAs(secrets.wrong) }),
    rest: await start("serve", "rest", {
      UPSTASH_REDIS_REST_URL: gateway.url,
      UPSTASH_REDIS_REST_TOKEN: secrets.rest,
    }),
    lost: await start("serve", "lost", {
      UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${await freePort()}`,
      UPSTASH_REDIS_REST_TOKEN: secrets.rest,
    }),
  };
  const keys = await importAccessKeys([secrets.old]);
  const foreign = await importAccessKeys([secrets.wrong]);
  const grant = { prefix: "", expiresAt: 4_000_000_000, viewer: "anna" };
  tokens = await Promise.all([
    signToken(grant, keys),
    signToken({ ...grant, expiresAt: 1 }, keys),
    signToken({ ...grant, prefix: "elsewhere" }, keys),
    signToken(grant, foreign),
  ]);
});

afterAll(async () => {
  await Promise.all([gateway, ...Object.values(programs)].map((program) => program.stop()));
  await redis.stop();
  await rm(folder, { recursive: true });
});

async function ask(program: ServerProcess, path: string, init: RequestInit = {}): Promise<void> {
  const response = await fetch(program.url + path, init);
  statuses.add(response.status);
  said.push(`${[...response.headers].join("\n")}\n${await response.text()}`);
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

/** Asks in every way that fails, with every token. */
async function askInVain(program: ServerProcess): Promise<void> {
  const key = "0".repeat(32);
  for (const query of tokens.map((token) => `?token=${token}`)) {
    for (const path of [
      ...["hls/none.mp4/master.m3u8", "hls/text.mp4/master.m3u8", "hls/nonsense", "hls/%ff/master.m3u8"],
      ...[`hls/none.mp4/${key}/v720/1.m4s`, `hls/none.mp4/${key}/v720/index.m3u8`, "nothing", "readyz"],
      ...[`hls/${"a".repeat(9000)}/master.m3u8`],
    ]) {
      await ask(program, path + query);
    }
    await ask(program, `hls/none.mp4/master.m3u8${query}x`);
    await ask(program, `hls/none.mp4/master.m3u8${query}`, { method: "POST", body: "x" });
    const raw = await openRawClient(program.url);
    raw.socket.end(requestText(`/hls/none.mp4/master.m3u8${query}`, { "content-length": "1" }));
    await raw.closed;
    said.push(raw.received());
  }
  for (const token of Object.values(secrets)) {
    await ask(program, "readyz", bearer(token));
    await ask(program, `hls/none.mp4/master.m3u8?token=${token}`, bearer(token));
  }
}

/** Of a token, its signature alone would do harm too. */
function expectNoSecret(text: string): void {
  const told = [...Object.values(secrets), ...tokens.map((token) => token.split(".")[2]!)];
  expect(text.split("\n").filter((line) => told.some((secret) => line.includes(secret)))).toEqual([]);
}

describe("no secret and no token is told", () => {
  it.each(["alone", "tcp", "rest", "lost"] as const)("to whoever asks in vain (%s)", async (name) => {
    await askInVain(programs[name]);
    expectNoSecret(said.join("\n"));
  });

  it("to whoever asks the gateway in vain", async () => {
    for (const token of Object.values(secrets)) {
      await ask(gateway, `get/key?_token=${token}`);
      await ask(gateway, "get/key", bearer(token));
      await ask(gateway, "", {
        method: "POST",
        body: JSON.stringify(["AUTH", token]),
        ...bearer(secrets.gateway),
      });
    }
    expectNoSecret(said.join("\n"));
  });

  it("when something fails that should not", async () => {
    await rm(programs.alone.storageDir, { recursive: true });
    await writeFile(programs.alone.storageDir, "a file where a folder was");
    await ask(programs.alone, `hls/text.mp4/master.m3u8?token=${tokens[0]}`);
    await ask(programs.alone, "readyz", bearer(secrets.admin));
    expectNoSecret(said.join("\n"));
  });

  it("in any log, at the level that says most", () => {
    const logs = [gateway, ...Object.values(programs)].flatMap(({ log }) => log);
    expect(logs.length).toBeGreaterThan(5);
    expectNoSecret(logs.join("\n"));
  });

  it("and all this did fail in many ways", () => {
    expect([...statuses].sort()).toEqual([200, 400, 401, 403, 404, 405, 414, 415, 500, 503]);
  });
});
