-- Reports a job as done. Good while the token is current, also when the lease has run out.
-- ARGV from 3: id, token, meta, retain ms
-- Reply: committed, duplicate, stale or unknown.
local id, token, meta, retain_ms = ARGV[3], tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
local job = load(id)
if not job then return 'unknown' end
if job.t ~= token or job.s == 'x' then return 'stale' end
if job.s == 'd' then return 'duplicate' end
finish(job, 'd', meta, retain_ms)
return 'committed'
