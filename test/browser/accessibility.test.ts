import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Library } from "../players/make-library.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { repositoryRoot } from "../support/footage-cache.ts";
import { DESKTOP, launchChromium, PHONE } from "./chromium.ts";
import { makeShowcase } from "./showcase.ts";
import { awaitPlaying, PATIENCE_MS, PATIENTLY, seekWhilePlaying } from "./watching.ts";

const FOLDER = process.env.SCREENSHOTS ?? join(repositoryRoot, "test-results/screenshots");
const MEADOW = `#/watch/${encodeURIComponent("A Morning in the Meadow.mkv")}`;

let library: Library;
let server: EmbeddedServer;
let browser: Browser;
let axe: string;

beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  library = await makeShowcase();
  server = await startServer(library.dir);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await library?.remove();
});

/** What axe finds, and a picture of the page for people. */
async function look(page: Page, name: string): Promise<readonly string[]> {
  await page.screenshot({ path: join(FOLDER, `${name}.jpg`), type: "jpeg", quality: 82 });
  await page.evaluate(axe);
  return page.evaluate(async (name) => {
    type Found = { id: string; nodes: { target: unknown; failureSummary?: string }[] };
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Found[] }> } };
    const { violations } = await axe.run();
    // media-chrome puts the way back from a submenu into the menu itself, where ARIA knows menu items alone.
    const isTheirs = (id: string, target: unknown) =>
      id === "aria-required-children" && JSON.stringify(target) === '["#settings"]';
    return violations.flatMap(({ id, nodes }) =>
      nodes
        .filter(({ target }) => !isTheirs(id, target))
        .map(({ target, failureSummary }) => `${name}: ${id} ${JSON.stringify(target)} ${failureSummary}`),
    );
  }, name);
}

const waitForState = (page: Page, state: string) =>
  page.locator(`html[data-state=${state}]`).waitFor({ timeout: PATIENCE_MS });

/** Each page in turn. */
async function lookAtAll(page: Page, kind: string): Promise<readonly string[]> {
  const found: string[] = [];
  const see = async (name: string) => void found.push(...(await look(page, `${name}-${kind}`)));
  await page.goto(server.url);
  const posters = page.locator(".poster[data-loaded]");
  await expect.poll(() => posters.count(), PATIENTLY).toBeGreaterThanOrEqual(4);
  await see("library");
  await page.locator("#search").fill("nothing of the kind");
  await see("no-match");
  await page.goto(`${server.url}#/watch/gone.mkv`);
  await waitForState(page, "failed");
  await see("not-found");
  await page.goto(`${server.url}#/watch/${encodeURIComponent("A Letter.mp4")}`);
  await page.locator("#failure [role=alert]").waitFor({ timeout: PATIENCE_MS });
  await see("problem");
  await page.goto(server.url + MEADOW);
  await awaitPlaying(page);
  // The film begins in black.
  await seekWhilePlaying(page, 12);
  await page.evaluate(() => document.querySelector("video")!.pause());
  await page.locator("#controller[mediapaused]").waitFor();
  await see("player");
  await page.locator("media-settings-menu-button").click();
  await see("settings");
  return found;
}

const light = { colorScheme: "light" } as const;
const dark = { colorScheme: "dark" } as const;
// Each size and each scheme once; whoever wants the pictures gets all four.
const usual = [
  { kind: "desktop-light", options: { ...DESKTOP, ...light } },
  { kind: "phone-dark", options: { ...PHONE, ...dark } },
];
const others = [
  { kind: "desktop-dark", options: { ...DESKTOP, ...dark } },
  { kind: "phone-light", options: { ...PHONE, ...light } },
];

test.each(process.env.SCREENSHOTS ? [...usual, ...others] : usual)(
  "axe finds nothing wrong with any page: $kind",
  async ({ kind, options }) => {
    // Colours are measured as they are in the end, not on their way there.
    const page = await browser.newPage({ ...options, reducedMotion: "reduce" });
    expect(await lookAtAll(page, kind)).toEqual([]);
    await page.close();
  },
);
