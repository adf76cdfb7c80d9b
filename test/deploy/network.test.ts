import { describe, expect, test } from "vitest";
import { parseConfig } from "../../shared/config.ts";
import { buildOverlay } from "./build-overlay.ts";
import { hostAt, mayConnect, type Peer, podOf, strangerIn } from "./network.ts";
import { overlayFolder, overlays } from "./overlays.ts";
import { environmentOf, workloadsOf } from "./workloads.ts";

const INTERNET = hostAt("93.184.215.14");
const METADATA = hostAt("169.254.169.254");

describe.each(overlays)("%s", (overlay) => {
  const objects = buildOverlay(overlayFolder(overlay));
  const workloads = workloadsOf(objects);
  const [orchestrator, worker] = workloads.map(podOf) as [Peer, Peer];
  const redis = workloads.filter(({ name }) => name === "redis").map(podOf);
  const mayReach = (from: Peer, to: Peer, port: number, protocol?: string) =>
    mayConnect(objects, from, to, port, protocol);

  test("viewers come in through an ingress controller, and no other way", () => {
    expect(mayReach(strangerIn("traefik"), orchestrator, 8080)).toBe(true);
    expect(mayReach(strangerIn("default"), orchestrator, 8080)).toBe(false);
    expect(mayReach(INTERNET, orchestrator, 8080)).toBe(false);
    expect(mayReach(strangerIn("traefik"), orchestrator, 9229)).toBe(false);
  });

  test("nobody but who gathers metrics reaches a worker, and orchestrators and workers don't reach each other", () => {
    for (const peer of [strangerIn("traefik"), strangerIn("default"), orchestrator, INTERNET]) {
      expect(mayReach(peer, worker, 8080)).toBe(false);
    }
    expect(mayReach(worker, orchestrator, 8080)).toBe(false);
    for (const own of [orchestrator, worker])
      expect(mayReach(strangerIn("monitoring"), own, 8080)).toBe(true);
  });

  test("the program reaches names and its Redis", () => {
    const environment = environmentOf(workloads[0]!, objects);
    const { REDIS_URL, UPSTASH_REDIS_REST_URL } = parseConfig(environment);
    const url = new URL(REDIS_URL ?? UPSTASH_REDIS_REST_URL!);
    const port = Number(url.port || 443);
    if (redis.length > 0) expect(url.hostname).toBe("redis");
    for (const own of [orchestrator, worker]) {
      for (const protocol of ["UDP", "TCP"]) {
        expect(mayReach(own, strangerIn("kube-system"), 53, protocol)).toBe(true);
        expect(mayReach(own, hostAt("169.254.20.10"), 53, protocol)).toBe(true);
      }
      expect(mayReach(own, redis[0] ?? INTERNET, port)).toBe(true);
    }
  });

  test("films come from the internet only where other hosts are listed", () => {
    const { SOURCE_HOSTS } = parseConfig(environmentOf(workloads[1]!, objects));
    expect(mayReach(worker, INTERNET, 80)).toBe(SOURCE_HOSTS.length > 0);
    if (SOURCE_HOSTS.length > 0) expect(mayReach(worker, INTERNET, 443)).toBe(true);
  });

  test("the cluster's own network and the machines' metadata are out of reach", () => {
    for (const own of [orchestrator, worker]) {
      for (const port of [80, 443]) {
        for (const inside of [METADATA, hostAt("10.96.0.1"), hostAt("192.168.1.1"), hostAt("fd00::1")]) {
          expect(mayReach(own, inside, port)).toBe(false);
        }
        expect(mayReach(own, strangerIn("default"), port)).toBe(false);
      }
    }
  });

  test("Redis speaks to the program alone", () => {
    for (const pod of redis) {
      expect(mayReach(strangerIn("default"), pod, 6379)).toBe(false);
      expect(mayReach(strangerIn("traefik"), pod, 6379)).toBe(false);
      expect(mayReach(pod, INTERNET, 443)).toBe(false);
      expect(mayReach(pod, worker, 8080)).toBe(false);
    }
  });

  test("the autoscaler reaches an orchestrator where there is one", () => {
    const isScaled = objects.some(({ kind }) => kind === "ScaledObject");
    expect(mayReach(strangerIn("keda"), orchestrator, 8080)).toBe(isScaled);
  });
});
