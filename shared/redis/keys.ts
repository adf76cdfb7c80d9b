/** Every Redis key and channel is named here. One hash tag a shard: its keys lie in one cluster slot. */
const PREFIX = "seamline";
const NAMES = [
  ...["ready", "leases", "jobs", "counters", "expiry", "dead", "backoffs"],
  ...["seen", "workers", "faults"],
];

/** The keys of a shard, in the order that the scripts expect. */
export function shardKeys(shard: number): readonly string[] {
  return NAMES.map((name) => `${PREFIX}:{${shard}}:${name}`);
}

/** A claimant's last answer, the only key that is a worker's own; it expires by itself. */
export function answerKey(shard: number, claimant: string): string {
  return `${PREFIX}:{${shard}}:answer:${claimant}`;
}

/** What the scripts of a shard are told: announcements are published on channels behind this name. */
export function shardChannel(shard: number): string {
  return `${PREFIX}:{${shard}}:announcements`;
}

/**
 * What workers hear of, and what those who wait hear of. Apart, since in a fleet of n workers every end would
 * else be told to all n.
 */
export type Audience = "workers" | "waiters";

export function audienceChannel(channel: string, audience: Audience): string {
  return `${channel}:${audience}`;
}
