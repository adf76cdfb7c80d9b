import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { runProgram } from "../support/run-program.ts";
import { buildOverlay } from "./build-overlay.ts";
import { idOf, type Manifest } from "./manifest.ts";
import { mergePatch } from "./merge-patch.ts";
import { overlayFolder, overlays } from "./overlays.ts";

const folder = mkdtempSync(join(tmpdir(), "seamline-kustomize-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a patch merges objects, and containers and volumes by their names; other lists it replaces", () => {
  const spec = {
    replicas: 2,
    accessModes: ["ReadWriteMany"],
    containers: [{ name: "a", image: "x", args: ["1"] }, { name: "b" }],
  };
  const patch = {
    replicas: null,
    accessModes: ["ReadWriteOnce"],
    containers: [
      { name: "a", args: ["2", "3"] },
      { name: "c", image: "z" },
    ],
  };
  expect(mergePatch(spec, patch)).toEqual({
    accessModes: ["ReadWriteOnce"],
    containers: [{ name: "c", image: "z" }, { name: "a", image: "x", args: ["2", "3"] }, { name: "b" }],
  });
});

test("what this does not know of Kustomize is refused, not passed over", () => {
  const kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamePrefix: a-\n";
  writeFileSync(join(folder, "kustomization.yaml"), kustomization);
  expect(() => buildOverlay(folder)).toThrow(/namePrefix/);
});

test("a patch of what isn't there is refused", () => {
  writeFileSync(
    join(folder, "kustomization.yaml"),
    "apiVersion: v\nkind: Kustomization\npatches: [{ path: p }]\n",
  );
  writeFileSync(join(folder, "p"), "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: nobody }\n");
  expect(() => buildOverlay(folder)).toThrow(/nothing to patch/);
});

/** `KUSTOMIZE="kubectl kustomize" npx vitest run test/deploy`: the real thing, where it is installed. */
const [command, ...args] = process.env.KUSTOMIZE?.split(" ") ?? [];

test.each(command ? overlays : [])("%s is built as Kustomize builds it", async (overlay) => {
  const { stdout } = await runProgram(command!, [...args, overlayFolder(overlay)]);
  const unhashed = stdout.toString().replaceAll(/(seamline-(settings|redis))-[a-z0-9]{10}\b/g, "$1");
  const expected = [...parseAllDocuments(unhashed)].map((document) => document.toJS() as Manifest);
  const byId = (objects: readonly Manifest[]) => Object.fromEntries(objects.map((o) => [idOf(o), o]));
  expect(byId(buildOverlay(overlayFolder(overlay)))).toEqual(byId(expected));
});
