-- Extends leases that are current.
-- ARGV from 3: lease ms, (id, token)*
-- Reply: one of renewed, lost, cancelled for each.
local replies = {}
for i = 4, #ARGV, 2 do
  local job = held(ARGV[i], ARGV[i + 1])
  if not job then
    replies[#replies + 1] = 'lost'
  elseif job.c then
    replies[#replies + 1] = 'cancelled'
  else
    redis.call('ZADD', TIMERS, score(now + tonumber(ARGV[3])), job.id)
    replies[#replies + 1] = 'renewed'
  end
end
return replies
