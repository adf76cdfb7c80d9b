-- Asks for jobs, or refreshes them: the earlier deadline and the later lapse win.
-- ARGV from 3: (id, due in ms, lapse in ms, max attempts, payload)*
-- Reply: (kind, report)*; kind is new, exists, promoted, done or dead, report '' but for the last two.
sweep()
local replies, queued = {}, false
for i = 3, #ARGV, 5 do
  local id, due, lapse, max, payload = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), ARGV[i + 3], ARGV[i + 4]
  local job, kind, report = load(id), 'exists', ''
  -- The sweep has its limit; what has run out is gone all the same.
  local expires = job and redis.call('ZSCORE', EXPIRY, id)
  if expires and tonumber(expires) <= now then
    forget(id)
    job = nil
  end
  if not job then
    job = { id = id, p = payload, m = tonumber(max), d = now + due, l = now + lapse, a = 0, t = 0, s = 'q' }
    redis.call('ZADD', READY, score(job.d), id)
    redis.call('ZADD', EXPIRY, score(job.l), id)
    save(job)
    kind, queued = 'new', true
  elseif job.s == 'd' then
    kind, report = 'done', job.r
  elseif job.s == 'x' then
    kind, report = 'dead', job.r
  else
    job.l = math.max(job.l, now + lapse)
    job.c = nil
    if now + due < job.d then
      job.d = now + due
      kind, queued = 'promoted', true
    end
    if job.s == 'q' then redis.call('ZADD', READY, score(job.d), id) end
    if job.s ~= 'l' then redis.call('ZADD', EXPIRY, score(job.l), id) end
    save(job)
  end
  replies[#replies + 1] = kind
  replies[#replies + 1] = report
end
if queued then announce({ kind = 'queued' }) end
return replies
