import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import * as z from "zod";
import { idOf, type Json, type Manifest } from "./manifest.ts";
import { mergePatch } from "./merge-patch.ts";

const generator = z.strictObject({
  name: z.string(),
  behavior: z.literal("merge").optional(),
  envs: z.array(z.string()).default([]),
  literals: z.array(z.string()).default([]),
});

/** All of Kustomize that the manifests use. Whatever else one of them may say is refused here. */
const kustomization = z.strictObject({
  apiVersion: z.string(),
  kind: z.enum(["Kustomization", "Component"]),
  namespace: z.string().optional(),
  resources: z.array(z.string()).default([]),
  components: z.array(z.string()).default([]),
  configMapGenerator: z.array(generator).default([]),
  secretGenerator: z.array(generator).default([]),
  patches: z
    .array(
      z.union([
        z.strictObject({ path: z.string() }),
        z.strictObject({ target: z.strictObject({ kind: z.string() }), patch: z.string() }),
      ]),
    )
    .default([]),
  replicas: z.array(z.strictObject({ name: z.string(), count: z.int() })).default([]),
  labels: z.array(z.strictObject({ pairs: z.record(z.string(), z.string()) })).default([]),
});

type Kustomization = z.infer<typeof kustomization>;

/**
 * What `kubectl kustomize <folder>` prints, as objects: no package that the suite can install has Kustomize.
 * The one difference is that generated names have no hash of their content behind them. That it is the only
 * one is tested where `KUSTOMIZE` names the real thing.
 */
export function buildOverlay(folder: string, before: readonly Manifest[] = []): readonly Manifest[] {
  const file = kustomization.parse(parse(readFileSync(join(folder, "kustomization.yaml"), "utf8")));
  let objects = [...before, ...file.resources.flatMap((path) => readResource(join(folder, path)))];
  for (const path of file.components) objects = [...buildOverlay(join(folder, path), objects)];
  for (const options of file.configMapGenerator) objects = generate(objects, "ConfigMap", options, folder);
  for (const options of file.secretGenerator) objects = generate(objects, "Secret", options, folder);
  for (const patch of file.patches) objects = applyPatch(objects, patch, folder);
  const ids = objects.map(idOf);
  if (new Set(ids).size < ids.length) throw new Error(`${folder}: one of ${ids.join(", ")} is there twice`);
  return objects.map((object) => transform(object, file));
}

function readResource(path: string): readonly Manifest[] {
  if (statSync(path).isDirectory()) return buildOverlay(path);
  return parseAllDocuments(readFileSync(path, "utf8"), { merge: true }).map((document) => {
    if ("errors" in document && document.errors.length > 0) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}

function generate(
  objects: readonly Manifest[],
  kind: "ConfigMap" | "Secret",
  { name, behavior, envs, literals }: z.infer<typeof generator>,
  folder: string,
): Manifest[] {
  const files = envs.flatMap((path) => readFileSync(join(folder, path), "utf8").split("\n"));
  const lines = [...files, ...literals].filter((line) => line !== "" && !line.startsWith("#"));
  const pairs = lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
  const encode = (text: string) => (kind === "Secret" ? Buffer.from(text).toString("base64") : text);
  const data = Object.fromEntries(pairs.map(([key, value]) => [key!, encode(value!)]));
  const generated = { apiVersion: "v1", kind, metadata: { name }, data };
  if (!behavior) return [...objects, kind === "Secret" ? { ...generated, type: "Opaque" } : generated];
  return patchMatching(objects, (object) => idOf(object) === idOf(generated), { data });
}

function applyPatch(
  objects: readonly Manifest[],
  patch: Kustomization["patches"][number],
  folder: string,
): Manifest[] {
  if ("path" in patch) {
    const content = parse(readFileSync(join(folder, patch.path), "utf8")) as Manifest;
    return patchMatching(objects, (object) => idOf(object) === idOf(content), content as unknown as Json);
  }
  // With a target, the name inside the patch is no one's.
  const { metadata: _, ...content } = parse(patch.patch) as Manifest;
  return patchMatching(objects, ({ kind }) => kind === patch.target.kind, content as unknown as Json);
}

function patchMatching(
  objects: readonly Manifest[],
  matches: (object: Manifest) => boolean,
  patch: Json,
): Manifest[] {
  if (!objects.some(matches)) throw new Error(`nothing to patch: ${JSON.stringify(patch)}`);
  return objects.map((object) =>
    matches(object) ? (mergePatch(object as unknown as Json, patch) as unknown as Manifest) : object,
  );
}

const CLUSTER_WIDE = ["Namespace", "PersistentVolume"];

function transform(object: Manifest, { namespace, labels, replicas }: Kustomization): Manifest {
  const { name, ...metadata } = object.metadata;
  const pairs = Object.assign({}, ...labels.map((label) => label.pairs));
  const count = object.kind === "Deployment" && replicas.find((entry) => entry.name === name)?.count;
  const placed = {
    ...metadata,
    name: object.kind === "Namespace" && namespace ? namespace : name,
    ...(namespace && !CLUSTER_WIDE.includes(object.kind) && { namespace }),
    ...(labels.length > 0 && { labels: { ...object.metadata.labels, ...pairs } }),
  };
  const spec = count ? { spec: { ...(object.spec as object), replicas: count } } : {};
  return { ...object, ...spec, metadata: placed };
}
