-- Reply: queued, leased, dead, and how many of the queued ones are due.
sweep()
local queued = redis.call('ZCARD', READY) + redis.call('ZCARD', BACKOFFS)
local awaited = redis.call('ZCOUNT', READY, '-inf', score(now))
return { queued, redis.call('ZCARD', LEASES), redis.call('ZCARD', DEAD), awaited }
