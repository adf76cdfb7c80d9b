-- Reply: queued, leased, dead.
sweep()
local leased, waiting = 0, 0
for _, id in ipairs(redis.call('ZRANGE', TIMERS, 0, -1)) do
  local job = load(id)
  if job and job.s == 'l' then leased = leased + 1 else waiting = waiting + 1 end
end
return { redis.call('ZCARD', READY) + waiting, leased, redis.call('ZCARD', DEAD) }
