import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "../support/footage-cache.ts";
import { runProgram } from "../support/run-program.ts";
import { type Check, checks, type FormatSource } from "./format-source.ts";
import { formatSources } from "./format-sources.ts";
import type { Outcome } from "./try-source.ts";

export const PAGE = join(repositoryRoot, "docs/formats.md");
const BEGIN = "<!-- written by `npm run formats`: from here -->";
const END = "<!-- to here -->";

/** Prints what came of sources into the page, between its marks; the rows of others stay. */
export async function writePage(
  outcomes: ReadonlyMap<FormatSource, Outcome>,
  chromium: string,
): Promise<void> {
  const page = await readFile(PAGE, "utf8");
  const [before, after] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`${PAGE} has lost its marks`);
  const lines = page.split("\n");
  const rows = formatSources.flatMap((source) => {
    const outcome = outcomes.get(source);
    return outcome ? printRow(source, outcome) : lines.filter((line) => line.startsWith(rowStart(source)));
  });
  const text = formatPage(rows, await toolVersions(chromium));
  await writeFile(PAGE, `${page.slice(0, before) + BEGIN}\n\n${text}\n\n${page.slice(after)}`);
}

/** How the row of a source begins. */
export function rowStart({ file }: FormatSource): string {
  return `| \`${file}\` |`;
}

function formatPage(rows: readonly string[], tools: string): string {
  const played = rows.filter((row) => cells(row) === 4 + checks.length);
  const refused = rows.filter((row) => cells(row) === 5);
  const ok = played.filter((row) => !row.includes("**") && row.endsWith(" ok |".repeat(checks.length - 1)));
  return [
    `${tools}.`,
    `${rows.length} sources: ${ok.length} pass all five checks, ${played.length - ok.length} don't pass all of them, ${refused.length} are refused.`,
    "## What is played",
    [
      `| source | picture | sound | special | ${checks.join(" | ")} |`,
      `| --- | --- | --- | --- |${" --- |".repeat(checks.length)}`,
      ...played,
    ].join("\n"),
    "## What is refused, and in which words",
    ["| source | picture | sound | special | answer |", `|${" --- |".repeat(5)}`, ...refused].join("\n"),
  ].join("\n\n");
}

function cells(row: string): number {
  return row.split("|").length - 2;
}

function printRow(source: FormatSource, outcome: Outcome): string {
  const answer =
    outcome.kind === "refused"
      ? [`${outcome.detail} (\`${outcome.code}\`)`]
      : checks.map((check) => printResult(source, check, outcome.wrong[check]));
  const { picture = "–", sound = "–", special = "" } = source;
  return [rowStart(source), ...[picture, sound, special, ...answer].map((text) => `${text} |`)].join(" ");
}

function printResult({ exceptions = {}, limits }: FormatSource, check: Check, wrong: string): string {
  if (check !== "conformance") return wrong === "" ? "ok" : (limits?.[check] ?? `**${wrong}**`);
  if (wrong !== "") return `**${wrong}**`;
  const but = Object.entries(exceptions).map(([name, why]) => `${name}: ${why}`);
  return but.length > 0 ? `ok, but for ${but.join("; ")}` : "ok";
}

async function toolVersions(chromium: string): Promise<string> {
  const { devDependencies } = JSON.parse(await readFile(join(repositoryRoot, "package.json"), "utf8"));
  const ffmpeg = await firstMatch("ffmpeg", ["-version"], /version (\d[\d.]*)/);
  const gstreamer = await firstMatch("gst-launch-1.0", ["--version"], /GStreamer ([\d.]+)/);
  return [
    `FFmpeg ${ffmpeg}, GStreamer ${gstreamer}, Chromium ${chromium}`,
    `hls.js ${devDependencies["hls.js"]}, Shaka Player ${devDependencies["shaka-player"]}`,
  ].join(", ");
}

async function firstMatch(program: string, args: readonly string[], pattern: RegExp): Promise<string> {
  const { stdout } = await runProgram(program, args);
  return pattern.exec(stdout.toString())?.[1] ?? "of unknown version";
}
