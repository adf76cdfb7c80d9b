import { readFile, writeFile } from "node:fs/promises";
import { type Figure, measureOf, median, meetsTarget, spreadOf } from "./figure.ts";

const BEGIN = "<!-- written by `npm run bench`: from here -->";
const END = "<!-- to here -->";
const HEADER = ["| figure | measured | target | | ours | anchor |", "| --- | --- | --- | --- | --- | --- |"];

export function printFigure(figure: Figure): void {
  const { anchor, anchorName, ours, name, unit } = figure;
  console.log(name);
  console.log(`  ${measured(figure)}, target ${target(figure)}`);
  const against = anchor ? `anchor ${format(median(anchor), unit)}: ` : "";
  console.log(`  ours ${format(median(ours), unit)}, ${against}${anchorName}\n`);
}

/**
 * Puts figures into the table of a page. Those of other names stay, if they were measured on the same machine.
 * @param machine one line.
 */
export async function writeFigures(page: string, machine: string, figures: readonly Figure[]): Promise<void> {
  const text = await readFile(page, "utf8");
  const [before, table, after] = [
    text.slice(0, text.indexOf(BEGIN)),
    text.slice(text.indexOf(BEGIN), text.indexOf(END)),
    text.slice(text.indexOf(END)),
  ];
  if (!table || !after) throw new Error(`${page} has no table: it goes between ${BEGIN} and ${END}.`);
  const known = table.includes(`\n${machine}\n`) ? table.split("\n").filter(isRow) : [];
  const rows = new Map(known.map((line) => [line.split(" | ")[0], line]));
  for (const figure of figures) rows.set(`| ${figure.name}`, rowOf(figure));
  const written = [BEGIN, "", machine, "", ...HEADER, ...rows.values(), "", ""].join("\n");
  await writeFile(page, before + written + after);
}

function isRow(line: string): boolean {
  return line.startsWith("| ") && !HEADER.includes(line);
}

function rowOf(figure: Figure): string {
  const { name, unit, ours, anchor, anchorName } = figure;
  const against = anchor ? `${format(median(anchor), unit)}: ${anchorName}` : anchorName;
  const met = meetsTarget(figure) ? "met" : "**not met**";
  return `| ${name} | ${measured(figure)} | ${target(figure)} | ${met} | ${format(median(ours), unit)} | ${against} |`;
}

function measured(figure: Figure): string {
  const { median: middle, least, most, runs } = spreadOf(figure);
  const measure = measureOf(figure);
  const spread = runs === 1 ? "1 run" : `${show(least, figure)}–${show(most, figure)}, ${runs} runs`;
  return `${measure === "value" ? "" : `${measure} `}${show(middle, figure)} (${spread})`;
}

function target(figure: Figure): string {
  return `${figure.moreIsBetter ? "≥" : "≤"} ${show(figure.target, figure)}`;
}

/** A value of what counts in a figure. */
function show(value: number, figure: Figure): string {
  return measureOf(figure) === "ratio" ? value.toFixed(2) : format(value, figure.unit);
}

function format(value: number, unit: Figure["unit"]): string {
  if (unit === "dB") return `${value.toFixed(2).replace("-0.00", "0.00").replace("-", "−")} dB`;
  const [number, name] = [unit === "s CPU" ? value.toFixed(2) : Math.round(value).toLocaleString("en"), unit];
  if (unit === "ms wall") return `${number} ms`;
  return unit === "s CPU" ? `${number} s of CPU` : `${number} ${name}`;
}
