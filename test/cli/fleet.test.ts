import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fleetViewSchema } from "../../shared/fleet/fleet-view.ts";
import { runSeamline } from "../support/seamline.ts";

const now = 1_700_000_000_000;
const view = {
  now,
  mode: "fleet",
  workers: [
    {
      ...{
        id: "w1/x",
        name: "w1",
        state: "working",
        since: now - 61_000,
        seenAt: now,
        speed: 3.26,
        done: 7,
        failed: 0,
      },
      jobs: [
        {
          ...{
            kind: "segments",
            path: "a.mkv",
            rendition: "v720",
            first: 12,
            count: 1,
            since: now,
            attempt: 1,
          },
          ...{ isAwaited: true, isSecond: false },
        },
      ],
    },
  ],
  queue: { awaited: 2, lookAhead: 9, prepare: 0, backingOff: 0, oldestSince: now - 3000 },
  leases: 1,
  totals: { done: 7, failed: 0, lapsed: 0, dead: 0 },
  faults: [],
};

describe("seamline fleet", () => {
  const server = createServer((request, response) => {
    if (request.headers.authorization !== "Bearer a token for administrators")
      return response.writeHead(401).end();
    if (request.url !== "/api/fleet") return response.writeHead(404).end();
    return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(view));
  });
  let url: string;
  const environment = { ADMIN_TOKEN: "a token for administrators" };
  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => server.close());

  test("passes on what the server says, for programs", async () => {
    const { exitCode, stdout } = await runSeamline(["fleet", url, "--json"], { environment });
    expect(exitCode).toBe(0);
    expect(fleetViewSchema.parse(JSON.parse(stdout))).toEqual(view);
  });

  test("prints a table for people, once where nobody looks at a terminal", async () => {
    const { exitCode, stdout } = await runSeamline(["fleet", url], { environment });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("1 worker (fleet); queue: 2 waited for, the oldest for 0:03, 9 look-ahead");
    expect(stdout).toMatch(/\nw1 +working +1:01 +3\.3 +7 +0 +a\.mkv v720 12\n/);
  });

  test("says what to do where it is not let in, and where nobody answers", async () => {
    const refused = await runSeamline(["fleet", url], { environment: { ADMIN_TOKEN: "" } });
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("set ADMIN_TOKEN") });
    const silent = await runSeamline(["fleet", "http://127.0.0.1:1/"]);
    expect(silent).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("does not answer: ") });
    expect((await runSeamline(["fleet", "films"])).exitCode).toBe(2);
  });
});
