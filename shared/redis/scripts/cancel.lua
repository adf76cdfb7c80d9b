-- Nobody waits any more: drops queued jobs, and marks leased ones for their workers.
-- ARGV from 3: id*
-- Reply: how many were there.
local found = 0
for i = 3, #ARGV do
  local job = load(ARGV[i])
  if job and (job.s == 'q' or job.s == 'w') then
    forget(job.id)
    found = found + 1
  elseif job and job.s == 'l' then
    job.c = true
    save(job)
    announce({ kind = 'cancelled', id = job.id })
    found = found + 1
  end
end
return found
