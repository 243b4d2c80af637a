package storage

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
)

// commitScript makes a batch true. It writes nothing before every check has
// passed, and Redis refuses for want of memory only the first write of a
// script: so it is all or nothing.
//
// KEYS: 1 fence, 2 pause, 3 sequence, 4 tries, 5 slots, 6 timers, 7 outs,
// 8 waiting, 9 turn, 10 pending, 11 pending order, 12 dead, 13 dead order,
// 14 aftermath.
//
// ARGV: fencing number; number of messages; number of ids, then for each either
// "k", key of the id, or "c", job, slot; number of documents read, then for
// each its key and version ("" when missing); then operations until the end,
// those of each message opened by "m". They are named beside the code.
//
// Returns {"ok", number of the first message}, {"fenced"}, {"paused"},
// {"done", positions of the ids found…} or {"conflict", keys of documents…}.
var commitScript = redis.NewScript(`
local A, p = ARGV, 1
local function arg() local v = A[p]; p = p + 1; return v end
local call = redis.call
if call('GET', KEYS[1]) ~= arg() then return {'fenced'} end
if call('EXISTS', KEYS[2]) == 1 then return {'paused'} end
local messages = tonumber(arg())
local answer, kept, place = {'done'}, {}, {}
for i = 1, tonumber(arg()) do
  if arg() == 'k' then
    kept[#kept + 1] = arg(); place[#kept] = tostring(i)
  else
    local last = call('HGET', KEYS[5], arg())
    local slot = arg()
    if last and last >= slot then answer[#answer + 1] = tostring(i) end
  end
end
if #kept > 0 and call('EXISTS', unpack(kept)) > 0 then
  for i, key in ipairs(kept) do
    if call('EXISTS', key) == 1 then answer[#answer + 1] = place[i] end
  end
end
if #answer > 1 then return answer end
answer = {'conflict'}
local docs, versions = {}, {}
for i = 1, tonumber(arg()) do docs[i] = arg(); versions[i] = arg() end
for from = 1, #docs, 500 do
  local found = call('MGET', unpack(docs, from, math.min(from + 499, #docs)))
  for i, text in ipairs(found) do
    local at = from + i - 1
    if (text and string.sub(text, 1, 16) or '') ~= versions[at] then answer[#answer + 1] = docs[at] end
  end
end
if #answer > 1 then return answer end

local first = call('INCRBY', KEYS[3], messages) - messages + 1
local number, version = first - 1, ''
-- A call costs more than what it does: what goes to one key, or to many in the
-- same way, goes there together, at the end.
local outs, texts, finished, queues = {}, {}, {}, {}
local function together(list, command, key)
  for i = 1, #list, 500 do
    local last = math.min(i + 499, #list)
    if key then call(command, key, unpack(list, i, last)) else call(command, unpack(list, i, last)) end
  end
end
local function flush()
  together(outs, 'HSET', KEYS[7])
  outs = {}
end
local turns = 0
local function ready(key, recipient)
  local queue = queues[key]
  if not queue then queue = {}; queues[key] = queue end
  queue[#queue + 1] = turns; queue[#queue + 1] = recipient
  turns = turns + 1
end
local op = {
  -- the next message
  m = function() number = number + 1; version = string.format('%016.0f', number) end,
  -- key, JSON: a document; with milliseconds to live; its removal
  d = function() local key = arg(); texts[key] = version .. arg() end,
  D = function()
    local key = arg(); local body = arg(); texts[key] = nil
    call('SET', key, version .. body, 'PX', arg())
  end,
  x = function() local key = arg(); texts[key] = nil; call('DEL', key) end,
  -- key, member: into the list and out of it
  ['+'] = function() local key = arg(); call('ZADD', key, 0, arg()) end,
  ['-'] = function() local key = arg(); call('ZREM', key, arg()) end,
  -- kind:id, instant: set a timer; clear it; clear it if it is still that one
  t = function() local member = arg(); call('ZADD', KEYS[6], arg(), member) end,
  T = function() call('ZREM', KEYS[6], arg()) end,
  f = function()
    local member = arg(); local at = tonumber(arg())
    local found = call('ZSCORE', KEYS[6], member)
    if found and tonumber(found) == at then call('ZREM', KEYS[6], member) end
  end,
  -- id, text, key of the lane, key of the ready queue, recipient: may leave now
  o = function()
    local id = arg()
    outs[#outs + 1] = id; outs[#outs + 1] = arg()
    local lane = arg(); local queue = arg(); local recipient = arg()
    if call('RPUSH', lane, id) == 1 then ready(queue, recipient) end
  end,
  -- id, text, instant: may not leave before
  w = function()
    local id = arg()
    outs[#outs + 1] = id; outs[#outs + 1] = arg()
    call('ZADD', KEYS[8], arg(), id)
  end,
  -- key, id, milliseconds: an out that can be recalled
  r = function() local key = arg(); call('SADD', key, arg()); call('PEXPIRE', key, arg()) end,
  -- key: recall what waits
  c = function()
    flush()
    local key = arg()
    for _, id in ipairs(call('SMEMBERS', key)) do
      if call('ZREM', KEYS[8], id) == 1 then call('HDEL', KEYS[7], id) end
    end
    call('DEL', key)
  end,
  -- key, milliseconds: an id that is done
  i = function() local key = arg(); call('SET', key, '1', 'PX', arg()) end,
  -- job, slot: the slot that is done
  s = function() local job = arg(); call('HSET', KEYS[5], job, arg()) end,
  -- id: no attempts any more
  n = function() finished[#finished + 1] = arg() end,
  -- id: not pending any more
  p = function() local id = arg(); call('HDEL', KEYS[10], id); call('ZREM', KEYS[11], id) end,
  -- JSON: something to do outside Redis
  a = function() call('RPUSH', KEYS[14], (string.gsub(arg(), '@version', version))) end,
  -- id, JSON, instant, oldest instant kept: a dead letter
  k = function()
    local id = arg(); call('HSET', KEYS[12], id, arg()); call('ZADD', KEYS[13], arg(), id)
    local oldest = arg()
    for _, old in ipairs(call('ZRANGEBYSCORE', KEYS[13], '-inf', '(' .. oldest, 'LIMIT', 0, 100)) do
      call('ZREM', KEYS[13], old); call('HDEL', KEYS[12], old)
    end
  end,
}
while p <= #A do op[arg()]() end
flush()
local saved = {}
for key, text in pairs(texts) do saved[#saved + 1] = key; saved[#saved + 1] = text end
together(saved, 'MSET')
together(finished, 'HDEL', KEYS[4])
if turns > 0 then
  local turn = call('INCR', KEYS[9]) * 65536
  for key, queue in pairs(queues) do
    for i = 1, #queue, 2 do queue[i] = string.format('%.0f', turn + queue[i]) end
    for i = 1, #queue, 500 do
      call('ZADD', key, 'NX', unpack(queue, i, math.min(i + 499, #queue)))
    end
  end
end
return {'ok', string.format('%.0f', first)}
`)

// verdict is what the commit answered when it wrote nothing.
type verdict struct {
	done      map[*item]bool
	conflicts []dialog.Ref
}

// commit makes the overlay true. A verdict says that it was not, and why. On
// its way it counts the attempts of the next round, if there is one: that makes
// one writing to disk of two.
func (s *Store) commit(ctx context.Context, fence string, o *overlay, next *round) (*verdict, error) {
	if len(o.messages) == 0 {
		return nil, nil
	}
	args, items, err := s.commitArgs(fence, o)
	if err != nil {
		return nil, err
	}
	// A sender may have a message of this commit in hand before the answer is
	// here: what it renders is then read from Redis, and not as it was. And a
	// commit whose answer is lost may have been made true all the same.
	o.forget()
	answer, err := s.runCommit(ctx, args, next).StringSlice()
	if err != nil {
		return nil, temporary(err)
	}
	if len(answer) == 0 {
		return nil, errors.New("storage: the commit gave no answer")
	}
	switch answer[0] {
	case "ok":
		first, err := strconv.ParseInt(answer[1], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("storage: the commit answered %q", answer[1])
		}
		o.committed(first)
		s.announce(o)
		return nil, nil
	case "fenced":
		s.cache.use(false) // another process writes: what is at hand may be old
		return nil, ErrFenced
	case "paused":
		return nil, errPaused
	case "done":
		v := &verdict{done: map[*item]bool{}}
		for _, text := range answer[1:] {
			if i, err := strconv.Atoi(text); err == nil && i >= 1 && i <= len(items) {
				v.done[items[i-1]] = true
			}
		}
		return v, nil
	case "conflict":
		v := &verdict{}
		for _, key := range answer[1:] {
			ref := s.keys.ref(key)
			s.cache.drop(ref)
			v.conflicts = append(v.conflicts, ref)
		}
		return v, nil
	}
	return nil, fmt.Errorf("storage: the commit answered %q", answer[0])
}

func (s *Store) runCommit(ctx context.Context, args []any, next *round) *redis.Cmd {
	if next == nil || next.counted {
		return commitScript.Run(ctx, s.client, s.commitKeys(), args...)
	}
	pipe := s.client.Pipeline()
	done := commitScript.EvalSha(ctx, pipe, s.commitKeys(), args...)
	counted := attemptScript.EvalSha(ctx, pipe, s.attemptKeys(), s.attemptArgs(next)...)
	_, _ = pipe.Exec(ctx)          // each answer has its own error
	_ = s.attempted(next, counted) // what was not counted now is counted later, under the same name
	if redis.HasErrorPrefix(done.Err(), "NOSCRIPT") {
		return commitScript.Run(ctx, s.client, s.commitKeys(), args...)
	}
	return done
}

func (s *Store) commitKeys() []string {
	k := s.keys
	return []string{
		k.fence(), k.pause(), k.sequence(), k.tries(), k.slots(), k.timers(), k.outs(),
		k.waiting(), k.turn(), k.pending(), k.pendingOrder(), k.dead(), k.deadOrder(), k.aftermath(),
	}
}

// announce wakes the senders of this process.
func (s *Store) announce(o *overlay) {
	for _, m := range o.messages {
		for _, out := range m.outs {
			s.ring(out.Channel)
		}
	}
}
