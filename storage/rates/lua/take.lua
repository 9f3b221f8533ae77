-- One ask at one bucket, as storage/rates/window.py `take` says it, step by step.
-- KEYS[1]: the bucket. ARGV: replica, ttl, now (0: this server's clock), the ask as msgpack (storage/rates/authority.py:
-- its fields in their order). Times are microseconds. Answers {granted, left, wait}.
-- The bucket is one string: cmsgpack of {{at, n, at, n, ...}, {name, n, until, seq, turn, ...}}.

local SLOTS, AHEAD_SHARE, REMEMBER, HELD_WAIT = 100, 50, 60000000, 100000

local replica, ttl, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local ask = cmsgpack.unpack(ARGV[4])
local limit, window, have, seq, uses, need, want, ahead = ask[2], ask[3], ask[4], ask[5], ask[6], ask[7], ask[8], ask[9]
local turn = ask[10]
if now == 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end

local slots, held = {}, {}
local stored = redis.call('GET', KEYS[1])
if stored then
  local flat = cmsgpack.unpack(stored)
  for i = 1, #flat[1], 2 do slots[#slots + 1] = {flat[1][i], flat[1][i + 1]} end
  for i = 1, #flat[2], 5 do
    local name, n, till, last, from = unpack(flat[2], i, i + 4)
    held[#held + 1] = {name = name, n = n, till = till, seq = last, turn = from}
  end
end

local size = math.floor(window / SLOTS)
local function slot_of(at) return math.floor(at / size) end

local function add(n, at)
  local slot, place = slot_of(at), #slots
  while place > 0 and slot_of(slots[place][1]) > slot do place = place - 1 end
  if place > 0 and slot_of(slots[place][1]) == slot then
    slots[place][2] = slots[place][2] + n
    slots[place][1] = math.max(slots[place][1], at)
  else
    table.insert(slots, place + 1, {at, n})
  end
end

local function credit(n, at)
  local slot, before = slot_of(at), 0
  for place, entry in ipairs(slots) do
    if slot_of(entry[1]) < slot then before = place end
  end
  for _, place in ipairs({before + 1, before + 2, before}) do
    local entry = slots[place]
    if entry and slot_of(entry[1]) <= slot + 1 then
      local taken = math.min(n, entry[2])
      entry[2] = entry[2] - taken
      n = n - taken
    end
  end
  local left = {}
  for _, entry in ipairs(slots) do
    if entry[2] > 0 then left[#left + 1] = entry end
  end
  slots = left
end

-- advance
local later = 0
while #slots > 0 and slots[#slots][1] > now do later = later + table.remove(slots)[2] end
if later > 0 then add(later, now) end
local kept = {}
for _, entry in ipairs(slots) do
  if #kept > 0 or entry[1] + window > now then kept[#kept + 1] = entry end
end
slots = kept
local alive, mine = {}, nil
for _, hold in ipairs(held) do
  hold.till = math.min(hold.till, now + ttl)
  if hold.n > 0 and hold.till <= now then
    if hold.till + window > now then add(hold.n, hold.till) end
    hold.n = 0
  end
  if hold.n > 0 or hold.till + REMEMBER > now then
    alive[#alive + 1] = hold
    if hold.name == replica then mine = hold end
  end
end
held = alive

local function store()
  local flat = {{}, {}}
  for _, entry in ipairs(slots) do
    table.insert(flat[1], entry[1])
    table.insert(flat[1], entry[2])
  end
  for _, hold in ipairs(held) do
    for _, value in ipairs({hold.name, hold.n, hold.till, hold.seq, hold.turn}) do table.insert(flat[2], value) end
  end
  redis.call('SET', KEYS[1], cmsgpack.pack(flat), 'PX', math.floor((window + ttl + REMEMBER) / 1000))
end

-- report
if not mine then
  mine = {name = replica, n = 0, till = 0, seq = 0, turn = 0}
  held[#held + 1] = mine
end
if turn < mine.turn then
  store()
  return {0, 0, HELD_WAIT}
end
mine.turn = turn
if seq > mine.seq then
  mine.seq = seq
  for _, use in ipairs(uses) do
    local n, age = use[1], use[2]
    local at = now - math.max(age, 0)
    if n > 0 and at + window > now then
      add(n, at)
    elseif n < 0 and at + window > now then
      credit(-n, at)
    end
  end
end
mine.n, mine.till = have, now + ttl

-- grant
local idle, used = 0, 0
for _, hold in ipairs(held) do idle = idle + hold.n end
for _, entry in ipairs(slots) do used = used + entry[2] end
local left, granted = limit - idle - used, 0
if want > 0 and left >= need then granted = math.min(left, want) end
if ahead > 0 and granted == want then
  local room = math.floor(limit / AHEAD_SHARE)
  if window > 0 then room = math.floor((room - idle + 1) / 2) end
  room = math.min(room, math.floor((left - granted) / 4))
  granted = granted + math.max(0, math.min(ahead, room))
end
mine.n = mine.n + granted
left = left - granted
local wait = 0
if granted < want then
  wait = HELD_WAIT
  local missing = need - left
  for _, entry in ipairs(slots) do
    missing = missing - entry[2]
    if missing <= 0 then
      wait = math.max(1, entry[1] + window - now)
      break
    end
  end
end

store()
return {granted, left, wait}
