import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      ...["--no-sandbox", "--disable-gpu", "--no-first-run", "--autoplay-policy=no-user-gesture-required"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ],
  });
}

/** A page that remembers whatever went wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  /** Uncaught errors, console errors, failed requests and answers of 400 and above. */
  readonly troubles: readonly string[];
}

export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };

export const PHONE: BrowserContextOptions = {
  ...{ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
  ...{ isMobile: true, hasTouch: true },
};

/** What has no picture has no poster; the library shows something else then. */
const isPoster = (url: string) => new URL(url).pathname.endsWith("/poster.jpg");

export async function openPage(browser: Browser, url: string, options = DESKTOP): Promise<WatchedPage> {
  const page = await browser.newPage(options);
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    const { url: about } = message.location();
    if (message.type() === "error" && !(URL.canParse(about) && isPoster(about)))
      troubles.push(`console: ${message.text()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400 && !isPoster(response.url()))
      troubles.push(`${response.status()} ${response.url()}`);
  });
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // A player that seeks or leaves takes its requests back.
    if (reason !== "net::ERR_ABORTED") troubles.push(`${reason} ${request.url()}`);
  });
  await page.goto(url);
  return { page, troubles };
}
