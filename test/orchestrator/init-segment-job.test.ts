import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import type { Lease } from "../../shared/lease/lease-store.ts";
import { exampleSource } from "../shared/media/example-source.ts";
import { createTitleApp, type TitleApp } from "../support/title-app.ts";

let title: TitleApp;
let sequence = 0;

beforeAll(async () => {
  title = await createTitleApp(exampleSource(), { SEGMENT_WAIT_MS: "10000" });
});
afterAll(() => title.close());

const leave = new Set<AbortController>();
afterEach(() => {
  for (const leaving of leave) leaving.abort();
  leave.clear();
});

/** Asks, and doesn't stay for the answer once the test is over. */
async function ask(rendition: string, name: string): Promise<Response> {
  const leaving = new AbortController();
  leave.add(leaving);
  return title.app.request(title.pathOf(rendition, name), { signal: leaving.signal });
}

/** The next job that somebody waits for. */
function nextJob(): Promise<Lease> {
  return vi.waitFor(async () => {
    sequence += 1;
    const claim = { worker: "w", sequence, leaseMs: 60_000, count: 1, dueWithinMs: 0 };
    const [lease] = await title.store.claim(claim);
    expect(lease).toBeDefined();
    return lease!;
  }, 30_000);
}

it("an init segment comes with the media segment that is asked for beside it, by one job", async () => {
  for (const [rendition, names] of [
    ["v720", ["init.mp4", "3.m4s"]],
    ["v480", ["3.m4s", "init.mp4"]],
  ] as const) {
    const answers = names.map((name) => ask(rendition, name));
    const lease = await nextJob();
    expect(lease.id).toMatch(`${rendition}/3+1`);
    for (const name of names) await title.publish(rendition, name, Buffer.from(name));
    await title.store.commit(lease, { meta: "", retainMs: 60_000 });
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
  }
});

it("an init segment that is asked for alone has a job of its own", async () => {
  for (const answer of [ask("v360", "init.mp4"), ask("v240", "3.m4s")]) answer.catch(() => {});
  const leases = [await nextJob(), await nextJob()];
  expect(leases.map(({ id }) => id.replace(/^[^/]*/, "")).sort()).toEqual(["/v240/3+1", "/v360/init"]);
});
