import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { repositoryRoot } from "../support/footage-cache.ts";
import { openBarePage } from "./bare-page.ts";

/** What Shaka Player itself reports. */
export interface ShakaReport {
  readonly errors: string[];
}

declare global {
  var shakaReport: ShakaReport;
}

const PLAYER = join(repositoryRoot, "node_modules/shaka-player/dist/shaka-player.compiled.js");

/** Replaces the page by a bare video element with Shaka Player, as it comes, that plays `playlist`. */
export async function openBareShakaPage(page: Page, serverUrl: string, playlist: string): Promise<void> {
  await openBarePage(page, serverUrl, `${await readFile(PLAYER, "utf8")}\n${script(playlist)}`);
}

function script(playlist: string): string {
  return `
    window.shakaReport = { errors: [] };
    const report = ({ severity, code, data }) =>
      shakaReport.errors.push(["error", code, "severity", severity, JSON.stringify(data)].join(" "));
    const player = new shaka.Player();
    player.addEventListener("error", ({ detail }) => report(detail));
    player.configure({ streaming: { bufferingGoal: 30 } });
    player.attach(document.querySelector("video"))
      .then(() => player.load(${JSON.stringify(playlist)}))
      .catch(report);
  `;
}
