import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "../browser/chromium.ts";
import { repositoryRoot } from "../support/footage-cache.ts";
import { type ServerProcess, startProcess } from "../support/server-process.ts";
import type { FormatSource } from "./format-source.ts";
import { formatSources } from "./format-sources.ts";
import { type Outcome, trySource } from "./try-source.ts";

/** `FORMATS=all`, or names of files, separated by commas. */
const wanted = process.env.FORMATS ?? "h264.mp4,hevc-10bit-hdr10.mkv,sound.flac,cut-index-last.mp4";
const chosen = formatSources.filter(({ file }) => wanted === "all" || wanted.split(",").includes(file));
const seed = Number(process.env.CONFORMANCE_SEED || Math.floor(Math.random() * 1e6));

let folder: string;
let servers: readonly ServerProcess[];
let browser: Browser;
const outcomes = new Map<FormatSource, Outcome>();

beforeAll(async () => {
  folder = await mkdtemp(join(repositoryRoot, ".cache", "formats-"));
  servers = await Promise.all([startProcess(folder), startProcess(folder)]);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await Promise.all((servers ?? []).map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
});

describe.concurrent(`with CONFORMANCE_SEED=${seed}`, () => {
  test.each(chosen)("$file", async (source) => {
    const [here, elsewhere] = servers.map(({ url }) => url) as [string, string];
    const started = performance.now();
    const outcome = await trySource(source, { mediaDir: folder, here, elsewhere, browser, folder, seed });
    console.log(source.file, ((performance.now() - started) / 1000).toFixed(1), "s", JSON.stringify(outcome));
    outcomes.set(source, outcome);
    expect(outcome.kind).toBe(source.refusal ? "refused" : "tried");
  });
});
