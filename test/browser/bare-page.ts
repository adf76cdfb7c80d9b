import type { Page } from "playwright-core";

/** Replaces the page by a muted video element and a script, on the server's own origin. */
export async function openBarePage(page: Page, serverUrl: string, script: string): Promise<void> {
  const inline = script.replaceAll("</script", "<\\/script");
  const body = `<!doctype html><meta charset=utf-8><link rel=icon href=data:,><video muted></video><script>${inline}</script>`;
  const url = `${serverUrl}bare`;
  await page.route(url, (route) => route.fulfill({ contentType: "text/html", body }));
  await page.goto(url);
}
