-- Reply: queued, leased, dead.
sweep()
local queued = redis.call('ZCARD', READY) + redis.call('ZCARD', BACKOFFS)
return { queued, redis.call('ZCARD', LEASES), redis.call('ZCARD', DEAD) }
