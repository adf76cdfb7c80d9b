import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseConfig, settingNames } from "../../shared/config.ts";
import { repositoryRoot } from "../support/footage-cache.ts";
import { buildOverlay } from "./build-overlay.ts";
import { checkSchema } from "./check-schema.ts";
import { imageEnvironment } from "./image-environment.ts";
import { idOf, type Manifest } from "./manifest.ts";
import { overlayFolder, overlays } from "./overlays.ts";
import { environmentOf, ownWorkloads, workloadsOf } from "./workloads.ts";

describe.each(overlays)("%s", (overlay) => {
  const objects = buildOverlay(overlayFolder(overlay));
  const own = ownWorkloads(objects);

  test("is valid by the schemas of Kubernetes and KEDA, without a property that they don't know", () => {
    expect(objects.flatMap(checkSchema)).toEqual([]);
  });

  test("has orchestrators and workers, in the images and with the commands that there are", () => {
    expect(own.map(({ name }) => name)).toEqual(["orchestrator", "worker"]);
    expect(own.map(({ container }) => container.args)).toEqual([["serve"], ["worker"]]);
    const compose = readFileSync(join(repositoryRoot, "compose.yaml"), "utf8");
    for (const { container } of workloadsOf(objects)) expect(compose).toContain(`:-${container.image}}`);
  });

  test("sets what is a setting, to what the program takes, and names one Redis", () => {
    const environments = own.map((workload) => environmentOf(workload, objects));
    for (const environment of environments) {
      expect(settingNames).toEqual(expect.arrayContaining(Object.keys(environment)));
      const config = parseConfig({ ...imageEnvironment, ...environment });
      expect(config.REDIS_URL ?? config.UPSTASH_REDIS_REST_URL).toBeDefined();
    }
    expect(environments[0]).toEqual(environments[1]);
  });

  test("selects by labels that exactly one workload has, and spreads that one", () => {
    const workloads = workloadsOf(objects);
    const selectors = objects.map(podSelector).filter((selector) => selector !== undefined);
    expect(selectors).toHaveLength(objects.filter(({ kind }) => kind === "Service").length + own.length);
    for (const selector of [...selectors, ...workloads.map((workload) => workload.selector)]) {
      expect(workloads.filter(({ labels }) => isPartOf(selector, labels))).toHaveLength(1);
    }
    for (const { labels, selector, pod } of own) {
      expect(isPartOf(selector, labels)).toBe(true);
      for (const spread of pod.topologySpreadConstraints!) {
        expect(spread.labelSelector?.matchLabels).toEqual(selector);
      }
    }
  });

  test("lets nodes be drained, a part of each at a time", () => {
    const budgets = objects.filter(({ kind }) => kind === "PodDisruptionBudget");
    for (const { metadata, spec } of budgets) {
      const { maxUnavailable, minAvailable } = spec as { maxUnavailable: number | string; minAvailable?: 0 };
      const replicas = own.find(({ name }) => name === metadata.name)!.replicas ?? 1;
      const gone =
        Number.parseInt(String(maxUnavailable), 10) / (String(maxUnavailable).endsWith("%") ? 100 : 1);
      const evictable = gone < 1 ? Math.ceil(replicas * gone) : gone;
      expect(minAvailable).toBeUndefined();
      expect(evictable).toBeGreaterThan(0);
      if (replicas > 1) expect(evictable).toBeLessThan(replicas);
    }
    expect(budgets.map(({ metadata }) => metadata.name)).toEqual(own.map(({ name }) => name));
  });

  test("sends viewers to the orchestrators", () => {
    const ingress = objects.find(({ kind }) => kind === "Ingress")!;
    const service = objects.find((object) => idOf(object) === "Service/orchestrator")!;
    const [port] = (service.spec as { ports: { name: string; targetPort: string }[] }).ports;
    expect(JSON.stringify(ingress.spec)).toContain(JSON.stringify({ name: port!.name }));
    const [orchestrator] = own;
    expect(orchestrator!.container.ports!.map(({ name }) => name)).toContain(port!.targetPort);
  });
});

test("an unknown property is found, wherever it is", () => {
  const [service] = buildOverlay(overlayFolder("nfs")).filter(({ kind }) => kind === "Service");
  const misspelt = { ...service!, spec: { ...(service!.spec as object), ports: [{ prot: "TCP", port: 1 }] } };
  expect(checkSchema(misspelt)).toEqual(["Service/orchestrator/spec/ports/0/prot is unknown"]);
});

test("every overlay stands in the table of docs/kubernetes.md", () => {
  const page = readFileSync(join(repositoryRoot, "docs/kubernetes.md"), "utf8");
  const listed = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name!);
  expect(listed.sort()).toEqual([...overlays].sort());
});

test("segments on NFS are mounted as in compose.nfs.yaml", () => {
  const compose = readFileSync(join(repositoryRoot, "compose.nfs.yaml"), "utf8");
  const options = /o: "addr=[^,]*,(.*)"/
    .exec(compose)![1]!
    .split(",")
    .filter((option) => option !== "rw");
  const volume = buildOverlay(overlayFolder("nfs")).find(
    ({ metadata }) => metadata.name === "seamline-segments",
  );
  expect(volume!.spec).toMatchObject({ mountOptions: options });
});

type Labels = Readonly<Record<string, string>>;

function isPartOf(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** Of what stands for the pods of one workload. */
function podSelector({ kind, spec }: Manifest): Labels | undefined {
  if (kind === "Service") return (spec as { selector: Labels }).selector;
  if (kind !== "PodDisruptionBudget") return undefined;
  return (spec as { selector: { matchLabels: Labels } }).selector.matchLabels;
}
