-- Leases a job to a second worker, which may commit it as well as the one that holds it: one that somebody waits for.
-- ARGV from 3: id, claimant, lease ms
-- Reply: nothing, or id, token, attempt, due in ms, payload.
-- The same claimant gets the same token again.
local id, claimant, lease_ms = ARGV[3], ARGV[4], tonumber(ARGV[5])
sweep()
local job = load(id)
if not job or job.s ~= 'l' or job.c or job.d > now or job.w == claimant then return {} end
if job.z and (job.z.t == '' or job.z.w ~= claimant) then return {} end
if not job.z then
  job.z = { t = score(latest_token() + 1), w = claimant, b = now }
  redis.call('HSET', COUNTERS, 'token', job.z.t)
end
job.z.u, job.z.e = now + lease_ms, lease_ms
save(job)
return { id, job.z.t, job.a, score(job.d - now), job.p }
