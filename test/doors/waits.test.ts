import { afterEach, describe, expect, it } from "vitest";
import { importAccessKeys, signToken } from "../../shared/access/token.ts";
import { openRawClient, type RawClient, requestText } from "../support/raw-client.ts";
import { startUnattended, type UnattendedServer } from "../support/unattended-server.ts";

const SECRET = "the secret of this test: long enough";
const SOON = { timeout: 60_000, interval: 20 };

let server: UnattendedServer;
let clients: RawClient[] = [];

afterEach(async () => {
  for (const { socket } of clients) socket.destroy();
  clients = [];
  await server.stop();
});

/** Asks for a title that nobody makes. @param address of 127.0.0.0/8 that the request comes from. */
async function ask(
  name: string,
  { address = "127.0.0.1", query = "", headers = {} } = {},
): Promise<RawClient> {
  const client = await openRawClient(server.url, address);
  client.socket.write(requestText(`/hls/${name}.mp4/master.m3u8${query}`, headers));
  clients.push(client);
  return client;
}

const queued = async () => (await server.store.stats()).queued;
const statusOf = async (client: RawClient) => {
  await expect.poll(client.received, SOON).toMatch(/^HTTP\/1\.1 \d+ .*\r\n\r\n/s);
  return Number(client.received().slice(9, 12));
};

describe("a client that leaves while it waits", () => {
  it.each(["resetAndDestroy", "end"] as const)(
    "(%s) takes its wait along, and nobody works for it",
    async (how) => {
      server = await startUnattended({ MAX_WAITS: "1" });
      const first = await ask("a");
      await expect.poll(queued, SOON).toBe(1);
      expect(await statusOf(await ask("b"))).toBe(503);
      first.socket[how]();
      await expect.poll(queued, SOON).toBe(0);
      await ask("c");
      await expect.poll(queued, SOON).toBe(1);
    },
  );

  it("leaves the others their job", async () => {
    server = await startUnattended({});
    const first = await ask("a");
    await ask("a");
    await ask("b");
    await expect.poll(queued, SOON).toBe(2);
    first.socket.destroy();
    // A later request has gone through since.
    expect((await fetch(`${server.url}healthz`)).status).toBe(200);
    expect(await queued()).toBe(2);
  });
});

describe("the number of waits", () => {
  it("is limited for each address: 429 with Retry-After", async () => {
    server = await startUnattended({ MAX_WAITS_PER_CLIENT: "2" });
    await ask("a");
    await ask("b");
    await expect.poll(queued, SOON).toBe(2);
    const refused = await ask("c");
    expect(await statusOf(refused)).toBe(429);
    expect(refused.received()).toMatch(/\r\nretry-after: 2\r\n/);
    expect(refused.received()).toContain('"code":"too-many-waits"');
    // Another address is another client.
    await ask("d", { address: "127.0.0.2" });
    await expect.poll(queued, SOON).toBe(3);
  });

  it("is limited for all: 503 with Retry-After", async () => {
    server = await startUnattended({ MAX_WAITS: "2" });
    await ask("a", { address: "127.0.0.1" });
    await ask("b", { address: "127.0.0.2" });
    await expect.poll(queued, SOON).toBe(2);
    const refused = await ask("c", { address: "127.0.0.3" });
    expect(await statusOf(refused)).toBe(503);
    expect(refused.received()).toMatch(/\r\nretry-after: 2\r\n/);
    expect(refused.received()).toContain('"code":"server-busy"');
  });

  it("counts for the viewer that a token names, not for the address", async () => {
    server = await startUnattended({ MAX_WAITS_PER_CLIENT: "1", AUTH_SECRET: SECRET });
    const keys = await importAccessKeys([SECRET]);
    const queryOf = async (viewer: string) =>
      `?token=${await signToken({ prefix: "", expiresAt: 4_000_000_000, viewer }, keys)}`;
    const [anna, bert] = [await queryOf("anna"), await queryOf("bert")];
    await ask("a", { query: anna });
    await expect.poll(queued, SOON).toBe(1);
    expect(await statusOf(await ask("b", { query: anna, address: "127.0.0.2" }))).toBe(429);
    await ask("c", { query: bert });
    await expect.poll(queued, SOON).toBe(2);
  });

  it("counts for the address that a proxy of ours names, and for nobody else's word", async () => {
    server = await startUnattended({ MAX_WAITS_PER_CLIENT: "1", TRUSTED_PROXIES: "127.0.0.1" });
    const from = (forwarded: string) => ({ headers: { "x-forwarded-for": forwarded } });
    await ask("a", from("198.51.100.1"));
    await ask("b", from("198.51.100.2"));
    await expect.poll(queued, SOON).toBe(2);
    // What a client wrote there itself stands before what the proxy wrote.
    expect(await statusOf(await ask("c", from("198.51.100.9, 198.51.100.1")))).toBe(429);
    await ask("d", { address: "127.0.0.2", ...from("198.51.100.3") });
    await expect.poll(queued, SOON).toBe(3);
    expect(await statusOf(await ask("e", { address: "127.0.0.2", ...from("198.51.100.4") }))).toBe(429);
  });
});
