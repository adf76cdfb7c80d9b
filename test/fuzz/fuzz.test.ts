import { expect, it } from "vitest";
import { fuzz } from "./fuzz.ts";

it("30 damaged files in fifteen containers are played or refused in words, and leave nothing behind", async () => {
  const report = await fuzz({ seed: 2, first: 0, inputs: 30, parallel: 4 });
  process.stdout.write(`${JSON.stringify(report)}\n`);
  expect(report).toMatchObject({
    tried: 30,
    crashes: [],
    hangs: [],
    processesLeft: 0,
    temporaryFilesLeft: 0,
    fileHandlesLeft: 0,
  });
  // Else it would be the damage that is wrong.
  expect(report.played).toBeGreaterThan(5);
  expect(Object.keys(report.faults).length).toBeGreaterThan(1);
}, 300_000);
