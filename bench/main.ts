import { benchSource } from "./bench-source.ts";
import { coldSegmentFigure } from "./cold-segment.ts";
import { type Figure, printFigures } from "./figure.ts";
import { renditionCpuFigure } from "./rendition-cpu.ts";

/** `npm run bench [-- --quick]`: every figure is a ratio against a bare FFmpeg measured in the same run. */
const runs = process.argv.includes("--quick") ? 1 : 7;
const source = await benchSource();
const figures: Figure[] = [
  await coldSegmentFigure("cold first segment, 720p", source, { at: "start", runs, target: 1.15 }),
  await coldSegmentFigure("cold segment after a seek to the middle, 720p", source, {
    at: "middle",
    runs,
    target: 1.15,
  }),
  await renditionCpuFigure("CPU of a whole 720p rendition, 2 s GOPs", source, {
    runs: Math.min(runs, 3),
    target: 1.15,
  }),
];
printFigures(figures);
