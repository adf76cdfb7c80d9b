import type { IContainer } from "kubernetes-models/v1/Container";
import { describe, expect, test } from "vitest";
import { healthRoutes } from "../../orchestrator/routes/health.ts";
import { parseConfig } from "../../shared/config.ts";
import { buildOverlay } from "./build-overlay.ts";
import { imageEnvironment as image } from "./image-environment.ts";
import { overlayFolder, overlays } from "./overlays.ts";
import { environmentOf, ownWorkloads, workloadsOf } from "./workloads.ts";

/** Of open answers, once the server is told to stop. */
const DRAIN_MS = 3000;
/** For programs that don't end by themselves, and the process itself. */
const MARGIN_MS = 5000;

describe.each(overlays)("%s", (overlay) => {
  const objects = buildOverlay(overlayFolder(overlay));
  const own = ownWorkloads(objects);

  test("has what its pods name: claims of films and segments where the program looks for them", () => {
    for (const { pod, container } of own) {
      const mounts = Object.fromEntries((container.volumeMounts ?? []).map((mount) => [mount.name, mount]));
      expect(mounts.films).toMatchObject({ mountPath: image.MEDIA_DIR, readOnly: true });
      expect(mounts.segments).toMatchObject({ mountPath: image.STORAGE_DIR });
      const claims = (pod.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
      const made = objects.filter(({ kind }) => kind === "PersistentVolumeClaim").map((o) => o.metadata.name);
      // The operator's own, as the component says.
      expect([...made, "my-films"]).toEqual(expect.arrayContaining(claims));
    }
  });

  test("asks routes that answer, at the port where the program listens", async () => {
    const health = healthRoutes([], { isAdmin: async () => "missing", hideSecrets: (text) => text });
    for (const { container } of own) {
      const { startupProbe, livenessProbe, readinessProbe } = container;
      const paths = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet?.path);
      expect(paths).toEqual(["/healthz", "/healthz", "/readyz"]);
      for (const probe of [startupProbe!, livenessProbe!, readinessProbe!]) {
        expect((await health.request(probe.httpGet!.path!)).status).toBe(200);
        const port = container.ports!.find(({ name }) => name === probe.httpGet!.port);
        expect(port?.containerPort).toBe(Number(image.PORT));
      }
      // The look at its dependencies gives up after 2 s.
      expect(readinessProbe!.timeoutSeconds).toBeGreaterThan(2);
    }
  });

  test("gives a pod more time to end than it takes", () => {
    for (const workload of own) {
      const { SHUTDOWN_GRACE_MS } = parseConfig(environmentOf(workload, objects));
      const preStop = workload.container.lifecycle?.preStop?.sleep?.seconds ?? 0;
      const isWorker = workload.name === "worker";
      const needed = preStop * 1000 + DRAIN_MS + MARGIN_MS + (isWorker ? SHUTDOWN_GRACE_MS : 0);
      expect(workload.pod.terminationGracePeriodSeconds! * 1000).toBeGreaterThanOrEqual(needed);
      // Only what is sent requests has to wait until nobody sends any more.
      expect(preStop > 0).toBe(!isWorker);
    }
  });

  test("runs everything as a user without rights, on a root that nobody can write to", () => {
    const namespace = objects.find(({ kind }) => kind === "Namespace")!;
    expect(namespace.metadata.labels).toMatchObject({ "pod-security.kubernetes.io/enforce": "restricted" });
    for (const { pod, container } of workloadsOf(objects)) {
      expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      const kinds = (pod.volumes ?? []).flatMap(({ name: _, ...source }) => Object.keys(source));
      expect(["persistentVolumeClaim", "emptyDir"]).toEqual(expect.arrayContaining(kinds));
      expect(container.volumeMounts).toContainEqual({ name: "tmp", mountPath: "/tmp" });
    }
    for (const { pod } of own) {
      expect(pod.securityContext).toMatchObject({ runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 });
    }
  });

  test("bounds the memory of everything, and asks for no more than that", () => {
    for (const { container } of workloadsOf(objects)) {
      const [requests, limits] = [amounts(container, "requests"), amounts(container, "limits")];
      expect(requests.bytes).toBeLessThanOrEqual(limits.bytes);
      expect(requests.cores).toBeLessThanOrEqual(limits.cores);
    }
  });
});

/** What a container asks for, or may have at most. */
function amounts(container: IContainer, kind: "requests" | "limits"): { cores: number; bytes: number } {
  const { cpu, memory } = container.resources![kind] as { cpu?: string; memory: string };
  const [, number, unit] = /^(\d+)(Mi|Gi)$/.exec(memory)!;
  const cores = cpu?.endsWith("m") ? Number.parseInt(cpu, 10) / 1000 : Number(cpu ?? Infinity);
  return { cores, bytes: Number(number) * 2 ** (unit === "Gi" ? 30 : 20) };
}
