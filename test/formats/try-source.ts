import { link } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { playlistSeconds } from "../conformance/fragment-times.ts";
import { playFile } from "../conformance/played-source.ts";
import { openTitle, type ServedTitle } from "../conformance/served-title.ts";
import type { PictureTruth } from "../conformance/sources.ts";
import { checkBrowser } from "./check-browser.ts";
import { checkConformance } from "./check-conformance.ts";
import { checkFfmpeg, checkGstreamer } from "./check-programs.ts";
import { type Check, checks, type FormatSource } from "./format-source.ts";
import { inWords } from "./in-words.ts";
import { makeFormat } from "./make-format.ts";
import type { PlannedTitle } from "./planned-title.ts";
import { truthOfDamaged } from "./truth-of-damaged.ts";

/** Where sources are tried. */
export interface Bench {
  readonly mediaDir: string;
  /** Two servers of the folder: what they make must be the same. */
  readonly here: string;
  readonly elsewhere: string;
  readonly browser: Browser;
  /** For recordings. */
  readonly folder: string;
  readonly seed: number;
}

/** What came of a source. */
export type Outcome =
  | { readonly kind: "refused"; readonly code: string; readonly detail: string }
  /** For each check what was wrong, in words; empty where all is well. */
  | { readonly kind: "tried"; readonly wrong: Readonly<Record<Check, string>> };

export async function trySource(source: FormatSource, bench: Bench): Promise<Outcome> {
  const path = await makeFormat(source);
  await link(path, join(bench.mediaDir, source.file));
  const playlist = `${bench.here}hls/${encodeURIComponent(source.file)}/master.m3u8`;
  const response = await fetch(playlist);
  const answer = await response.text();
  if (!response.ok) return { kind: "refused", ...JSON.parse(answer) };
  const truth = source.truth === "as-decoded" ? await truthOfDamaged(path) : source.truth;
  const title = planOf(await openTitle(bench.here, source.file), playlist, truth);
  const tries: Readonly<Record<Check, () => Promise<void>>> = {
    conformance: async () => {
      const played = await playFile({ file: source.file, path, truth, everyRung: false }, bench, bench.seed);
      await checkConformance(source, played, path);
    },
    ffmpeg: () => checkFfmpeg(title),
    GStreamer: () => checkGstreamer(title, bench.folder, source.file),
    "hls.js": () => checkBrowser("hls.js", bench.browser, bench.here, title),
    "Shaka Player": () => checkBrowser("Shaka Player", bench.browser, bench.here, title),
  };
  const wrong: Partial<Record<Check, string>> = {};
  for (const check of checks) wrong[check] = await tries[check]().then(() => "", inWords);
  return { kind: "tried", wrong: wrong as Record<Check, string> };
}

function planOf(
  { rungs, sounds }: ServedTitle,
  playlist: string,
  truth: PictureTruth | undefined,
): PlannedTitle {
  const [sound] = sounds;
  const seconds = [...rungs, ...sounds].map((rendition) => playlistSeconds({ rendition }));
  return {
    playlist,
    frames: truth?.frames,
    soundSeconds: sound && playlistSeconds({ rendition: sound }),
    seconds: Math.max(...seconds),
    commonSeconds: Math.min(...seconds),
  };
}
