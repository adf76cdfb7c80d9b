-- Gives back jobs that were not tried: no attempt is counted, and the token is worth nothing from then on.
-- ARGV from 3: back-off ms, (id, token)*
-- Reply: how many went back.
local released = 0
for i = 4, #ARGV, 2 do
  local job = held(ARGV[i], ARGV[i + 1])
  local second = not job and seconded(ARGV[i], ARGV[i + 1])
  if second then
    second.z = nil
    save(second)
  elseif job and job.c then
    forget(job.id)
  elseif job then
    job.a, job.t = job.a - 1, ''
    enqueue(job, tonumber(ARGV[3]))
    released = released + 1
  end
end
return released
