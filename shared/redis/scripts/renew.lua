-- Extends leases whose token is current, or second at a job; one that ran out is taken back from the queue.
-- ARGV from 3: lease ms, (id, token)*
-- Reply: one of renewed, lost, cancelled for each.
local lease_ms = tonumber(ARGV[3])
local replies = {}
for i = 4, #ARGV, 2 do
  local job = held(ARGV[i], ARGV[i + 1])
  local second = not job and seconded(ARGV[i], ARGV[i + 1])
  if not (job or second) then
    replies[#replies + 1] = 'lost'
  elseif (job or second).c then
    replies[#replies + 1] = 'cancelled'
  elseif second then
    second.z.u, second.z.e = now + lease_ms, lease_ms
    save(second)
    replies[#replies + 1] = 'renewed'
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
