import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryRoot } from "../support/footage-cache.ts";
import { runProgram } from "../support/run-program.ts";

interface Bom {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string; readonly "bom-ref": string } };
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly "bom-ref": string;
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}
interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly dev?: boolean }>>;
}

test("the bill of materials lists exactly what is installed with the package, and what needs what", async () => {
  const { stdout } = await runProgram(join(repositoryRoot, "script/sbom.mjs"), [], undefined, 60_000);
  const bom: Bom = JSON.parse(stdout.toString());
  const lock: Lock = JSON.parse(await readFile(join(repositoryRoot, "package-lock.json"), "utf8"));
  const installed = Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== "" && !dev)
    .map(([path, { version }]) => `${path.split("node_modules/").at(-1)}@${version}`);

  expect(bom).toMatchObject({ bomFormat: "CycloneDX", metadata: { component: { name: "seamline" } } });
  expect(bom.components.map(({ name, version }) => `${name}@${version}`).sort()).toEqual(
    [...new Set(installed)].sort(),
  );
  const known = [bom.metadata.component["bom-ref"], ...bom.components.map((part) => part["bom-ref"])];
  expect(bom.dependencies.map(({ ref }) => ref).sort()).toEqual(known.sort());
  expect(known).toEqual(expect.arrayContaining(bom.dependencies.flatMap(({ dependsOn }) => dependsOn)));
});
