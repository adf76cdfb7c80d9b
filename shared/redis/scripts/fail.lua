-- Reports a failed attempt; the token is worth nothing from then on.
-- ARGV from 3: id, token, reason, permanent 0|1, back-off ms, retain ms
-- Reply: requeued, dead, left (to its holder, by who was second at it), stale or unknown.
local id, token, reason, permanent, backoff_ms, retain_ms = ARGV[3], ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])
if not load(id) then return 'unknown' end
local second = seconded(id, token)
if second then
  saw(second.z.w)
  note_fault('failed', second, second.z.w, reason)
  -- Nobody else is second beside this lease.
  second.z.t, second.z.u = '', 0
  save(second)
  return 'left'
end
local job = held(id, token)
if not job then return 'stale' end
count('failed')
saw(job.w)
if job.c then
  forget(id)
  return 'unknown'
end
job.t = ''
local is_over = permanent == '1' or job.a >= job.m
note_fault(is_over and 'dead' or 'failed', job, job.w, reason)
if is_over then
  finish(job, 'x', reason, retain_ms)
  return 'dead'
end
enqueue(job, backoff_ms)
return 'requeued'
