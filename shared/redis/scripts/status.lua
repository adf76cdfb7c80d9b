-- ARGV from 3: id*
-- Reply: (kind, report)*; kind is unknown, queued, leased, done or dead, report '' but for the last two.
sweep()
local KINDS = { q = 'queued', w = 'queued', l = 'leased', d = 'done', x = 'dead' }
local replies = {}
for i = 3, #ARGV do
  local job = load(ARGV[i])
  local expires = job and redis.call('ZSCORE', EXPIRY, ARGV[i])
  if expires and tonumber(expires) <= now then job = nil end
  replies[#replies + 1] = job and KINDS[job.s] or 'unknown'
  replies[#replies + 1] = job and job.r or ''
end
return replies
