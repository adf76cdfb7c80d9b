import { parseArgs } from "node:util";
import { type FuzzReport, fuzz } from "./fuzz.ts";

/** `npm run fuzz [-- --inputs 2000 --seed 1 --first 0 --parallel 4]`: prints figures; ends with 1 where one is not 0. */
const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
    parallel: { type: "string", default: "4" },
  },
});
const [inputs, seed, first, parallel] = [values.inputs, values.seed, values.first, values.parallel].map(
  Number,
);

const report = await fuzz({
  inputs: inputs!,
  seed: seed!,
  first: first!,
  parallel: parallel!,
  keepIn: ".cache/fuzz",
  onInput: (done) => done % 100 === 0 && process.stderr.write(`${done} of ${inputs}\n`),
});
print(report);

function print({ crashes, hangs, faults, ...figures }: FuzzReport): void {
  const leaks = figures.processesLeft + figures.temporaryFilesLeft + figures.fileHandlesLeft;
  const lines = [
    `inputs tried   ${figures.tried} (seed ${seed}, from ${first})`,
    `played         ${figures.played}`,
    ...Object.entries(faults)
      .sort(([, a], [, b]) => b - a)
      .map(([code, count]) => `${code.padEnd(18)} ${count}`),
    `crashes        ${crashes.length}`,
    `hangs          ${hangs.length}`,
    `leaks          ${leaks} (${figures.processesLeft} processes, ${figures.temporaryFilesLeft} temporary files, ${figures.fileHandlesLeft} file handles)`,
    `FFmpeg died    ${figures.ffmpegDeaths} (contained)`,
    ...[...crashes, ...hangs].map((line) => `\n${line}`),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  process.exitCode = crashes.length + hangs.length + leaks > 0 ? 1 : 0;
}
