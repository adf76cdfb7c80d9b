import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaults } from "../browser/accessibility.ts";
import { launchChromium, openPage } from "../browser/chromium.ts";
import { takeScreenshots } from "../browser/screenshots.ts";
import { footage } from "../support/footage.ts";
import { Fleet } from "./fleet.ts";
import { isSegment } from "./lease-view.ts";
import { FILM, fetchSegment, RUNG, segmentUrls } from "./viewer.ts";

const PATIENTLY = { timeout: 30_000, interval: 50 };

let mediaDir: string;
let fleet: Fleet;
let browser: Browser;

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), "seamline-media-"));
  await copyFile(await footage("film-24000-1001-bframes"), join(mediaDir, FILM));
  fleet = await Fleet.start(mediaDir, { FALLBACK_TO_LOCAL: "false" });
  await Promise.all(["w1", "w2"].map((id) => fleet.addWorker(id)));
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await fleet?.stop();
  await rm(mediaDir, { recursive: true, force: true });
});

const stateOf = (page: Page, worker: string) =>
  page.locator(`#workers [data-worker="${worker}"]`).getAttribute("data-state");
const madeOf = (page: Page, rendition: string) =>
  page.locator("#rows li").filter({ hasText: rendition }).locator(".row-count").textContent();

test("the page shows workers, the map as a film plays, a worker that is killed, and who takes over", async () => {
  const { page, troubles } = await openPage(browser, `${fleet.url}fleet`);
  await expect.poll(() => page.locator("#workers [data-worker]").count(), PATIENTLY).toBe(2);
  await expect.poll(() => stateOf(page, "w1"), PATIENTLY).toBe("idle");
  expect(await accessibilityFaults(page)).toEqual([]);

  // Nobody has chosen a title: the first that is worked on is shown.
  const urls = await segmentUrls(fleet.url);
  await Promise.all(urls.slice(0, 3).map(fetchSegment));
  await expect.poll(() => page.locator("#picker").inputValue(), PATIENTLY).toBe(FILM);
  await expect.poll(() => madeOf(page, "480p"), PATIENTLY).not.toBe(`0/${urls.length}`);

  const waiting = fetchSegment(urls[12]!);
  const { worker } = await fleet.leases.waitForHolder(isSegment(RUNG, 12));
  const other = worker === "w1" ? "w2" : "w1";
  await fleet.killWorker(worker);
  await expect.poll(() => stateOf(page, worker), PATIENTLY).toBe("silent");
  await takeScreenshots(page, "fleet-worker-lost");
  await waiting;
  await Promise.all(urls.map(fetchSegment));
  await expect.poll(() => madeOf(page, "480p"), PATIENTLY).toBe(`${urls.length}/${urls.length}`);
  expect(await stateOf(page, worker)).toBe("silent");
  expect(await stateOf(page, other)).not.toBe("silent");
  const faults = await page.locator("#faults").textContent();
  expect(faults).toContain(`${worker} stopped answering while it made segment 12 of ${RUNG} of “${FILM}”.`);

  await page.locator("#sheet").focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => page.locator("#cell-words").textContent(), PATIENTLY).toMatch(/segment 0 · 0:00/);
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(troubles).toEqual([]);
  await page.close();
});
