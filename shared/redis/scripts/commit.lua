-- Reports a job as done. Good while the token is current or a second one, also when the lease has run out.
-- ARGV from 3: id, token, meta, retain ms
-- Reply: committed, duplicate, stale or unknown.
local id, token, meta, retain_ms = ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
local known = load(id)
if not known then return 'unknown' end
if known.s == 'd' and known.t == token then return 'duplicate' end
local job = held(id, token) or seconded(id, token)
if not job then return 'stale' end
saw(job.z and job.z.t == token and job.z.w or job.w)
-- From here on the other one is second.
if job.z and job.z.t == token then job.t, job.z.t = token, job.t end
finish(job, 'd', meta, retain_ms)
return 'committed'
