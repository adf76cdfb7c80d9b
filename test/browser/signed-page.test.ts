import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importAccessKeys, signToken } from "../../shared/access/token.ts";
import { type Library, makeLibrary } from "../players/make-library.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage } from "../support/footage.ts";
import { openBareHlsPage } from "./bare-hls-page.ts";
import { launchChromium, openPage } from "./chromium.ts";
import { clickTitle, PATIENCE_MS, PATIENTLY, readVideo, seekWhilePlaying } from "./watching.ts";

const SECRET = "the secret of this test: long enough";

let library: Library;
let server: EmbeddedServer;
let browser: Browser;

beforeAll(async () => {
  const film = await footage("film-24000-1001-bframes");
  library = await makeLibrary({ "films/film.mp4": film, "private.mp4": film });
  server = await startServer(library.dir, { AUTH_SECRET: SECRET });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await library?.remove();
});

const linkTo = async (prefix: string, expiresAt = 4_000_000_000) =>
  `?token=${await signToken({ prefix, expiresAt }, await importAccessKeys([SECRET]))}`;

test("the page of a signed link lists its folder, plays from it, and does it again after a reload", async () => {
  const query = await linkTo("films");
  const { page, troubles } = await openPage(browser, server.url + query);
  const asked: URL[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    // The script's own media source is no request to anybody.
    if (url.protocol === "http:") asked.push(url);
  });
  await clickTitle(page, "film");
  expect(await page.locator("#library .name").allTextContents()).toEqual(["film"]);
  await seekWhilePlaying(page, 20);
  await page.reload();
  await expect.poll(() => readVideo(page), PATIENTLY).toMatchObject({ state: "playing" });
  // Neither the policy of the page nor a door was in the way.
  expect(troubles).toEqual([]);
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "document.title = 'injected'";
    document.head.append(script);
    return document.title;
  });
  expect(ran).not.toBe("injected");
  const films = asked.filter(({ pathname }) => pathname.startsWith("/hls/") || pathname.startsWith("/api/"));
  expect(films.length).toBeGreaterThan(10);
  for (const url of films) expect(url.search).toBe(query);
  for (const url of asked) expect(url.origin).toBe(new URL(server.url).origin);
  await page.close();
});

test.each<[string, () => Promise<string>, string, string]>([
  ["no link", async () => "", "A token is needed", "token-missing · HTTP 401"],
  [
    "a damaged link",
    async () => (await linkTo("")).slice(0, -1),
    "A token is needed",
    "token-invalid · HTTP 401",
  ],
  ["an old link", () => linkTo("", 1), "The token doesn't open this", "token-expired · HTTP 403"],
])("the page of %s says what is wrong", async (_, query, title, code) => {
  const { page } = await openPage(browser, server.url + (await query()));
  const alert = page.locator("#notice [role=alert]");
  await alert.waitFor({ timeout: PATIENCE_MS });
  expect(await alert.locator("h2").textContent()).toBe(title);
  expect(await alert.locator("p").last().textContent()).toBe(code);
  await page.close();
});

test("a player in another origin's page plays a signed link, and learns why another one fails", async () => {
  const elsewhere = server.url.replace("127.0.0.1", "localhost");
  const query = await linkTo("films/film.mp4");
  const { page, troubles } = await openPage(browser, server.url + query);
  await page.locator("html[data-state=library]").waitFor({ timeout: PATIENCE_MS });
  // The page is made up, so Chromium doesn't take it for one of this machine.
  await page.context().grantPermissions(["local-network-access"]);
  await openBareHlsPage(page, server.url, `${elsewhere}hls/films/film.mp4/master.m3u8${query}`);
  await page.evaluate(() => void document.querySelector("video")!.play());
  await expect.poll(async () => (await readVideo(page)).time, PATIENTLY).toBeGreaterThan(1);
  expect(troubles).toEqual([]);
  const code = await page.evaluate(
    async (url) => ((await (await fetch(url)).json()) as { code: string }).code,
    `${elsewhere}hls/private.mp4/master.m3u8${query}`,
  );
  expect(code).toBe("token-not-for-this");
  await page.close();
});
