"""What runs inside Redis, each as one indivisible step.

Every script first compares the key of the epoch (`identity nonce`) with what its caller believes: a view that was
flushed or belongs to other cells has another one, or none. All other keys carry the epoch's nonce. Numbers that may be
larger than Lua's are only passed on as text.
"""

from __future__ import annotations

OPEN = """
local held = redis.call('GET', KEYS[1])
local mine = ARGV[1] .. ' '
if not held or string.sub(held, 1, #mine) ~= mine or held == ARGV[3] then
  held = mine .. ARGV[2]
  redis.call('SET', KEYS[1], held)
end
return held
"""
"""ARGV: identity, a fresh nonce, an epoch to end or ''. Gives the epoch."""

LOOK = """
local held = redis.call('GET', KEYS[1])
local mine = ARGV[2] .. ' '
if not held or string.sub(held, 1, #mine) ~= mine then return false end
return {held, redis.call('HGETALL', ARGV[1] .. string.sub(held, #mine + 1) .. ':shards')}
"""
"""ARGV: prefix, identity. Gives the epoch and [shard, progress, ...]."""

READ = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'lost' end
local base, kind, cell, first, last = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local from, to = tonumber(ARGV[7]), tonumber(ARGV[8])
local month, minute = unpack(redis.call('HMGET', base .. 'horizon', 'month', 'minute'))
if not month then return 'old' end
if kind == 'd' and from < tonumber(month) then return 'old' end
if kind == 'm' and tonumber(first) < tonumber(minute) then return 'old' end
local count = 0
for at = from, to do count = count + redis.call('HLEN', base .. kind .. at .. ':' .. cell) end
if count > tonumber(ARGV[9]) then return 'large' end
local out = {}
for at = from, to do
  local rows = redis.call('HGETALL', base .. kind .. at .. ':' .. cell)
  for i = 1, #rows, 2 do
    local period = string.match(rows[i], '^[^|]*')
    local is_in
    if kind == 'd' then is_in = period >= first and period <= last
    else is_in = tonumber(period) >= tonumber(first) and tonumber(period) <= tonumber(last) end
    if is_in then
      out[#out + 1] = rows[i]
      out[#out + 1] = string.match(rows[i + 1], ':(.*)$')
    end
  end
end
return out
"""
"""ARGV: epoch, base, kind, cell, first, last, first and last bucket, most rows. Gives [field, value, ...]."""

WRITE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'lost' end
local base, version = ARGV[2], ARGV[3]
local number = tonumber(version)
local mark = ARGV[5] ~= '' and cmsgpack.unpack(ARGV[5])
if mark and mark.before then
  local shown = redis.call('HGET', base .. 'shards', mark.shard)
  if not shown or tonumber(string.match(shown, '^%d+')) < tonumber(mark.before) then mark.is_gap = true end
end
local held = redis.call('HMGET', base .. 'horizon', 'month', 'hour')
local oldest = {d = tonumber(held[1] or 0), m = tonumber(held[2] or 0)}
for _, part in ipairs(cmsgpack.unpack(ARGV[4])) do
  local kind, bucket, cells, rows = unpack(part)
  if bucket >= oldest[kind] then
    local name = kind .. string.format('%d', bucket)
    redis.call('SADD', base .. 'buckets', name)
    redis.call('SADD', base .. 'in:' .. name, unpack(cells))
    for at, cell in ipairs(cells) do
      local key, pairs_of, fields, fresh = base .. name .. ':' .. cell, rows[at], {}, {}
      for i = 1, #pairs_of, 2 do fields[#fields + 1] = pairs_of[i] end
      local old = redis.call('HMGET', key, unpack(fields))
      for i, field in ipairs(fields) do
        if not old[i] or tonumber(string.match(old[i], '^%d+')) < number then
          fresh[#fresh + 1] = field
          fresh[#fresh + 1] = version .. ':' .. pairs_of[2 * i]
        end
      end
      if #fresh > 0 then redis.call('HSET', key, unpack(fresh)) end
    end
  end
end
if not mark then return 'ok' end
if mark.is_gap then return 'gap' end
local shown = redis.call('HGET', base .. 'shards', mark.shard)
if not shown or tonumber(string.match(shown, '^%d+')) < tonumber(mark.batch) then
  redis.call('HSET', base .. 'shards', mark.shard, mark.progress)
end
for name, at in pairs(mark.horizon) do
  local now = redis.call('HGET', base .. 'horizon', name)
  if not now or tonumber(now) < tonumber(at) then redis.call('HSET', base .. 'horizon', name, at) end
end
held = redis.call('HMGET', base .. 'horizon', 'month', 'hour')
oldest = {d = tonumber(held[1]), m = tonumber(held[2])}
for _, name in ipairs(redis.call('SMEMBERS', base .. 'buckets')) do
  if tonumber(string.sub(name, 2)) < oldest[string.sub(name, 1, 1)] then
    local cells = redis.call('SPOP', base .. 'in:' .. name, 500)
    for _, cell in ipairs(cells) do redis.call('UNLINK', base .. name .. ':' .. cell) end
    if redis.call('EXISTS', base .. 'in:' .. name) == 0 then redis.call('SREM', base .. 'buckets', name) end
    break
  end
end
redis.call('PUBLISH', mark.channel, mark.batch)
return 'ok'
"""
"""ARGV: epoch, base, batch of the rows, parts, mark or ''. Gives 'ok', 'gap' or 'lost'.

A part is [kind, bucket, [cell, ...], [[field, value, ...] of each cell]]. A bucket knows its cells before they have
rows, so that nothing is left behind when memory ends. The mark shows the shard as of its `batch`; with `before` only if
the shard is shown as of that batch or a later one. What became too old is let go a piece at a time.
"""

RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""
