import * as z from "zod";
import { AHEAD_MS, type LeaseOverview, MOST_QUEUED, type OverviewQuery } from "../lease/lease-overview.ts";
import type {
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
  RenewOutcome,
  RequestOutcome,
  SecondClaim,
} from "../lease/lease-store.ts";
import { answerKey, type ShardName, shardChannel, shardKeys } from "./keys.ts";
import { parseOverview } from "./parse-overview.ts";
import type { RedisPort } from "./redis-port.ts";
import { type RedisScript, scripts } from "./redis-script.ts";

/** Expired entries that one call may tidy up: what keeps every call short. */
const SWEEP_LIMIT = 20;

const integer = z.coerce.number().int();
const list = z.array(z.unknown());
const requestKind = z.enum(["new", "exists", "promoted", "done", "dead"]);
const renewOutcomes = z.array(z.enum(["renewed", "lost", "cancelled"]));
const commitOutcome = z.enum(["committed", "duplicate", "stale", "unknown"]);
const failOutcome = z.enum(["requeued", "dead", "left", "stale", "unknown"]);
const statusKind = z.enum(["unknown", "queued", "leased", "done", "dead"]);
const counts = z.tuple([integer, integer, integer, integer]);

/** One shard's transitions: a typed wrapper for each script. */
export class Shard {
  readonly channel: string;
  readonly #redis: RedisPort;
  readonly #name: ShardName;
  readonly #keys: readonly string[];

  constructor(redis: RedisPort, name: ShardName) {
    this.#redis = redis;
    this.#name = name;
    this.#keys = shardKeys(name);
    this.channel = shardChannel(name);
  }

  async request(jobs: readonly JobRequest[], signal?: AbortSignal): Promise<RequestOutcome[]> {
    const args = jobs.flatMap(({ id, dueInMs, lapseInMs, maxAttempts, payload, gone, straggleAfterMs }) => [
      id,
      `${Math.round(dueInMs)}`,
      `${Math.round(lapseInMs)}`,
      `${maxAttempts}`,
      payload,
      gone === undefined ? "" : `${gone}`,
      straggleAfterMs === undefined ? "" : `${straggleAfterMs}`,
    ]);
    return tuples(await this.#run(scripts.request, args, signal), 3).map(([kind, report, token]) => {
      const outcome = withReport(requestKind.parse(kind), String(report));
      return outcome.kind === "done" ? { ...outcome, token: integer.parse(token) } : outcome;
    });
  }

  async claim(claim: Claim, signal?: AbortSignal): Promise<Lease[]> {
    const { worker, sequence, leaseMs, count, dueWithinMs, self = "", following = [] } = claim;
    const args = [
      worker,
      `${sequence}`,
      `${leaseMs}`,
      `${count}`,
      dueWithinMs === undefined ? "" : `${dueWithinMs}`,
      self,
      ...following.flatMap((group, position) => (position === 0 ? group : ["", ...group])),
    ];
    const keys = [...this.#keys, answerKey(this.#name, worker)];
    return leases(await this.#run(scripts.claim, args, signal, keys));
  }

  async claimSecond({ id, worker, leaseMs }: SecondClaim, signal?: AbortSignal): Promise<Lease | undefined> {
    return leases(await this.#run(scripts.second, [id, worker, `${leaseMs}`], signal))[0];
  }

  async renew(holds: readonly Hold[], leaseMs: number, signal?: AbortSignal): Promise<RenewOutcome[]> {
    const reply = await this.#run(scripts.renew, [`${leaseMs}`, ...flatten(holds)], signal);
    return renewOutcomes.parse(reply);
  }

  async commit(
    { id, token }: Hold,
    { meta, retainMs }: CommitResult,
    signal?: AbortSignal,
  ): Promise<CommitOutcome> {
    const reply = await this.#run(scripts.commit, [id, `${token}`, meta, `${retainMs}`], signal);
    return commitOutcome.parse(reply);
  }

  async fail({ id, token }: Hold, failure: Failure, signal?: AbortSignal): Promise<FailOutcome> {
    const { reason, permanent, backoffMs, retainMs } = failure;
    const args = [id, `${token}`, reason, permanent ? "1" : "0", `${backoffMs}`, `${retainMs}`];
    return failOutcome.parse(await this.#run(scripts.fail, args, signal));
  }

  async release(holds: readonly Hold[], backoffMs: number, signal?: AbortSignal): Promise<void> {
    await this.#run(scripts.release, [`${backoffMs}`, ...flatten(holds)], signal);
  }

  async cancel(ids: readonly string[], signal?: AbortSignal): Promise<void> {
    await this.#run(scripts.cancel, ids, signal);
  }

  async status(ids: readonly string[], signal?: AbortSignal): Promise<JobStatus[]> {
    return tuples(await this.#run(scripts.status, ids, signal), 2).map(([kind, report]) =>
      withReport(statusKind.parse(kind), String(report)),
    );
  }

  async stats(signal?: AbortSignal): Promise<LeaseStats> {
    const [queued, leased, dead, awaited] = counts.parse(await this.#run(scripts.stats, [], signal));
    return { queued, awaited, leased, dead };
  }

  async overview({ titles }: OverviewQuery, signal?: AbortSignal): Promise<LeaseOverview> {
    const args = [`${AHEAD_MS}`, `${MOST_QUEUED}`, ...titles];
    return parseOverview(await this.#run(scripts.overview, args, signal));
  }

  #run(
    script: RedisScript,
    args: readonly string[],
    signal?: AbortSignal,
    keys = this.#keys,
  ): Promise<unknown> {
    return this.#redis.evaluate(script, keys, [this.channel, `${SWEEP_LIMIT}`, ...args], signal);
  }
}

function flatten(holds: readonly Hold[]): string[] {
  return holds.flatMap(({ id, token }) => [id, `${token}`]);
}

function leases(reply: unknown): Lease[] {
  return tuples(reply, 5).map(([id, token, attempt, due, payload]) => {
    const dueInMs = integer.parse(due);
    return {
      id: String(id),
      token: integer.parse(token),
      attempt: integer.parse(attempt),
      awaited: dueInMs <= 0,
      dueInMs,
      payload: String(payload),
    };
  });
}

/** A flat reply, `size` values at a time. */
function tuples(reply: unknown, size: number): unknown[][] {
  const values = list.parse(reply);
  return Array.from({ length: values.length / size }, (_, k) => values.slice(k * size, (k + 1) * size));
}

function withReport<Kind extends string>(kind: Kind, report: string) {
  if (kind === "done") return { kind, meta: report } as { kind: "done"; meta: string };
  if (kind === "dead") return { kind, reason: report } as { kind: "dead"; reason: string };
  return { kind } as { kind: Exclude<Kind, "done" | "dead"> };
}
