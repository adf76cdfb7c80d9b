import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IStatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import { idOf, type Manifest } from "./manifest.ts";

/** What runs pods, each of one container here. */
export interface Workload {
  readonly name: string;
  readonly namespace: string;
  /** Undefined where an autoscaler says how many. */
  readonly replicas: number | undefined;
  readonly selector: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly pod: IPodSpec;
  readonly container: IContainer;
}

export function workloadsOf(objects: readonly Manifest[]): readonly Workload[] {
  const running = objects.filter(({ kind }) => ["Deployment", "StatefulSet"].includes(kind));
  return running.map(({ metadata, ...object }) => {
    const spec = (object as unknown as IDeployment | IStatefulSet).spec!;
    const pod = spec.template.spec!;
    if (pod.containers.length !== 1) throw new Error(`${metadata.name}: one container was expected`);
    return {
      name: metadata.name,
      namespace: metadata.namespace!,
      replicas: spec.replicas ?? undefined,
      selector: spec.selector.matchLabels!,
      labels: spec.template.metadata!.labels!,
      pod,
      container: pod.containers[0]!,
    };
  });
}

/** Those of the program itself. */
export const ownWorkloads = (objects: readonly Manifest[]): readonly Workload[] =>
  workloadsOf(objects).filter(({ container }) => container.image!.startsWith("seamline:"));

/** The container's environment, out of the maps and secrets that it names. Optional ones are the operator's. */
export function environmentOf(
  { container }: Workload,
  objects: readonly Manifest[],
): Readonly<Record<string, string>> {
  const maps = (container.envFrom ?? []).flatMap(({ configMapRef, secretRef }) => {
    if (secretRef?.optional) return [];
    const id = configMapRef ? `ConfigMap/${configMapRef.name}` : `Secret/${secretRef!.name}`;
    const map = objects.find((object) => idOf(object) === id);
    if (!map) throw new Error(`${container.name} names ${id}, which isn't there`);
    const decode = (value: string) => (secretRef ? Buffer.from(value, "base64").toString() : value);
    return Object.entries(map.data as Record<string, string>).map(([key, value]) => [key, decode(value)]);
  });
  const own = (container.env ?? []).map(({ name, value }) => [name, value ?? ""]);
  return Object.fromEntries([...maps, ...own]);
}
