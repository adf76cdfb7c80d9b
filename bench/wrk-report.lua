-- What wrk measured, as one line of JSON.
done = function(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"requests":%d,"bytes":%d,"us":%d,"failed":%d}\n', summary.requests, summary.bytes, summary.duration, failed))
end
