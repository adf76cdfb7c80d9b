import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runProgram } from "../support/run-program.ts";

const MAIN = fileURLToPath(new URL("../../dist/bench/main.js", import.meta.url));
const PAGE = fileURLToPath(new URL("../../docs/performance.md", import.meta.url));

const FIGURES = [
  "master playlist to first picture",
  "cold first segment, 720p",
  "cold segment after a seek to the middle, 720p",
  "CPU of a whole 720p rendition, 10 s GOPs, made ahead",
  "CPU of a whole 720p rendition, 10 s GOPs, asked for in turn",
  "wall time of a whole 720p rendition, 10 s GOPs, made ahead",
  "wall time of a whole 720p rendition, 10 s GOPs, asked for 4 at a time",
  "CPU of a whole 720p rendition, 2 s GOPs, made ahead",
  "CPU of a whole 720p rendition, 2 s GOPs, asked for in turn",
  "wall time of a whole 720p rendition, 2 s GOPs, made ahead",
  "wall time of a whole 720p rendition, 2 s GOPs, asked for 4 at a time",
  "CPU of a whole 360p rendition, 2 s GOPs, made ahead",
  "CPU of a whole 360p rendition, 2 s GOPs, asked for in turn",
  "wall time of a whole 360p rendition, 2 s GOPs, made ahead",
  "wall time of a whole 360p rendition, 2 s GOPs, asked for 4 at a time",
  "CPU of all rungs of a title, pre-encoded",
  "720p, PSNR-Y of the whole rendition",
  "720p, SSIM-Y of the whole rendition",
  "720p, PSNR-Y of the first 3 frames of segments",
  "720p, PSNR-Y of the middle 3 frames of segments",
  "720p, PSNR-Y of the last 3 frames of segments",
  "720p, PSNR-Y of the worst frame position in segments",
  "cached playlist of 1,800 segments",
  "cached segment",
  "cached segment, handed off to nginx",
  "cached segment, handed off by a bare node:http server",
  "claim + commit through REST, 50 workers",
  "claim + commit through REST, absolute",
  "simulated fleet of 64 workers",
  "simulated fleet of 256 workers",
  "orchestrator that knows 10,000 titles, heap bounded",
  "orchestrator that knows 10,000 titles, heap as it comes",
  "Redis memory after 1 M segments made",
];

it("the bench measures every figure it promises, for a moment, and writes nothing down", async () => {
  const before = await readFile(PAGE, "utf8");
  const { stdout } = await runProgram(process.execPath, [MAIN, "--smoke"]);
  const output = stdout.toString();
  for (const name of FIGURES) {
    const [, measured] = output.split(`\n${name}\n`);
    // Decibels are compared by difference.
    const line = /PSNR|SSIM/.test(name)
      ? /^ {2}difference −?[\d.]+ dB.*target ≥ −[\d.]+ dB/
      : /^ {2}(ratio )?[\d.,]+.*target [≤≥] [\d.,]+/;
    expect(measured, name).toMatch(line);
    expect(measured, name).toMatch(/^.*\n {2}ours [\d.,]+/);
  }
  expect(await readFile(PAGE, "utf8")).toBe(before);
});

it("a figure that is not there is refused, with those that are", async () => {
  await expect(runProgram(process.execPath, [MAIN, "no-such-figure"])).rejects.toThrow(
    /with 2: .*no-such-figure[\s\S]*playlist/,
  );
});
