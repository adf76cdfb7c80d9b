-- What is shown to whoever looks at the fleet. Changes nothing but what has run out.
-- ARGV from 3: ms from now on that count as ahead, most ids of queued jobs, title key*
-- Reply: (kind, JSON or id)*; kind is counts, lease, worker, fault or queued.
local ahead, most_queued = now + tonumber(ARGV[3]), tonumber(ARGV[4])
local MOST_LEASES, MOST_WORKERS = 5000, 2000
sweep()
local replies = {}
local function reply(kind, text)
  replies[#replies + 1] = kind
  replies[#replies + 1] = text
end

local first = redis.call('ZRANGE', READY, 0, 0, 'WITHSCORES')
local totals = redis.call('HMGET', COUNTERS, 'done', 'failed', 'lapsed', 'dead')
reply('counts', cjson.encode({
  now = now,
  awaited = redis.call('ZCOUNT', READY, '-inf', score(now)),
  ahead = redis.call('ZCOUNT', READY, '(' .. score(now), score(ahead)),
  later = redis.call('ZCOUNT', READY, '(' .. score(ahead), '+inf'),
  backingOff = redis.call('ZCARD', BACKOFFS),
  earliest = first[2] and tonumber(first[2]) or nil,
  done = tonumber(totals[1] or 0), failed = tonumber(totals[2] or 0),
  lapsed = tonumber(totals[3] or 0), dead = tonumber(totals[4] or 0),
}))

for _, id in ipairs(redis.call('ZRANGE', LEASES, 0, MOST_LEASES - 1)) do
  local job = load(id)
  if job and job.s == 'l' then
    local ends = tonumber(redis.call('ZSCORE', LEASES, id))
    local function lease(worker, since, ends, ms, is_second)
      reply('lease', cjson.encode({
        id = id, payload = job.p, worker = worker, since = since, attempt = job.a, deadline = job.d,
        renewedAt = ends - ms, ['until'] = ends, isSecond = is_second,
      }))
    end
    lease(job.w, job.b or ends - job.e, ends, job.e, false)
    local second = job.z
    if second and second.t ~= '' and second.u > now then
      lease(second.w, second.b or second.u - second.e, second.u, second.e, true)
    end
  end
end

local seen = redis.call('ZREVRANGEBYSCORE', SEEN, '+inf', '(' .. score(now - WORKER_RETAIN_MS), 'WITHSCORES', 'LIMIT', 0, MOST_WORKERS)
for i = 1, #seen, 2 do
  local known = redis.call('HGET', WORKERS, seen[i])
  local worker = known and cjson.decode(known) or {}
  local seen_at = tonumber(seen[i + 1])
  reply('worker', cjson.encode({
    worker = seen[i], seenAt = seen_at, heardAt = worker.h or 0, self = worker.i or '',
    lapsedAt = worker.l and worker.l > seen_at and worker.l or nil,
  }))
end

for _, fault in ipairs(redis.call('LRANGE', FAULTS, 0, MOST_FAULTS - 1)) do
  local known = cjson.decode(fault)
  if known.t > now - FAULT_RETAIN_MS then
    reply('fault', cjson.encode({
      at = known.t, kind = known.k, id = known.j, payload = known.p, worker = known.w, attempt = known.a, reason = known.r,
    }))
  end
end

local listed = 0
local function list(key)
  for _, id in ipairs(redis.call('ZRANGE', key, 0, 4 * most_queued)) do
    for i = 5, #ARGV do
      if listed < most_queued and string.sub(id, 1, #ARGV[i] + 1) == ARGV[i] .. '/' then
        reply('queued', id)
        listed = listed + 1
      end
    end
  end
end
if #ARGV >= 5 then
  list(READY)
  list(BACKOFFS)
end
return replies
