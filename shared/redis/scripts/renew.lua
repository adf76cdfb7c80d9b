-- Extends leases whose token is current; one that ran out is taken back from the queue.
-- ARGV from 3: lease ms, (id, token)*
-- Reply: one of renewed, lost, cancelled for each.
local lease_ms = tonumber(ARGV[3])
local replies = {}
for i = 4, #ARGV, 2 do
  local job = held(ARGV[i], ARGV[i + 1])
  if not job then
    replies[#replies + 1] = 'lost'
  elseif job.c then
    replies[#replies + 1] = 'cancelled'
  else
    if job.s == 'l' and job.e == lease_ms then
      redis.call('ZADD', LEASES, score(now + lease_ms), job.id)
    else
      lease(job, lease_ms)
    end
    replies[#replies + 1] = 'renewed'
  end
end
return replies
