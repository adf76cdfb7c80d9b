import type { IScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../shared/config.ts";
import { chooseConcurrency } from "../../worker/concurrency.ts";
import { buildOverlay } from "./build-overlay.ts";
import { idOf } from "./manifest.ts";
import { overlayFolder } from "./overlays.ts";
import { printQueueSeries } from "./queue-series.ts";
import { environmentOf, ownWorkloads } from "./workloads.ts";

/** Look-ahead is taken several jobs at a time, by one encode. */
const JOBS_IN_A_PLACE = 3;

describe.each(["autoscaled", "scale-to-zero"])("%s", (overlay) => {
  const objects = buildOverlay(overlayFolder(overlay));
  const worker = ownWorkloads(objects).find(({ name }) => name === "worker")!;
  const scaled = objects.find(({ kind }) => kind === "ScaledObject") as unknown as IScaledObject;
  const { spec } = scaled;
  const { formula, target } = spec.advanced!.scalingModifiers!;

  test("the workers are KEDA's: no apply sets how many there are", () => {
    expect(spec.scaleTargetRef.name).toBe(worker.name);
    expect(scaled.metadata!.namespace).toBe(worker.namespace);
    expect(worker.replicas).toBeUndefined();
  });

  test("each trigger reads one series that orchestrators print, at their service", async () => {
    const printed = await printQueueSeries();
    for (const { type, metadata } of spec.triggers) {
      expect([type, metadata.format]).toEqual(["metrics-api", "prometheus"]);
      expect(printed).toContain(metadata.valueLocation);
      const { hostname, port, pathname } = new URL(metadata.url!);
      const [name, namespace, suffix] = hostname.split(".");
      const service = objects.find((object) => idOf(object) === `Service/${name}`)!;
      expect([service.metadata.namespace, "svc"]).toEqual([namespace, suffix]);
      expect(service.spec).toMatchObject({ ports: [{ port: Number(port) }] });
      expect(pathname).toBe("/metrics");
    }
  });

  test("it proves to be an administrator, by the token that orchestrators are given", () => {
    const [authentication] = objects.filter(({ kind }) => kind === "TriggerAuthentication");
    for (const { authenticationRef, metadata } of spec.triggers) {
      expect([authenticationRef!.name, metadata.authMode]).toEqual([authentication!.metadata.name, "bearer"]);
    }
    const [orchestrator] = ownWorkloads(objects);
    const secrets = orchestrator!.container.envFrom!.map(({ secretRef }) => secretRef?.name);
    const { secretTargetRef } = authentication!.spec as { secretTargetRef: { name: string; key: string }[] };
    expect(secretTargetRef).toMatchObject([{ key: "ADMIN_TOKEN" }]);
    expect(secrets).toContain(secretTargetRef[0]!.name);
  });

  test("all work counts, once, and a worker is good for as much as it runs at a time", () => {
    const names = formula!.match(/[a-z]+/g);
    expect(names).toEqual(spec.triggers.map(({ name }) => name));
    const { cpu, memory } = worker.container.resources!.limits as { cpu: string; memory: string };
    const limits = { processors: Number(cpu), memoryBytes: Number.parseInt(memory, 10) * 2 ** 30 };
    expect(Number(target)).toBe(JOBS_IN_A_PLACE * chooseConcurrency(limits));
  });
});

test("where there may be no worker, one is on its way while the first viewer still waits", () => {
  const objects = buildOverlay(overlayFolder("scale-to-zero"));
  const { spec } = objects.find(({ kind }) => kind === "ScaledObject") as unknown as IScaledObject;
  const [orchestrator] = ownWorkloads(objects);
  const { SEGMENT_WAIT_MS } = parseConfig(environmentOf(orchestrator!, objects));
  expect(spec.minReplicaCount).toBe(0);
  expect(spec.pollingInterval! * 1000).toBeLessThan(SEGMENT_WAIT_MS / 4);
});
