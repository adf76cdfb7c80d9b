import * as z from "zod";
import { addOverviews, type LeaseOverview, type OverviewQuery } from "../lease/lease-overview.ts";
import type {
  Announcement,
  Claim,
  CommitOutcome,
  CommitResult,
  FailOutcome,
  Failure,
  Hold,
  JobRequest,
  JobStatus,
  Lease,
  LeaseStats,
  LeaseStore,
  RenewOutcome,
  RequestOutcome,
  SecondClaim,
  Unsubscribe,
} from "../lease/lease-store.ts";
import { type Audience, audienceChannel } from "./keys.ts";
import type { RedisPort } from "./redis-port.ts";
import { Shard } from "./shard.ts";

export interface RedisLeaseStoreOptions {
  /** Each shard is a queue of its own, in one cluster slot; titles are spread over them. The same for all. */
  readonly shards?: number;
  /** Whose announcements are listened to; without it, all. */
  readonly audience?: Audience;
  /** Whose queues they are, where several fleets share a Redis. */
  readonly fleet?: string;
}

const announcementSchema: z.ZodType<Exclude<Announcement, { kind: "connected" }>> = z.discriminatedUnion(
  "kind",
  [
    z.object({ kind: z.literal("queued"), awaited: z.boolean() }),
    z.object({ kind: z.literal("drained") }),
    z.object({ kind: z.literal("done"), id: z.string(), meta: z.string(), token: z.coerce.number() }),
    z.object({ kind: z.literal("dead"), id: z.string(), reason: z.string() }),
    z.object({ kind: z.literal("cancelled"), id: z.string() }),
    z.object({ kind: z.literal("awaited"), id: z.string() }),
    z.object({ kind: z.literal("straggling"), id: z.string() }),
    z.object({ kind: z.literal("outrun"), id: z.string(), token: z.coerce.number() }),
  ],
);

/** Lease store in Redis: every transition is one script, and the server's clock the only one. */
export class RedisLeaseStore implements LeaseStore {
  readonly #redis: RedisPort;
  readonly #shards: readonly Shard[];
  readonly #audiences: readonly Audience[];

  constructor(redis: RedisPort, { shards = 1, audience, fleet }: RedisLeaseStoreOptions = {}) {
    this.#redis = redis;
    this.#audiences = audience ? [audience] : ["workers", "waiters"];
    this.#shards = Array.from({ length: shards }, (_, index) => {
      return new Shard(redis, fleet === undefined ? index : `${fleet}/${index}`);
    });
  }

  async request(jobs: readonly JobRequest[], signal?: AbortSignal): Promise<readonly RequestOutcome[]> {
    return this.#spread(
      jobs,
      ({ id }) => id,
      (shard, part) => shard.request(part, signal),
    );
  }

  async claim(claim: Claim, signal?: AbortSignal): Promise<readonly Lease[]> {
    if (claim.following) {
      const [id] = claim.following.flat();
      return id === undefined ? [] : this.#shardOf(id).claim(claim, signal);
    }
    const leases: Lease[] = [];
    // Each claim begins at another shard, so that none is always last; a repeated one where it began before.
    const first = (hashOf(claim.worker) + claim.sequence) % this.#shards.length;
    for (let offset = 0; offset < this.#shards.length && leases.length < claim.count; offset++) {
      const shard = this.#shards[(first + offset) % this.#shards.length]!;
      leases.push(...(await shard.claim({ ...claim, count: claim.count - leases.length }, signal)));
    }
    return leases;
  }

  async claimSecond(claim: SecondClaim, signal?: AbortSignal): Promise<Lease | undefined> {
    return this.#shardOf(claim.id).claimSecond(claim, signal);
  }

  async renew(
    holds: readonly Hold[],
    leaseMs: number,
    signal?: AbortSignal,
  ): Promise<readonly RenewOutcome[]> {
    return this.#spread(
      holds,
      ({ id }) => id,
      (shard, part) => shard.renew(part, leaseMs, signal),
    );
  }

  async commit(hold: Hold, result: CommitResult, signal?: AbortSignal): Promise<CommitOutcome> {
    return this.#shardOf(hold.id).commit(hold, result, signal);
  }

  async fail(hold: Hold, failure: Failure, signal?: AbortSignal): Promise<FailOutcome> {
    return this.#shardOf(hold.id).fail(hold, failure, signal);
  }

  async release(holds: readonly Hold[], backoffMs = 0, signal?: AbortSignal): Promise<void> {
    await this.#spread(
      holds,
      ({ id }) => id,
      async (shard, part) => {
        await shard.release(part, backoffMs, signal);
        return part;
      },
    );
  }

  async cancel(ids: readonly string[], signal?: AbortSignal): Promise<void> {
    await this.#spread(
      ids,
      (id) => id,
      async (shard, part) => {
        await shard.cancel(part, signal);
        return part;
      },
    );
  }

  async status(ids: readonly string[], signal?: AbortSignal): Promise<readonly JobStatus[]> {
    return this.#spread(
      ids,
      (id) => id,
      (shard, part) => shard.status(part, signal),
    );
  }

  async stats(signal?: AbortSignal): Promise<LeaseStats> {
    const all = await Promise.all(this.#shards.map((shard) => shard.stats(signal)));
    const sum = (key: keyof LeaseStats) => all.reduce((total, stats) => total + stats[key], 0);
    return { queued: sum("queued"), awaited: sum("awaited"), leased: sum("leased"), dead: sum("dead") };
  }

  async overview(query: OverviewQuery, signal?: AbortSignal): Promise<LeaseOverview> {
    return addOverviews(await Promise.all(this.#shards.map((shard) => shard.overview(query, signal))));
  }

  subscribe(listener: (announcement: Announcement) => void): Unsubscribe {
    const hear = (message: string) => {
      const announcement = announcementSchema.safeParse(parseJson(message));
      // One shard that has nothing left says nothing of the others.
      const isHint = announcement.data?.kind !== "drained" || this.#shards.length === 1;
      if (announcement.success && isHint) listener(announcement.data);
    };
    const connected = () => listener({ kind: "connected" });
    const channels = this.#shards.flatMap(({ channel }) =>
      this.#audiences.map((audience) => audienceChannel(channel, audience)),
    );
    const unsubscribes = channels.map((channel) => this.#redis.subscribe(channel, hear, connected));
    return () => {
      for (const unsubscribe of unsubscribes) unsubscribe();
    };
  }

  #shardOf(id: string): Shard {
    return this.#shards[hashOf(titlePart(id)) % this.#shards.length]!;
  }

  /** Runs one call for each shard that has a share in the items; the answers keep the items' order. */
  async #spread<Item, Answer>(
    items: readonly Item[],
    idOf: (item: Item) => string,
    call: (shard: Shard, part: readonly Item[]) => Promise<readonly Answer[]>,
  ): Promise<readonly Answer[]> {
    const parts = new Map<Shard, number[]>();
    for (const [position, item] of items.entries()) {
      const shard = this.#shardOf(idOf(item));
      parts.set(shard, [...(parts.get(shard) ?? []), position]);
    }
    const answers = new Array<Answer>(items.length);
    const calls = [...parts].map(async ([shard, positions]) => {
      const part = await call(
        shard,
        positions.map((position) => items[position]!),
      );
      for (const [k, position] of positions.entries()) answers[position] = part[k]!;
    });
    await Promise.all(calls);
    return answers;
  }
}

/** All jobs of a title are in one shard: look-ahead is one call, and its order one queue's. */
function titlePart(id: string): string {
  return id.startsWith("probe/") ? id : id.slice(0, Math.max(0, id.indexOf("/")));
}

/** FNV-1a, 32 bit: the same on every machine. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Somebody else published on our channel.
    return undefined;
  }
}
