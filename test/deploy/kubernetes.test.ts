import { expect, test } from "vitest";
import { buildOverlay } from "./build-overlay.ts";
import { checkSchema } from "./check-schema.ts";
import { readdirSync } from "node:fs";
const root = "deploy/kubernetes/overlays";
test.each(readdirSync(root))("%s", async (name) => {
  const problems: string[] = [];
  for (const object of buildOverlay(`${root}/${name}`)) problems.push(...checkSchema(object));
  expect(problems).toEqual([]);
});
