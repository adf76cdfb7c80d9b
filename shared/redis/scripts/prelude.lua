-- Put before every script of this folder.
-- KEYS, the same for all, one hash slot a shard:
--  1 ready     zset  id -> deadline          jobs that may be claimed now
--  2 leases    zset  id -> time              when a lease runs out
--  3 jobs      hash  id -> job as JSON
--  4 counters  hash  token, and totals
--  5 expiry    zset  id -> time              when a queued job lapses, an ended one is forgotten
--  6 dead      zset  id -> time              jobs that ended dead and are still remembered
--  7 backoffs  zset  id -> time              failed jobs, and when they may be claimed again
--  8 seen      zset  claimant -> time        when a worker was last heard of, renewals aside
--  9 workers   hash  claimant -> JSON        i what it says about itself, h since when it is known, l when a
--                                            lease of its ran out
-- 10 faults    list  of JSON, newest first   what went wrong lately: t time, k kind (failed, dead, lapsed), j id,
--                                            p payload, w worker, a attempt, r reason
-- The last three are for whoever looks on; no transition depends on them, and they expire by themselves.
-- ARGV[1] is what the channels of announcements begin with, ARGV[2] how many expired entries a call may sweep.
-- A job: p payload, m max attempts, d deadline, l lapses at, a attempts begun, t token ('' where none is current),
--        s state (q queued, w waiting for its back-off, l leased, d done, x dead), e how long its lease, back-off
--        or remembrance is, w who claimed it last, b when that was, c cancelled, r what its worker reported or the
--        reason it is dead, z a second attempt beside the lease: t token ('' once it failed), w who makes it, b since
--        when, u until when, e how long that lease is.
--        Times: ms of the server.
local READY, LEASES, JOBS, COUNTERS, EXPIRY, DEAD, BACKOFFS, SEEN, WORKERS, FAULTS = unpack(KEYS)
local CHANNEL, SWEEP = ARGV[1], tonumber(ARGV[2])
local LAPSED_RETAIN_MS = 60000
local WORKER_RETAIN_MS, FAULT_RETAIN_MS, MOST_FAULTS = 600000, 3600000, 50

local time = redis.call('TIME')
local now_us = tonumber(time[1]) * 1000000 + tonumber(time[2])
local now = math.floor(now_us / 1000)

-- Whole numbers of any size; cjson and tostring keep 14 digits, too few for a token, which is therefore a string.
local function score(number) return string.format('%.0f', number) end

local AUDIENCES = {
  queued = 'workers', drained = 'workers', cancelled = 'workers', awaited = 'workers', straggling = 'workers',
  outrun = 'workers',
  done = 'waiters', dead = 'waiters',
}
local function announce(event)
  if CHANNEL ~= '' then redis.call('PUBLISH', CHANNEL .. ':' .. AUDIENCES[event.kind], cjson.encode(event)) end
end

local function count(name) redis.call('HINCRBY', COUNTERS, name, 1) end

local function saw(claimant)
  if not claimant then return end
  redis.call('ZADD', SEEN, score(now), claimant)
  redis.call('PEXPIRE', SEEN, WORKER_RETAIN_MS)
end

-- What a worker says about itself. Those that were not heard of for long make room.
local function heard(claimant, self)
  saw(claimant)
  redis.call('HSET', WORKERS, claimant, cjson.encode({ i = self, h = now }))
  redis.call('PEXPIRE', WORKERS, WORKER_RETAIN_MS)
  for _, gone in ipairs(redis.call('ZRANGEBYSCORE', SEEN, '-inf', score(now - WORKER_RETAIN_MS), 'LIMIT', 0, SWEEP)) do
    redis.call('ZREM', SEEN, gone)
    redis.call('HDEL', WORKERS, gone)
  end
end

local function note_fault(kind, job, claimant, reason)
  local fault = { t = now, k = kind, j = job.id, p = job.p, w = claimant, a = job.a, r = reason }
  redis.call('LPUSH', FAULTS, cjson.encode(fault))
  redis.call('LTRIM', FAULTS, 0, MOST_FAULTS - 1)
  redis.call('PEXPIRE', FAULTS, FAULT_RETAIN_MS)
end

local function note_lapse(job)
  note_fault('lapsed', job, job.w, '')
  if not redis.call('ZSCORE', SEEN, job.w) then return end
  local known = redis.call('HGET', WORKERS, job.w)
  local worker = known and cjson.decode(known) or { i = '', h = 0 }
  worker.l = now
  redis.call('HSET', WORKERS, job.w, cjson.encode(worker))
  redis.call('PEXPIRE', WORKERS, WORKER_RETAIN_MS)
end

local function load(id)
  local text = redis.call('HGET', JOBS, id)
  if not text then return nil end
  local job = cjson.decode(text)
  job.id = id
  return job
end

local function save(job)
  local id = job.id
  job.id = nil
  redis.call('HSET', JOBS, id, cjson.encode(job))
  job.id = id
end

local function forget(id)
  redis.call('HDEL', JOBS, id)
  for _, key in ipairs({ READY, LEASES, BACKOFFS, EXPIRY, DEAD }) do redis.call('ZREM', key, id) end
end

-- Never behind the clock: also after the server was emptied, or came back without its latest writes, no token
-- is one that somebody may still hold.
local function latest_token()
  return math.max(tonumber(redis.call('HGET', COUNTERS, 'token') or 0), now_us)
end

-- Nobody else gets it for so long.
local function lease(job, ms)
  job.s, job.e = 'l', ms
  redis.call('ZREM', READY, job.id)
  redis.call('ZREM', EXPIRY, job.id)
  redis.call('ZADD', LEASES, score(now + ms), job.id)
  save(job)
end

-- To whoever is second at it, as though they claimed it from the queue at this moment.
local function hand_over(job)
  local second = job.z
  job.z = nil
  if not second or second.u <= now then return false end
  job.t, job.w, job.b, job.a = second.t, second.w, now, job.a + 1
  lease(job, math.min(second.e, second.u - now))
  return true
end

-- Into the queue: at once, or when its back-off has passed. Whoever is second at it has it at once.
local function enqueue(job, backoff_ms)
  job.c = nil
  redis.call('ZREM', LEASES, job.id)
  if hand_over(job) then return end
  if backoff_ms and backoff_ms > 0 then
    job.s, job.e = 'w', backoff_ms
    redis.call('ZREM', READY, job.id)
    redis.call('ZADD', BACKOFFS, score(now + backoff_ms), job.id)
  else
    job.s = 'q'
    redis.call('ZADD', READY, score(job.d), job.id)
  end
  redis.call('ZADD', EXPIRY, score(job.l), job.id)
  save(job)
  announce({ kind = 'queued', awaited = job.d <= now })
end

local function finish(job, state, report, retain_ms)
  if job.z and job.z.t ~= '' then announce({ kind = 'outrun', id = job.id, token = job.z.t }) end
  job.z = nil
  job.s, job.e, job.r, job.c = state, retain_ms, report, nil
  redis.call('ZREM', READY, job.id)
  redis.call('ZREM', LEASES, job.id)
  redis.call('ZADD', EXPIRY, score(now + retain_ms), job.id)
  if state == 'x' then redis.call('ZADD', DEAD, score(now), job.id) end
  save(job)
  if state == 'd' then
    count('done')
    announce({ kind = 'done', id = job.id, meta = report, token = job.t })
  else
    count('dead')
    announce({ kind = 'dead', id = job.id, reason = report })
  end
end

-- The token stays current until somebody else claims the job.
local function lapse(job)
  count('lapsed')
  note_lapse(job)
  if job.c then
    forget(job.id)
  elseif job.a >= job.m then
    finish(job, 'x', job.a .. ' workers stopped answering while they worked on it', LAPSED_RETAIN_MS)
    note_fault('dead', job, job.w, job.r)
  else
    enqueue(job)
  end
end

-- What ran out, the longest ago first; no more than a call may take.
local function over(key)
  return ipairs(redis.call('ZRANGEBYSCORE', key, '-inf', score(now), 'LIMIT', 0, SWEEP))
end

local function sweep()
  for _, id in over(LEASES) do
    local job = load(id)
    redis.call('ZREM', LEASES, id)
    if job and job.s == 'l' then lapse(job) end
  end
  for _, id in over(BACKOFFS) do
    local job = load(id)
    redis.call('ZREM', BACKOFFS, id)
    if job and job.s == 'w' then enqueue(job) end
  end
  for _, id in over(EXPIRY) do forget(id) end
end

-- The job that this token holds, its lease run out or not; nil where it was let go of or claimed again, has
-- ended or is unknown.
local function held(id, token)
  local job = load(id)
  if job and job.t == token and (job.s == 'l' or job.s == 'q') then return job end
  return nil
end

-- The job that this token is second at; nil where it is the first, was let go of, or the job has ended or changed hands.
local function seconded(id, token)
  local job = load(id)
  if job and job.z and job.z.t == token then return job end
  return nil
end
