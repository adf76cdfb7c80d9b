import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Hono } from "hono";
import { afterEach, describe, expect, it } from "vitest";
import { type HttpServer, listen } from "../../cli/http-server.ts";
import { parseConfig } from "../../shared/config.ts";
import { FaultError } from "../../shared/fault.ts";
import { type Log, type LogFields, silentLog } from "../../shared/log.ts";
import { FileStorage } from "../../shared/node/file-storage.ts";
import { HttpOrigin } from "../../shared/storage/http-origin.ts";
import { readAll, type SegmentStorage } from "../../shared/storage/segment-storage.ts";
import { startStorageOrigin } from "../support/storage-origin.ts";
import { segmentStorageContract } from "./segment-storage.contract.ts";

segmentStorageContract("a storage folder read over HTTP", async () => {
  const root = await mkdtemp(join(tmpdir(), "seamline-storage-"));
  const origin = await startStorageOrigin(root);
  return {
    open(): SegmentStorage {
      const reader = new HttpOrigin({ url: origin.url, log: silentLog });
      const writer = new FileStorage(root);
      return {
        find: (name, signal) => reader.find(name, signal),
        publish: (name, bytes) => writer.publish(name, bytes),
      };
    },
    async wipe() {
      for (const name of await readdir(root)) await rm(join(root, name), { recursive: true });
    },
    async close() {
      await origin.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
});

describe("an HTTP origin", () => {
  const NAME = "titles/ab/cd/v720/0.m4s";
  let server: HttpServer | undefined;
  const requests: Request[] = [];
  const logged: LogFields[] = [];
  const log: Log = { ...silentLog, warn: (fields) => logged.push(fields) };

  afterEach(async () => {
    await server?.close();
    server = undefined;
    requests.length = 0;
    logged.length = 0;
  });

  /** Storage behind a server that answers as it is told. */
  async function originThat(
    answer: (request: Request) => Response | Promise<Response>,
    { path = "", ...options }: { path?: string; token?: string; timeoutMs?: number } = {},
  ): Promise<HttpOrigin> {
    const app = new Hono().all("*", ({ req }) => {
      requests.push(req.raw);
      return answer(req.raw);
    });
    server = await listen(app.fetch, parseConfig({ PORT: "0", HOST: "127.0.0.1" }));
    const url = server.url.replace("localhost", "127.0.0.1");
    return new HttpOrigin({ url: `${url}${path}`, log, ...options });
  }

  const ofLength = (length: number | undefined, init?: ResponseInit) =>
    new Response(null, {
      ...init,
      headers: { ...(length !== undefined && { "content-length": `${length}` }) },
    });
  const faultOf = async (promise: Promise<unknown>): Promise<FaultError> => {
    const error = await promise.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FaultError);
    expect(error).toMatchObject({ code: "storage-failed", message: expect.stringContaining(NAME) });
    return error as FaultError;
  };

  it("finds what was a 404 a moment ago, and lets no cache on the way remember that", async () => {
    const origin = await originThat(() =>
      requests.length === 1 ? new Response("no such file", { status: 404 }) : ofLength(5),
    );
    expect(await origin.find(NAME)).toBeUndefined();
    expect((await origin.find(NAME))!.size).toBe(5);
    expect(requests.map(({ method }) => method)).toEqual(["HEAD", "HEAD"]);
    expect(requests.map(({ headers }) => headers.get("cache-control"))).toEqual(["no-cache", "no-cache"]);
  });

  it.each([
    ["", `/${NAME}`],
    ["base", `/base/${NAME}`],
    ["base/", `/base/${NAME}`],
    ["base?sig=a%2Bb", `/base/${NAME}?sig=a%2Bb`],
  ])("looks below its address: %j", async (path, expected) => {
    const origin = await originThat(() => ofLength(5), { path });
    await origin.find(NAME);
    const { pathname, search } = new URL(requests[0]!.url);
    expect(pathname + search).toBe(expected);
  });

  it("shows its token with each request", async () => {
    const origin = await originThat(
      ({ headers, method }) =>
        headers.get("authorization") !== "Bearer a secret"
          ? new Response(null, { status: 401 })
          : method === "HEAD"
            ? ofLength(5)
            : new Response("12345"),
      { token: "a secret" },
    );
    expect(new TextDecoder().decode(await readAll((await origin.find(NAME))!))).toBe("12345");
  });

  it("asks for bytes as they are stored, whose length is the one it was told", async () => {
    const origin = await originThat(({ method }) =>
      method === "HEAD" ? ofLength(5) : new Response("12345"),
    );
    await readAll((await origin.find(NAME))!);
    expect(requests.map(({ headers }) => headers.get("accept-encoding"))).toEqual(["identity", "identity"]);
  });

  it.each([401, 403, 500, 503])("takes %i for a fault: nobody knows what is there", async (status) => {
    const origin = await originThat(() => new Response(null, { status }), { token: "a secret" });
    const fault = await faultOf(origin.find(NAME));
    expect(fault.message).toContain(`${status}`);
    expect(fault.retryable).toBe(true);
    const [fields] = logged;
    expect(fields).toMatchObject({ origin: expect.stringContaining("127.0.0.1"), object: NAME });
    expect(fault.message).not.toContain("127.0.0.1");
    expect(fault.message + JSON.stringify(logged)).not.toContain("a secret");
  });

  it("does not take an object of unknown length", async () => {
    const origin = await originThat(() => ofLength(undefined));
    expect((await faultOf(origin.find(NAME))).message).toContain("how long");
  });

  it.each([
    ["the whole where a part was asked for", { start: 1, end: 3 }, () => new Response("12345")],
    ["another length than before", undefined, () => new Response("1234567")],
  ])("passes on no bytes of %s", async (_, range, answer) => {
    const origin = await originThat(({ method }) => (method === "HEAD" ? ofLength(5) : answer()));
    await faultOf((await origin.find(NAME))!.body(range));
  });

  it("waits for an answer no longer than it may", async () => {
    const origin = await originThat(() => new Promise<Response>(() => {}), { timeoutMs: 100 });
    expect((await faultOf(origin.find(NAME))).message).toContain("100 ms");
  });

  it("ends a body that stalls", async () => {
    const stalled = () =>
      new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(2)) });
    const origin = await originThat(
      ({ method }) =>
        method === "HEAD" ? ofLength(5) : new Response(stalled(), { headers: { "content-length": "5" } }),
      // The HEAD before it is to be answered in time.
      { timeoutMs: 3000 },
    );
    await expect(readAll((await origin.find(NAME))!)).rejects.toThrow();
  });

  it("gives up when its caller does, for the caller's reason", async () => {
    const leaver = new AbortController();
    const origin = await originThat(() => new Promise<Response>(() => leaver.abort(new Error("left"))));
    await expect(origin.find(NAME, leaver.signal)).rejects.toThrow("left");
    expect(logged).toEqual([]);
  });

  it("says so where nobody answers", async () => {
    const origin = await originThat(() => ofLength(5));
    await server!.close();
    server = undefined;
    expect((await faultOf(origin.find(NAME))).message).toContain("reached");
  });
});
