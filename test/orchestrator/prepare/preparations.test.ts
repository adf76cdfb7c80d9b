import { afterEach, expect, it } from "vitest";
import type { Preparations } from "../../../orchestrator/prepare/preparations.ts";
import { FaultError } from "../../../shared/fault.ts";
import { jobId, segmentsJob } from "../../../shared/job.ts";
import { type SharedTitle, shareTitle } from "./prepared-title.ts";

let shared: SharedTitle | undefined;
let open: Preparations[] = [];
afterEach(async () => {
  await Promise.all(open.map((preparations) => preparations.close()));
  open = [];
  await shared?.remove();
});

const asker = { signal: new AbortController().signal };

async function setUp(seconds: number) {
  shared = await shareTitle(seconds);
  return shared;
}

function join(title: SharedTitle, timing?: Parameters<SharedTitle["orchestrator"]>[0]) {
  const orchestrator = title.orchestrator(timing);
  open.push(orchestrator.preparations);
  return orchestrator;
}

async function start(
  title: SharedTitle,
  { preparations, desk }: ReturnType<typeof join>,
  rungs?: readonly string[],
) {
  const stop = title.answerProbes();
  const request = { path: title.title.source.path, ...(rungs && { rungs }) };
  return preparations.start(request, desk, asker).finally(stop);
}

/** Before an orchestrator has said that it sees to one, another might take it up as well. */
async function untilOwned({ records }: SharedTitle, id: string): Promise<void> {
  await expect.poll(async () => (await records.find(id))?.progress?.owner).toBeDefined();
}

/** Works until there is nothing to do and one has ended. */
async function workUntilEnded(title: SharedTitle, preparations: Preparations, id: string) {
  for await (const { endedAt } of preparations.follow(id, asker.signal)) {
    if (endedAt !== undefined) break;
    await expect
      .poll(async () => (await title.workOnce()) || isOver(preparations, id), { interval: 1 })
      .toBe(true);
    while (await title.workOnce());
  }
  return preparations.find(id);
}

async function isOver(preparations: Preparations, id: string): Promise<boolean> {
  return (await preparations.find(id))?.endedAt !== undefined;
}

it("who watches comes first, look-ahead next, and what is prepared last, in the order of the film", async () => {
  const title = await setUp(60);
  const orchestrator = join(title);
  await start(title, orchestrator, ["240p", "360p"]);
  await expect.poll(async () => (await title.store.stats()).queued).toBeGreaterThan(10);
  const [rendition] = title.title.video;
  const [ahead, awaited] = [9, 8].map((index) => segmentsJob(title.title, rendition!, index));
  await orchestrator.desk.lookAhead([{ job: ahead!, dueInMs: 200_000 }]);
  const viewer = orchestrator.desk.wait(awaited!, asker.signal);
  const isQueued = async () => (await title.store.status([jobId(awaited!)]))[0]!.kind;
  await expect.poll(isQueued).toBe("queued");
  for (let k = 0; k < 5; k++) await title.workOnce();
  await viewer;
  expect(title.claimed.slice(0, 2)).toEqual([jobId(awaited!), jobId(ahead!)]);
  const prepared = ["a0/0+4", "v240/0+1", "v360/0+1"].map((id) => `${title.title.key}/${id}`);
  expect(title.claimed.slice(2)).toEqual(prepared);
});

it("of a long film a window is asked for, not all of it", async () => {
  const title = await setUp(7200);
  const orchestrator = join(title);
  const { total, id } = await start(title, orchestrator);
  expect(total).toBeGreaterThan(10_000);
  await expect.poll(async () => (await title.store.stats()).queued).toBe(128);
  for (let k = 0; k < 300; k++) {
    await expect.poll(() => title.workOnce(), { interval: 1 }).toBe(true);
    expect((await title.store.stats()).queued).toBeLessThanOrEqual(128);
  }
  await orchestrator.preparations.cancel(id);
  expect((await title.store.stats()).queued).toBe(0);
});

it("what is there already is not made again", async () => {
  const title = await setUp(20);
  const orchestrator = join(title);
  const { id, total } = await start(title, orchestrator, ["240p"]);
  const ended = await workUntilEnded(title, orchestrator.preparations, id);
  expect(ended).toMatchObject({ state: "done", made: total });
  expect(title.claimed.filter((job) => job.endsWith("/init"))).toEqual([]);
  const { length } = title.claimed;
  await start(title, orchestrator, ["240p"]);
  expect(await workUntilEnded(title, orchestrator.preparations, id)).toMatchObject({ state: "done" });
  expect(title.claimed).toHaveLength(length);
  expect(orchestrator.told.map(({ type }) => type)).toEqual(["preparation.done", "preparation.done"]);
});

it("one that can't be made fails in words, and is told once", async () => {
  const title = await setUp(20);
  const orchestrator = join(title);
  const { id } = await start(title, orchestrator, ["240p"]);
  const fault = new FaultError("encode-failed", "A part can't be made.");
  await expect.poll(() => title.workOnce(fault)).toBe(true);
  await expect.poll(() => orchestrator.told.length).toBe(1);
  const problem = { code: "encode-failed", detail: "A part can't be made." };
  expect(await orchestrator.preparations.find(id)).toMatchObject({ state: "failed", problem });
  expect(orchestrator.told).toMatchObject([{ type: "preparation.failed", data: { id, problem } }]);
});

it("two orchestrators answer for it, one sees to it, and the other one can end it", async () => {
  const title = await setUp(60);
  const [one, other] = [join(title), join(title)];
  const { id } = await start(title, one);
  await untilOwned(title, id);
  await other.preparations.look();
  await expect.poll(async () => (await title.store.stats()).queued).toBeGreaterThan(0);
  await title.workOnce();
  await expect.poll(async () => (await other.preparations.find(id))?.made).toBeGreaterThan(0);
  expect(await start(title, other)).toMatchObject({ id, state: "running" });
  await other.preparations.cancel(id);
  await expect.poll(async () => (await title.store.stats()).queued).toBe(0);
  expect(await one.preparations.find(id)).toMatchObject({ state: "cancelled" });
  expect([...one.told, ...other.told]).toEqual([]);
});

it("goes on at once elsewhere where an orchestrator stops", async () => {
  const title = await setUp(20);
  const [one, other] = [join(title), join(title)];
  const { id, startedAt } = await start(title, one, ["240p"]);
  await untilOwned(title, id);
  await other.preparations.look();
  await one.preparations.close();
  expect((await title.records.find(id))?.progress).toMatchObject({ state: "running" });
  expect((await title.records.find(id))?.progress?.owner).toBeUndefined();
  const ended = await workUntilEnded(title, other.preparations, id);
  expect(ended).toMatchObject({ state: "done", startedAt });
  expect(other.told).toHaveLength(1);
});

it("is left to an orchestrator that says something now and then, and goes on elsewhere once it doesn't", async () => {
  const title = await setUp(20);
  const gone = join(title);
  const { id, startedAt } = await start(title, gone, ["240p"]);
  await gone.preparations.close();
  const beat = (count: number) =>
    title.records.writeProgress(id, {
      startedAt,
      state: "running",
      made: 3,
      owner: "another one",
      beat: count,
    });
  await beat(100);
  const [patient, hasty] = [join(title), join(title, { staleMs: 3000 })];
  for (let count = 101; count < 110; count++) {
    await Promise.all([patient, hasty].map(({ preparations }) => preparations.look()));
    await beat(count);
  }
  expect(await hasty.preparations.find(id)).toMatchObject({ state: "running", made: 3 });
  const ended = await workUntilEnded(title, hasty.preparations, id);
  expect(ended).toMatchObject({ state: "done", startedAt });
  expect([patient, hasty].map(({ told }) => told.length)).toEqual([0, 1]);
});

it("more than two wait for their turn", async () => {
  const title = await setUp(20);
  const orchestrator = join(title);
  const started = [];
  for (const rung of ["240p", "360p", "480p"]) started.push(await start(title, orchestrator, [rung]));
  expect(started.map(({ state }) => state)).toEqual(["running", "running", "queued"]);
  for (const { id } of started)
    expect(await workUntilEnded(title, orchestrator.preparations, id)).toMatchObject({ state: "done" });
  expect((await orchestrator.preparations.list()).map(({ rungs }) => rungs[0])).toEqual([
    "480p",
    "360p",
    "240p",
  ]);
});
