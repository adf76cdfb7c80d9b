-- Leases the queued jobs with the earliest deadlines.
-- ARGV from 3: claimant, sequence, lease ms, count, due within ms ('' for any)
-- Reply: (id, token, attempt, awaited 0|1, payload)*
-- The same claimant and sequence get the same answer again, less what is no longer held.
local CLAIM_RETAIN_MS = 3600000
local claimant, sequence, lease_ms, wanted, within = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
sweep()
local replies = {}
local function reply(job, awaited)
  for _, value in ipairs({ job.id, score(job.t), job.a, awaited, job.p }) do replies[#replies + 1] = value end
end

local last = redis.call('HGET', CLAIMS, claimant)
last = last and cjson.decode(last)
if last and last.q == sequence then
  for _, lease in ipairs(last.l) do
    local job = held(lease[1], lease[2])
    if job then reply(job, lease[3]) end
  end
  return replies
end

local token = tonumber(redis.call('HGET', COUNTERS, 'token') or 0)
-- After the server was emptied, or its clock set back, tokens still only grow.
if token == 0 then token = now end
local latest = within == '' and '+inf' or score(now + tonumber(within))
local leases = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', READY, '-inf', latest, 'LIMIT', 0, wanted + SWEEP)) do
  if #leases >= wanted then break end
  local job = load(id)
  redis.call('ZREM', READY, id)
  if job and job.l > now then
    token = token + 1
    job.t, job.a, job.s, job.w = token, job.a + 1, 'l', claimant
    redis.call('ZADD', TIMERS, score(now + lease_ms), id)
    redis.call('ZREM', EXPIRY, id)
    save(job)
    local awaited = job.d <= now and 1 or 0
    leases[#leases + 1] = { id, token, awaited }
    reply(job, awaited)
  elseif job then
    forget(id)
  end
end
if #leases > 0 then redis.call('HSET', COUNTERS, 'token', score(token)) end
-- An empty answer needs no replay, and an idle worker writes nothing.
if #leases > 0 or last then
  if #leases > 0 then
    redis.call('HSET', CLAIMS, claimant, cjson.encode({ q = sequence, l = leases, at = now }))
  else
    redis.call('HDEL', CLAIMS, claimant)
  end
end
if #leases > 0 and token % 64 == 0 then
  for name, text in pairs((function()
    local all, flat = {}, redis.call('HGETALL', CLAIMS)
    for i = 1, #flat, 2 do all[flat[i]] = flat[i + 1] end
    return all
  end)()) do
    if cjson.decode(text).at + CLAIM_RETAIN_MS < now then redis.call('HDEL', CLAIMS, name) end
  end
end
return replies
