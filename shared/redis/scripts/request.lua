-- Asks for jobs, or refreshes them: the earlier deadline and the later lapse win.
-- ARGV from 3: (id, due in ms, lapse in ms, max attempts, payload, token of a result that is gone or '', ms since
--             its claim after which a second worker may try a job that is waited for, or '')*
-- Reply: (kind, report, token)*; kind is new, exists, promoted, done or dead, report '' but for the last two,
--        token '' but for done.

-- What is known of a job, as far as it still holds: the sweep has its limit. A time that was lost with an
-- evicted key, or set before the clock was set back, would not come: a lease or a back-off begins anew then,
-- and what has ended is forgotten.
local function recall(id)
  local job = load(id)
  if not job then return nil end
  if job.s == 'q' or job.s == 'w' then
    if job.l <= now then return forget(id) end
    if job.s == 'q' then return job end
  end
  local key = job.s == 'l' and LEASES or job.s == 'w' and BACKOFFS or EXPIRY
  local ends = redis.call('ZSCORE', key, id)
  ends = ends and tonumber(ends) or math.huge
  if ends > now + job.e and key ~= EXPIRY then
    redis.call('ZADD', key, score(now + job.e), id)
  elseif key == EXPIRY and (ends <= now or ends > now + job.e) then
    return forget(id)
  end
  return job
end

sweep()
local replies, queued, awaited = {}, false, false
for i = 3, #ARGV, 7 do
  local id, due, lapse_ms, max, payload, gone = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), ARGV[i + 3], ARGV[i + 4], ARGV[i + 5]
  local straggle_ms = tonumber(ARGV[i + 6])
  local job, kind, report, token = recall(id), 'exists', '', ''
  if job and job.s == 'd' and job.t == gone then job = forget(id) end
  if not job then
    job = { id = id, p = payload, m = tonumber(max), d = now + due, l = now + lapse_ms, a = 0, t = '', s = 'q' }
    redis.call('ZADD', READY, score(job.d), id)
    redis.call('ZADD', EXPIRY, score(job.l), id)
    save(job)
    kind = 'new'
  elseif job.s == 'd' then
    kind, report, token = 'done', job.r, job.t
  elseif job.s == 'x' then
    kind, report = 'dead', job.r
  else
    job.l = math.max(job.l, now + lapse_ms)
    job.c = nil
    if now + due < job.d then
      if job.s == 'l' and job.d > now and due <= 0 then announce({ kind = 'awaited', id = id }) end
      job.d = now + due
      kind = 'promoted'
    end
    if job.s == 'l' and due <= 0 and straggle_ms and now - (job.b or now) >= straggle_ms and not job.z then
      announce({ kind = 'straggling', id = id })
    end
    if job.s == 'q' then redis.call('ZADD', READY, score(job.d), id) end
    if job.s ~= 'l' then redis.call('ZADD', EXPIRY, score(job.l), id) end
    save(job)
  end
  if (kind == 'new' or kind == 'promoted') and job.s == 'q' then
    queued, awaited = true, awaited or due <= 0
  end
  for _, value in ipairs({ kind, report, token }) do replies[#replies + 1] = value end
end
if queued then announce({ kind = 'queued', awaited = awaited }) end
return replies
