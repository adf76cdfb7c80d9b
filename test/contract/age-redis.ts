import type { Redis } from "ioredis";
import { shardKeys } from "../../shared/redis/keys.ts";

/** Every point in time that a shard stores, so many milliseconds earlier: to the store, its clock moved on. */
const SCRIPT = `
local ms = tonumber(ARGV[1])
local function earlier(key)
  local flat = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  for i = 1, #flat, 2 do redis.call('ZADD', key, string.format('%.0f', flat[i + 1] - ms), flat[i]) end
end
for _, key in ipairs({ KEYS[1], KEYS[2], KEYS[5], KEYS[6], KEYS[7], KEYS[8] }) do earlier(key) end
local jobs = redis.call('HGETALL', KEYS[3])
for i = 1, #jobs, 2 do
  local job = cjson.decode(jobs[i + 1])
  job.d, job.l = job.d - ms, job.l - ms
  if job.b then job.b = job.b - ms end
  if job.z then job.z.u, job.z.b = job.z.u - ms, job.z.b - ms end
  redis.call('HSET', KEYS[3], jobs[i], cjson.encode(job))
end
local workers = redis.call('HGETALL', KEYS[9])
for i = 1, #workers, 2 do
  local worker = cjson.decode(workers[i + 1])
  if worker.l then worker.l = worker.l - ms end
  redis.call('HSET', KEYS[9], workers[i], cjson.encode(worker))
end
for i, text in ipairs(redis.call('LRANGE', KEYS[10], 0, -1)) do
  local fault = cjson.decode(text)
  fault.t = fault.t - ms
  redis.call('LSET', KEYS[10], i - 1, cjson.encode(fault))
end`;

export async function ageRedis(redis: Redis, shards: number, ms: number): Promise<void> {
  for (let shard = 0; shard < shards; shard++)
    await redis.eval(SCRIPT, 10, ...shardKeys(shard), Math.round(ms));
}
