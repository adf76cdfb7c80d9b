/** Every Redis key and channel is named here. One hash tag a shard: its keys lie in one cluster slot. */
const PREFIX = "seamline";

/** The seven keys of a shard, in the order that the scripts expect. */
export function shardKeys(shard: number): readonly string[] {
  return ["ready", "timers", "jobs", "counters", "expiry", "dead", "claims"].map(
    (name) => `${PREFIX}:{${shard}}:${name}`,
  );
}

/** Where a shard's announcements are published. */
export function shardChannel(shard: number): string {
  return `${PREFIX}:{${shard}}:announcements`;
}
