import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { RedisPort } from "../../shared/redis/redis-port.ts";
import type { RedisScript } from "../../shared/redis/redis-script.ts";
import { type Diagnosis, fail, ok, reasonOf, warn } from "./diagnosis.ts";

const OLDEST_MAJOR = 7;
const SLOW_MS = 50;
const PINGS = 5;
const CONNECT_TRIES = 10;
const HEAR_MS = 2000;
/** Beside the keys and channels of the leases, and with their prefix. */
const KEY = "seamline:{doctor}";
const CHANNEL = `${KEY}:announcements`;

/** Does once what the lease store's scripts do; replies with the commands that were refused. */
const PERMISSIONS = `
local hash, set, text = KEYS[1], KEYS[2], KEYS[3]
local calls = {
  {'TIME'}, {'HSET', hash, 'a', '1'}, {'HGET', hash, 'a'}, {'HINCRBY', hash, 'a', 1}, {'HDEL', hash, 'a'},
  {'ZADD', set, 1, 'a'}, {'ZSCORE', set, 'a'}, {'ZCARD', set}, {'ZRANGEBYSCORE', set, '-inf', '+inf'},
  {'ZREM', set, 'a'}, {'SET', text, '1', 'PX', 1000}, {'GET', text}, {'EXISTS', text}, {'PUBLISH', ARGV[1], 'doctor'},
}
local refused = {}
for _, call in ipairs(calls) do
  local reply = redis.pcall(unpack(call))
  if type(reply) == 'table' and reply.err then table.insert(refused, call[1]) end
end
return refused
`;
const INFO = "return redis.call('INFO')";

/** Whether the lease store can do its work in a Redis, and how quickly. */
export async function lookAtRedis(redis: RedisPort, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  const reached = await lookAtLatency(redis, signal);
  if (reached.status === "fail") return [reached];
  return [
    reached,
    ...(await lookAtServer(redis, signal)),
    await lookAtPermissions(redis, signal),
    await lookAtMessages(redis, signal),
  ];
}

async function lookAtLatency(redis: RedisPort, signal: AbortSignal): Promise<Diagnosis> {
  const times: number[] = [];
  for (let tries = 0; times.length < PINGS; ) {
    const began = performance.now();
    try {
      await redis.ping(signal);
      times.push(performance.now() - began);
    } catch (error) {
      signal.throwIfAborted();
      // The connection is only being made.
      if (++tries === CONNECT_TRIES) {
        const cure = "see whether REDIS_URL is right, the server runs, and nothing lies between";
        return fail("redis", `no answer: ${reasonOf(error)}`, cure);
      }
      await sleep(100, undefined, { signal });
    }
  }
  const median = times.sort((a, b) => a - b)[PINGS >> 1]!;
  const found = `answers in ${median.toFixed(1)} ms`;
  return median > SLOW_MS
    ? warn("redis", found, "put it nearer: each segment takes a few calls")
    : ok("redis", found);
}

async function lookAtServer(redis: RedisPort, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  const text = await redis.evaluate(script(INFO), [], [], signal).catch(() => undefined);
  if (typeof text !== "string") return [ok("redis: version", "it doesn't say (INFO is refused)")];
  const field = (name: string) => new RegExp(`^${name}:(.*)$`, "m").exec(text)?.[1]?.trim();
  const valkey = field("valkey_version");
  const version = valkey ?? field("redis_version") ?? "unknown";
  const name = `${valkey ? "Valkey" : "Redis"} ${version}`;
  const isOld = Number.parseInt(version, 10) < OLDEST_MAJOR;
  return [
    isOld ? warn("redis: version", name, "7.0 and later are tested") : ok("redis: version", name),
    lookAtEviction(Number(field("maxmemory") ?? 0), field("maxmemory_policy") ?? "noeviction"),
  ];
}

/** Leases survive it, but work is done twice. */
function lookAtEviction(maxMemory: number, policy: string): Diagnosis {
  const name = "redis: eviction";
  if (maxMemory === 0) return ok(name, "no limit of memory");
  if (policy === "noeviction") return ok(name, policy);
  return warn(name, policy, "set maxmemory-policy noeviction: leases that are evicted are work done twice");
}

async function lookAtPermissions(redis: RedisPort, signal: AbortSignal): Promise<Diagnosis> {
  const name = "redis: permissions";
  const keys = ["hash", "set", "text"].map((key) => `${KEY}:${key}`);
  try {
    const refused = await redis.evaluate(script(PERMISSIONS), keys, [CHANNEL], signal);
    if (!Array.isArray(refused) || refused.length === 0) return ok(name, "all commands of the leases");
    const cure = `allow this user ${refused.map((one) => `+${String(one).toLowerCase()}`).join(" ")} on ~seamline:* and &seamline:*`;
    return fail(name, `${refused.join(", ")} refused`, cure);
  } catch (error) {
    signal.throwIfAborted();
    return fail(name, reasonOf(error), "allow this user +eval +evalsha on ~seamline:* and &seamline:*");
  }
}

/** Whether what is published is heard; without that, whoever waits asks once a second. */
async function lookAtMessages(redis: RedisPort, signal: AbortSignal): Promise<Diagnosis> {
  const name = "redis: messages";
  const publish = script("return redis.call('PUBLISH', KEYS[1], 'doctor')");
  let began = performance.now();
  const heard = await new Promise<number | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), HEAR_MS);
    const end = (ms?: number) => {
      clearTimeout(timer);
      unsubscribe();
      resolve(ms);
    };
    const unsubscribe = redis.subscribe(
      CHANNEL,
      () => end(performance.now() - began),
      () => {
        began = performance.now();
        redis.evaluate(publish, [CHANNEL], [], signal).catch(() => end());
      },
    );
    signal.addEventListener("abort", () => end(), { once: true });
  });
  signal.throwIfAborted();
  if (heard !== undefined) return ok(name, `heard after ${heard.toFixed(1)} ms`);
  return warn(
    name,
    "not heard",
    "allow this user +subscribe on &seamline:*; over REST, see that nothing buffers answers",
  );
}

function script(source: string): RedisScript {
  return { name: "doctor", source, sha1: createHash("sha1").update(source).digest("hex") };
}
