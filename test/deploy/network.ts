import type { ILabelSelector } from "@kubernetes-models/apimachinery/apis/meta/v1/LabelSelector";
import ipaddr from "ipaddr.js";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { INetworkPolicyPeer } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer";
import type { INetworkPolicyPort } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPort";
import type { Manifest } from "./manifest.ts";
import type { Workload } from "./workloads.ts";

type Labels = Readonly<Record<string, string>>;

/** One end of a connection: a pod, or an address outside of the cluster. */
export type Peer =
  | { readonly kind: "pod"; readonly namespace: string; readonly labels: Labels; readonly ports: Labels }
  | { readonly kind: "address"; readonly address: string };

export const podOf = ({ namespace, labels, container }: Workload): Peer => ({
  kind: "pod",
  namespace,
  labels,
  ports: Object.fromEntries((container.ports ?? []).map((port) => [port.name!, String(port.containerPort)])),
});

/** A pod of somebody else. */
export const strangerIn = (namespace: string): Peer => ({ kind: "pod", namespace, labels: {}, ports: {} });

export const hostAt = (address: string): Peer => ({ kind: "address", address });

/** Whether the policies let one open a connection to another: both ends have a say. */
export function mayConnect(
  objects: readonly Manifest[],
  from: Peer,
  to: Peer,
  port: number,
  protocol = "TCP",
): boolean {
  const policies = objects.filter(({ kind }) => kind === "NetworkPolicy") as unknown as INetworkPolicy[];
  const leaves = rulesOf(policies, from, "Egress")?.some(
    ({ to: peers, ports }) => matchesPeer(peers, to) && matchesPort(ports, to, port, protocol),
  );
  const enters = rulesOf(policies, to, "Ingress")?.some(
    ({ from: peers, ports }) => matchesPeer(peers, from) && matchesPort(ports, to, port, protocol),
  );
  return (leaves ?? true) && (enters ?? true);
}

interface Rule {
  readonly from?: readonly INetworkPolicyPeer[];
  readonly to?: readonly INetworkPolicyPeer[];
  readonly ports?: readonly INetworkPolicyPort[];
}

/** Undefined where no policy speaks of this end, and all is allowed. */
function rulesOf(
  policies: readonly INetworkPolicy[],
  peer: Peer,
  type: "Ingress" | "Egress",
): readonly Rule[] | undefined {
  if (peer.kind === "address") return undefined;
  const own = policies.filter(
    ({ metadata, spec }) =>
      metadata!.namespace === peer.namespace &&
      spec!.policyTypes!.includes(type) &&
      matchesLabels(spec!.podSelector ?? {}, peer.labels),
  );
  if (own.length === 0) return undefined;
  return own.flatMap(({ metadata, spec }) => {
    const rules: readonly Rule[] = (type === "Ingress" ? spec!.ingress : spec!.egress) ?? [];
    const namespace = metadata!.namespace!;
    return rules.map((rule) => ({
      ...rule,
      ...(rule.from && { from: rule.from.map((part) => withNamespace(part, namespace)) }),
      ...(rule.to && { to: rule.to.map((part) => withNamespace(part, namespace)) }),
    }));
  });
}

/** Pods without a namespace are those of the policy's own. */
function withNamespace(peer: INetworkPolicyPeer, namespace: string): INetworkPolicyPeer {
  if (peer.ipBlock || peer.namespaceSelector) return peer;
  return { ...peer, namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } };
}

function matchesPeer(peers: readonly INetworkPolicyPeer[] | undefined, peer: Peer): boolean {
  if (!peers) return true;
  return peers.some(({ ipBlock, namespaceSelector, podSelector }) => {
    if (peer.kind === "address") {
      const isIn = (cidr: string) => contains(cidr, peer.address);
      return !!ipBlock && isIn(ipBlock.cidr) && !ipBlock.except?.some(isIn);
    }
    const namespaceLabels = { "kubernetes.io/metadata.name": peer.namespace };
    return (
      !ipBlock &&
      matchesLabels(namespaceSelector ?? {}, namespaceLabels) &&
      matchesLabels(podSelector ?? {}, peer.labels)
    );
  });
}

function matchesPort(
  ports: readonly INetworkPolicyPort[] | undefined,
  to: Peer,
  port: number,
  protocol: string,
): boolean {
  if (!ports) return true;
  const numberOf = (name: string | number) => (to.kind === "pod" && to.ports[name]) || String(name);
  return ports.some((rule) => (rule.protocol ?? "TCP") === protocol && numberOf(rule.port!) === String(port));
}

function matchesLabels({ matchLabels = {}, matchExpressions = [] }: ILabelSelector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      if (operator !== "In") throw new Error(`unknown operator ${operator}`);
      return values!.includes(labels[key] ?? "");
    })
  );
}

function contains(cidr: string, address: string): boolean {
  const [network, bits] = ipaddr.parseCIDR(cidr);
  const parsed = ipaddr.parse(address);
  return parsed.kind() === network.kind() && parsed.match(network, bits);
}
