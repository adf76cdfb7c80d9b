import { parseArgs } from "node:util";
import { claimFigures } from "./claims.ts";
import { coldFigures } from "./cold-segment.ts";
import type { Extent, Figure } from "./figure.ts";
import { firstPictureFigures } from "./first-picture.ts";
import { fleetFigures } from "./fleet.ts";
import { knownTitlesFigures } from "./known-titles.ts";
import { describeMachine } from "./machine.ts";
import { playlistFigures } from "./playlist.ts";
import { qualityFigures } from "./quality.ts";
import { redisMemoryFigures } from "./redis-memory.ts";
import { renditionFigures } from "./renditions.ts";
import { printFigure, writeFigures } from "./report.ts";
import { rungsFigures } from "./rungs.ts";
import { ROOT } from "./running-program.ts";
import { segmentFigures } from "./segments.ts";

const FIGURES: Readonly<Record<string, (extent: Extent) => Promise<Figure[]>>> = {
  first: firstPictureFigures,
  cold: coldFigures,
  renditions: renditionFigures,
  rungs: rungsFigures,
  quality: qualityFigures,
  playlist: playlistFigures,
  segments: segmentFigures,
  claims: claimFigures,
  fleet: fleetFigures,
  titles: knownTitlesFigures,
  redis: redisMemoryFigures,
};
const PAGE = `${ROOT}docs/performance.md`;
const USAGE = `Usage: npm run bench -- [--smoke] [figure …]

Measures all figures, or those named: ${Object.keys(FIGURES).join(", ")}. What was measured is printed and put
into docs/performance.md. With --smoke each is measured for a moment only, to see that it can be, and written
nowhere.
`;

const { values, positionals } = parseArgs({
  options: { smoke: { type: "boolean" } },
  allowPositionals: true,
});
const names = positionals.length > 0 ? positionals : Object.keys(FIGURES);
const unknown = names.find((name) => !Object.hasOwn(FIGURES, name));
if (unknown === undefined) await measure(names, { smoke: values.smoke ?? false });
else {
  process.stderr.write(`There is no figure “${unknown}”.\n\n${USAGE}`);
  process.exitCode = 2;
}

async function measure(names: readonly string[], extent: Extent): Promise<void> {
  const machine = await describeMachine();
  console.log(
    `${machine}\nRatios are taken run by run; absolute values are this machine's and no promise.\n`,
  );
  for (const name of names) {
    const figures = await FIGURES[name]!(extent);
    figures.forEach(printFigure);
    if (!extent.smoke) await writeFigures(PAGE, machine, figures);
  }
}
