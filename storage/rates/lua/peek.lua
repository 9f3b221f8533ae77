-- How full a bucket is, as storage/rates/window.py `level` says it; changes nothing.
-- KEYS[1]: the bucket. ARGV: window, now (0: this server's clock), microseconds. Answers {used, held}.

local window, now = tonumber(ARGV[1]), tonumber(ARGV[2])
if now == 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local stored = redis.call('GET', KEYS[1])
if not stored then return {0, 0} end
local flat, used, held = cmsgpack.unpack(stored), 0, 0
for i = 1, #flat[1], 2 do
  if flat[1][i] + window > now then used = used + flat[1][i + 1] end
end
for i = 1, #flat[2], 5 do
  if flat[2][i + 2] > now then
    held = held + flat[2][i + 1]
  elseif flat[2][i + 2] + window > now then
    used = used + flat[2][i + 1]
  end
end
return {used, held}
