import { join } from "node:path";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { repositoryRoot } from "../support/footage-cache.ts";
import { openBarePage } from "./bare-page.ts";

/**
 * What hls.js itself reports, which the product's page keeps to itself while it can go on. Not that a buffer ran dry:
 * that is told of the machine, not of the stream, and what is never filled lets no test see the end.
 */
export interface HlsReport {
  readonly errors: string[];
}

declare global {
  var hlsReport: HlsReport;
}

/** Replaces the page by a bare video element with hls.js, set up as in the product, that plays `playlist`. */
export async function openBareHlsPage(page: Page, serverUrl: string, playlist: string): Promise<void> {
  const { outputFiles } = await build({
    stdin: { contents: script(playlist), resolveDir: join(repositoryRoot, "orchestrator/web") },
    bundle: true,
    write: false,
    format: "iife",
  });
  await openBarePage(page, serverUrl, outputFiles[0]!.text);
}

function script(playlist: string): string {
  return `
    import Hls from "hls.js";
    import { hlsConfig } from "./hls-config.ts";
    import { keepFirstAudioGroup } from "./one-audio-group.ts";
    window.hlsReport = { errors: [] };
    const hls = new Hls(hlsConfig);
    hls.on(Hls.Events.ERROR, (_, { type, details, fatal, error }) => {
      if (details === Hls.ErrorDetails.BUFFER_STALLED_ERROR && !fatal) return;
      hlsReport.errors.push([type, details, fatal, error.message].join(" "));
    });
    hls.on(Hls.Events.MANIFEST_PARSED, () => keepFirstAudioGroup(hls));
    hls.loadSource(${JSON.stringify(playlist)});
    hls.attachMedia(document.querySelector("video"));
  `;
}
