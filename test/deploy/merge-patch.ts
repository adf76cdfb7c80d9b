import { isObject, type Json } from "./manifest.ts";

/** Lists whose entries are told apart by a property; all others are replaced as a whole. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: "name",
  volumes: "name",
  env: "name",
  volumeMounts: "mountPath",
  ports: "containerPort",
};

/** A strategic merge, as far as it is used here: objects by property, some lists by a key, null removes. */
export function mergePatch(value: Json | undefined, patch: Json, name = ""): Json {
  const key = MERGE_KEYS[name];
  if (key !== undefined && Array.isArray(value) && Array.isArray(patch)) return mergeList(value, patch, key);
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(value) ? Object.entries(value) : []);
  for (const [property, part] of Object.entries(patch)) {
    if (part === null) merged.delete(property);
    else merged.set(property, mergePatch(merged.get(property), part, property));
  }
  return Object.fromEntries(merged);
}

function mergeList(list: readonly Json[], patches: readonly Json[], key: string): Json {
  const keyOf = (entry: Json) => (isObject(entry) ? entry[key] : undefined);
  const known = new Set(list.map(keyOf));
  const merged = list.map((entry) => {
    const patch = patches.find((candidate) => keyOf(candidate) === keyOf(entry));
    return patch === undefined ? entry : mergePatch(entry, patch);
  });
  return [...patches.filter((patch) => !known.has(keyOf(patch))), ...merged];
}
