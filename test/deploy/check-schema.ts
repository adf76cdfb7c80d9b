import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import { TriggerAuthentication } from "@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { StatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import { Ingress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { Namespace } from "kubernetes-models/v1/Namespace";
import { PersistentVolume } from "kubernetes-models/v1/PersistentVolume";
import { PersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import { Secret } from "kubernetes-models/v1/Secret";
import { Service } from "kubernetes-models/v1/Service";
import { idOf, type Manifest } from "./manifest.ts";

/** Their validators are compiled from Kubernetes' and KEDA's own schemas. */
const MODELS = [
  ...[ConfigMap, Deployment, Ingress, Namespace, NetworkPolicy, PersistentVolume, PersistentVolumeClaim],
  ...[PodDisruptionBudget, ScaledObject, Secret, Service, StatefulSet, TriggerAuthentication],
];

/** What is wrong with an object by its schema, in words, unknown properties included; empty where nothing is. */
export function checkSchema(object: Manifest): readonly string[] {
  const model = MODELS.find(
    ({ apiVersion, kind }) => apiVersion === object.apiVersion && kind === object.kind,
  );
  if (!model) return [`${idOf(object)}: there is no schema for ${object.apiVersion}`];
  const watched = watchReads(object, idOf(object));
  try {
    model.prototype.validate.call(watched.value);
  } catch (error) {
    return [`${idOf(object)}: ${(error as Error).message}`];
  }
  return watched.unread().map((path) => `${path} is unknown`);
}

/**
 * The schemas allow what they don't name; a server that is asked to be strict doesn't. But a validator looks at
 * every property that its schema names, so what it hasn't looked at is one that nobody knows.
 */
function watchReads<T>(value: T, path: string): { readonly value: T; unread(): readonly string[] } {
  if (typeof value !== "object" || value === null) return { value, unread: () => [] };
  const read = new Set<PropertyKey>();
  const parts = new Map<PropertyKey, ReturnType<typeof watchReads<unknown>>>();
  for (const [key, part] of Object.entries(value)) parts.set(key, watchReads(part, `${path}/${key}`));
  const watched = new Proxy(value, {
    get(target, key) {
      read.add(key);
      return parts.has(key) ? parts.get(key)!.value : Reflect.get(target, key);
    },
  });
  const unread = () =>
    [...parts].flatMap(([key, part]) => (read.has(key) ? part.unread() : [`${path}/${String(key)}`]));
  return { value: watched, unread };
}
