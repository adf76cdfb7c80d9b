import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "../browser/chromium.ts";
import { drawSeed } from "../support/draw.ts";
import { repositoryRoot } from "../support/footage-cache.ts";
import { type ServerProcess, startProcess } from "../support/server-process.ts";
import { checks, type FormatSource } from "./format-source.ts";
import { formatSources } from "./format-sources.ts";
import { PAGE, rowStart, writePage } from "./formats-page.ts";
import { type Outcome, trySource } from "./try-source.ts";

/** `all`, or names of files, separated by commas: what comes of them goes to the page. Without it, a few are tried. */
const { FORMATS } = process.env;
const few = ["h264-b.avi", "sound.wma", "cut-index-last.mp4"];
const wanted = FORMATS?.split(",") ?? few;
const chosen = formatSources.filter(({ file }) => FORMATS === "all" || wanted.includes(file));

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
  if (FORMATS) await writePage(outcomes, browser.version());
  await browser?.close();
  await Promise.all((servers ?? []).map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
});

describe.concurrent(`with DRAW_SEED=${drawSeed}`, () => {
  test.each(chosen)("$file", { timeout: 300_000 }, async (source) => {
    const [here, elsewhere] = servers.map(({ url }) => url) as [string, string];
    const outcome = await trySource(source, {
      mediaDir: folder,
      here,
      elsewhere,
      browser,
      folder,
      seed: drawSeed,
    });
    outcomes.set(source, outcome);
    expect(outcome).toMatchObject(expectedOf(source));
  });
});

// While all are tried, the page is not printed yet.
if (!FORMATS) {
  test("the page of formats has a row for every source", async () => {
    const page = await readFile(PAGE, "utf8");
    expect(formatSources.map(rowStart).filter((row) => !page.includes(row))).toEqual([]);
  });
}

/** What is not expected to pass may pass or not: it says why. */
function expectedOf({ refusal, limits }: FormatSource) {
  if (refusal) return { kind: "refused", code: refusal };
  const expected = checks
    .filter((check) => check === "conformance" || !limits?.[check])
    .map((check) => [check, ""]);
  return { kind: "tried", wrong: Object.fromEntries(expected) };
}
