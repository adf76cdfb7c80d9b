-- Reports a failed attempt.
-- ARGV from 3: id, token, reason, permanent 0|1, back-off ms, retain ms
-- Reply: requeued, dead, stale or unknown.
local id, token, reason, permanent, backoff_ms, retain_ms = ARGV[3], ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])
local known = load(id)
if not known then return 'unknown' end
local job = held(id, token)
if not job then return 'stale' end
count('failed')
if job.c then
  forget(id)
  return 'unknown'
end
if permanent == '1' or job.a >= job.m then
  finish(job, 'x', reason, retain_ms)
  return 'dead'
end
enqueue(job, now + backoff_ms)
return 'requeued'
