import { access, constants, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { repositoryRoot } from "../support/footage-cache.ts";

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly needs?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly include: readonly { readonly target: string }[] } };
  readonly steps: readonly Step[];
}

const read = (path: string) => readFile(join(repositoryRoot, path), "utf8");
const workflow = async (): Promise<Readonly<Record<string, Job>>> =>
  parse(await read(".github/workflows/publish.yml")).jobs;
const commands = (job: Job) => job.steps.map(({ run }) => run ?? "").join("\n");

test("nothing is published before its tests have passed", async () => {
  const { test: tests, ...publishing } = await workflow();
  expect(commands(tests!)).toContain("script/test");
  for (const job of Object.values(publishing)) expect(job.needs).toBe("test");
});

test("the package has provenance, and only its job may prove who it is", async () => {
  const { npm, ...others } = await workflow();
  expect(npm!.permissions["id-token"]).toBe("write");
  expect(commands(npm!)).toContain("npm publish --provenance");
  for (const job of Object.values(others)) expect(job.permissions).not.toHaveProperty("id-token");
});

test("the workflow runs scripts that are there, and builds the images that the Dockerfile has", async () => {
  const jobs = await workflow();
  const scripts = Object.values(jobs).flatMap((job) => commands(job).match(/script\/[\w.-]+/g) ?? []);
  for (const script of scripts) await access(join(repositoryRoot, script), constants.X_OK);
  const dockerfile = await read("Dockerfile");
  const targets = jobs.images!.strategy!.matrix.include.map(({ target }) => target);
  for (const target of targets) expect(dockerfile).toMatch(new RegExp(`^FROM \\S+ AS ${target}$`, "m"));
});

test("what others wrote is named by its commit, which nobody can change", async () => {
  const used = Object.values(await workflow()).flatMap((job) => job.steps.flatMap(({ uses }) => uses ?? []));
  for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
});
