import { mkdtemp, readdir, readlink, rm, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpServer, listen } from "../../cli/http-server.ts";
import { readOnly } from "../../orchestrator/doors/request-limits.ts";
import { objectResponse } from "../../orchestrator/object-response.ts";
import { Problem } from "../../orchestrator/problem.ts";
import { FileStorage } from "../../shared/node/file-storage.ts";
import { openRawClient, requestText } from "../support/raw-client.ts";

/** More than any socket's buffers hold. */
const BIG_BYTES = 64 << 20;
/** More than what buffers have to be emptied by before the server can notice. */
const SIP_BYTES = 6 << 20;
const STALL_MS = 1000;
const LIMITS = { headersMs: 300, requestMs: 500, checkMs: 50 };
const SOON = { timeout: 15_000, interval: 20 };

let folder: string;
let server: HttpServer;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "seamline-slow-"));
  await writeFile(join(folder, "big"), Buffer.alloc(BIG_BYTES, "x"));
  const storage = new FileStorage(folder);
  const app = new Hono();
  app.use(readOnly());
  app.get("/big", async ({ req }) => {
    const object = await storage.find("big");
    return objectResponse(req.raw, object!, { contentType: "video/mp4", etag: '"1"' });
  });
  app.get("/late", async ({ text }) => {
    // Checks for stalled clients pass meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 4 * STALL_MS));
    return text("at last");
  });
  app.get("/small", ({ text }) => text("small"));
  app.onError((error) => {
    if (error instanceof Problem) return error.toResponse();
    throw error;
  });
  server = await listen(app.fetch, { PORT: 0, HOST: "127.0.0.1", CLIENT_STALL_MS: STALL_MS }, LIMITS);
  url = server.url.replace("localhost", "127.0.0.1");
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** How often this process has the big file open. */
async function openFiles(): Promise<number> {
  const handles = await readdir("/proc/self/fd");
  const targets = await Promise.all(handles.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")));
  return targets.filter((target) => target === join(folder, "big")).length;
}

/** Lets a client that is paused read so much, or to the end, and no more: how many bytes it got. */
function sip(socket: Socket): Promise<number> {
  return new Promise((resolve) => {
    let bytes = 0;
    const end = () => {
      socket.pause().off("data", onData).off("close", end);
      resolve(bytes);
    };
    const onData = (data: Buffer) => {
      bytes += data.length;
      if (bytes >= SIP_BYTES) end();
    };
    socket.on("data", onData).on("close", end).resume();
    if (socket.closed) end();
  });
}

describe("a client that reads too little", () => {
  it("is cut off once it has stopped, and the files it held are free", async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, () => openRawClient(url)));
    for (const { socket } of clients) {
      socket.pause();
      socket.write(requestText("/big"));
    }
    await expect.poll(openFiles, SOON).toBe(8);
    await expect.poll(openFiles, SOON).toBe(0);
    for (const { socket, closed } of clients) {
      socket.resume();
      await closed;
      expect(socket.bytesRead).toBeLessThan(BIG_BYTES);
    }
  });

  it("is no obstacle to others meanwhile", async () => {
    const { socket } = await openRawClient(url);
    socket.pause();
    socket.write(requestText("/big"));
    await expect.poll(openFiles, SOON).toBe(1);
    expect((await (await fetch(`${url}big`)).arrayBuffer()).byteLength).toBe(BIG_BYTES);
    await expect.poll(openFiles, SOON).toBe(0);
    socket.destroy();
  });

  it("and vanishes, frees its file at once", async () => {
    const { socket } = await openRawClient(url);
    socket.pause();
    socket.write(requestText("/big"));
    await expect.poll(openFiles, SOON).toBe(1);
    socket.resetAndDestroy();
    await expect.poll(openFiles, SOON).toBe(0);
  });

  it("but something, now and then, gets all of it", async () => {
    const { socket } = await openRawClient(url);
    socket.write(requestText("/big", { connection: "close" }));
    let bytes = 0;
    while (bytes < BIG_BYTES) {
      socket.pause();
      await new Promise((resolve) => setTimeout(resolve, STALL_MS / 4));
      const read = await sip(socket);
      expect(read).toBeGreaterThan(0);
      bytes += read;
    }
  });
});

it("a client that waits for an answer is not taken for one that doesn't read", async () => {
  expect(await (await fetch(`${url}late`)).text()).toBe("at last");
});

describe("a client that sends too slowly", () => {
  it("is cut off when its headers don't end", async () => {
    const { socket, closed, received } = await openRawClient(url);
    const drip = setInterval(() => socket.write("x-more: 1\r\n"), 50);
    socket.write("GET /small HTTP/1.1\r\nhost: localhost\r\n");
    await closed;
    clearInterval(drip);
    expect(received()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it("is cut off when it says nothing at all", async () => {
    const { closed } = await openRawClient(url);
    await closed;
  });

  it("is cut off when it sends what nobody asked for, and is answered before that", async () => {
    const { socket, closed, received } = await openRawClient(url);
    const flood = setInterval(() => socket.write(Buffer.alloc(65_536)), 5);
    socket.write("POST /small HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000000000\r\n\r\n");
    await closed;
    clearInterval(flood);
    expect(received()).toMatch(/^HTTP\/1\.1 405 /);
  });
});

describe("a request that is too large", () => {
  it.each([
    ["one header", { "x-long": "a".repeat(20_000) }],
    ["many headers", Object.fromEntries(Array.from({ length: 1500 }, (_, k) => [`x-${k}`, "0123456789"]))],
  ])("in %s is refused by 431", async (_, headers) => {
    const { socket, closed, received } = await openRawClient(url);
    socket.write(requestText("/small", headers));
    await closed;
    expect(received()).toMatch(/^HTTP\/1\.1 431 /);
  });
});
