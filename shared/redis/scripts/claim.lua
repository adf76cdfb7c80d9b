-- Leases the queued jobs with the earliest deadlines, or those that can be done in one go with what the claimant has.
-- KEYS from 11: answer, a string with a life of its own: the claimant's last answer as JSON
-- ARGV from 3: claimant, sequence, lease ms, count, due within ms ('' for any), what it says about itself ('' for
--             nothing new), then the ids that follow, where nothing else is wanted, with '' between groups
-- Reply: (id, token, attempt, due in ms, payload)*
-- The same claimant and sequence get the same answer again, less what is no longer held or wanted. Its leases begin
-- anew, since the claimant can't know which of its calls arrived.
local ANSWER_RETAIN_MS = 600000
local ANSWER = KEYS[11]
local claimant, sequence, lease_ms, wanted, within = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
sweep()
if ARGV[8] ~= '' then heard(claimant, ARGV[8]) end
local replies = {}
local function reply(job, due)
  for _, value in ipairs({ job.id, job.t, job.a, score(due), job.p }) do replies[#replies + 1] = value end
end

local last = redis.call('GET', ANSWER)
last = last and cjson.decode(last) or { q = -1, l = {} }
-- A call that was overtaken: whoever sent it has had a later answer, and would never hear of these leases.
if sequence < last.q then return replies end
if sequence == last.q then
  for _, known in ipairs(last.l) do
    local job = held(known[1], known[2])
    if job and job.s == 'l' and not job.c then
      lease(job, lease_ms)
      reply(job, known[3])
    end
  end
  return replies
end

local token = latest_token()
local function by_deadline()
  local latest = within == '' and '+inf' or score(now + tonumber(within))
  return redis.call('ZRANGEBYSCORE', READY, '-inf', latest, 'LIMIT', 0, wanted + SWEEP)
end
-- Of each group up to the first that is not queued or that somebody waits for.
local function in_one_go()
  local ids, is_open = {}, true
  for i = 9, #ARGV do
    local job = is_open and load(ARGV[i])
    is_open = ARGV[i] == '' or (job and job.s == 'q' and job.l > now and job.d > now)
    if job and is_open then ids[#ids + 1] = ARGV[i] end
  end
  return ids
end
local leases = {}
for _, id in ipairs(#ARGV >= 9 and in_one_go() or by_deadline()) do
  if #leases >= wanted then break end
  local job = load(id)
  if job and job.l > now then
    token = token + 1
    job.t, job.a, job.w, job.b = score(token), job.a + 1, claimant, now
    lease(job, lease_ms)
    local due = job.d - now
    leases[#leases + 1] = { id, job.t, due }
    reply(job, due)
  else
    forget(id)
  end
end
if #leases > 0 then
  redis.call('HSET', COUNTERS, 'token', score(token))
  if redis.call('EXISTS', READY) == 0 then announce({ kind = 'drained' }) end
end
-- Of empty answers the first is remembered, so that an idle worker writes nothing.
if #leases > 0 or #last.l > 0 then
  redis.call('SET', ANSWER, cjson.encode({ q = sequence, l = leases }), 'PX', ANSWER_RETAIN_MS)
end
return replies
