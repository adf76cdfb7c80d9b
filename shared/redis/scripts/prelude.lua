-- Put before every script of this folder.
-- KEYS, the same for all, one hash slot a shard:
--  1 ready     zset  id -> deadline          jobs that may be claimed now
--  2 timers    zset  id -> time              leases by their end, back-offs by theirs
--  3 jobs      hash  id -> job as JSON
--  4 counters  hash  token, and totals
--  5 expiry    zset  id -> time              when a queued job lapses, an ended one is forgotten
--  6 dead      zset  id -> time              jobs that ended dead and are still remembered
--  7 claims    hash  claimant -> last answer as JSON
-- ARGV[1] is the channel of announcements, ARGV[2] how many expired entries a call may sweep.
-- A job: p payload, m max attempts, d deadline, l lapses at, a attempts begun, t token,
--        s state (q queued, w waiting for its back-off, l leased, d done, x dead),
--        w who claimed it last, c cancelled, r what its worker reported or the reason it is dead. Times: ms of the server.
local READY, TIMERS, JOBS, COUNTERS, EXPIRY, DEAD, CLAIMS = unpack(KEYS)
local CHANNEL, SWEEP = ARGV[1], tonumber(ARGV[2])
local LAPSED_RETAIN_MS = 60000

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local function score(number) return string.format('%.0f', number) end

local function announce(event)
  if CHANNEL ~= '' then redis.call('PUBLISH', CHANNEL, cjson.encode(event)) end
end

local function count(name) redis.call('HINCRBY', COUNTERS, name, 1) end

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
  redis.call('ZREM', READY, id)
  redis.call('ZREM', TIMERS, id)
  redis.call('ZREM', EXPIRY, id)
  redis.call('ZREM', DEAD, id)
end

-- Into the queue: at once, or when its back-off has passed.
local function enqueue(job, not_before)
  job.c = nil
  redis.call('ZREM', TIMERS, job.id)
  if not_before and not_before > now then
    job.s = 'w'
    redis.call('ZADD', TIMERS, score(not_before), job.id)
  else
    job.s = 'q'
    redis.call('ZADD', READY, score(job.d), job.id)
  end
  redis.call('ZADD', EXPIRY, score(job.l), job.id)
  save(job)
  announce({ kind = 'queued' })
end

local function finish(job, state, report, retain_ms)
  job.s, job.r, job.c = state, report, nil
  redis.call('ZREM', READY, job.id)
  redis.call('ZREM', TIMERS, job.id)
  redis.call('ZADD', EXPIRY, score(now + retain_ms), job.id)
  if state == 'x' then redis.call('ZADD', DEAD, score(now), job.id) end
  save(job)
  if state == 'd' then
    count('done')
    announce({ kind = 'done', id = job.id, meta = report })
  else
    count('dead')
    announce({ kind = 'dead', id = job.id, reason = report })
  end
end

-- A lease or a back-off that ran out.
local function expire_timer(id)
  local job = load(id)
  redis.call('ZREM', TIMERS, id)
  if not job then return end
  if job.s == 'w' then
    enqueue(job)
  elseif job.s == 'l' then
    count('lapsed')
    if job.c then
      forget(id)
    elseif job.a >= job.m then
      finish(job, 'x', job.a .. ' workers stopped answering while they worked on it', LAPSED_RETAIN_MS)
    else
      enqueue(job)
    end
  end
end

local function sweep()
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', TIMERS, '-inf', score(now), 'LIMIT', 0, SWEEP)) do
    expire_timer(id)
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', EXPIRY, '-inf', score(now), 'LIMIT', 0, SWEEP)) do
    forget(id)
  end
end

-- The job that this token holds; nil where it was claimed again, has ended or is unknown.
local function held(id, token)
  local job = load(id)
  if job and job.s == 'l' and job.t == tonumber(token) then return job end
  return nil
end
