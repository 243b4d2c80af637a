package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	json "github.com/go-json-experiment/json/v1"
	"github.com/redis/go-redis/v9"

	"regia/dialog"
)

// outLease is how long a sender may hold a message before another one gets it.
// That of a dead process comes back at once, when the next writer starts.
const outLease = 5 * time.Minute

// Outbox is [dialog.Outbox] over the lanes of a province.
type Outbox struct{ store *Store }

// Outbox is what senders claim messages from.
func (s *Store) Outbox() Outbox { return Outbox{s} }

// A lane that is not empty is in one of three places: in its ready queue, leased,
// or (its recipient on hold) in none, until the hold ends. The message in hand
// stays at the head of its lane until it is finished.

// claimScript finishes messages and claims others.
//
// KEYS: 1 pause, 2 outs, 3 leases, 4 held, 5 turn, 6 ready replies, 7 ready notices.
// ARGV: now, end of the lease, number to claim, prefix of the lanes of this
// channel, then the ids of those done.
// Returns {"paused"}, or "ok" and for each message claimed its id, the lane it
// stood in without the channel, and its text, a line each.
var claimScript = redis.NewScript(`
local call = redis.call
if call('EXISTS', KEYS[1]) == 1 then return {'paused'} end
local now, expiry, n, lanes = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local sorts = {'reply', 'notice'}
local queue = {reply = KEYS[6], notice = KEYS[7]}
local function head(sort, recipient)
  call('ZADD', queue[sort], 0, recipient)
end
-- A call costs more than what it does, so many messages go by one.
if #ARGV > 4 then
  local texts = call('HMGET', KEYS[2], unpack(ARGV, 5))
  call('HDEL', KEYS[2], unpack(ARGV, 5))
  local leases, again = {}, {}
  for i, text in ipairs(texts) do
    if text then
      local id = ARGV[i + 4]
      local sort, recipient = string.match(text, '^%a+:(%a+):([^\n]*)\n')
      local lane = lanes .. sort .. ':' .. recipient
      local first = call('LRANGE', lane, 0, 1)
      if first[1] == id then
        call('LPOP', lane)
        leases[#leases + 1] = sort .. ':' .. recipient
        if first[2] then again[#again + 1] = {sort, recipient} end
      else
        call('LREM', lane, 1, id)
      end
    end
  end
  if #leases > 0 then call('ZREM', KEYS[3], unpack(leases)) end
  local turn = #again > 0 and call('INCR', KEYS[5]) * 65536
  for i, l in ipairs(again) do
    call('ZADD', queue[l[1]], 'NX', string.format('%.0f', turn + i), l[2])
  end
end
if n == 0 then return {'ok'} end
for _, lane in ipairs(call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, 1000)) do
  call('ZREM', KEYS[3], lane)
  head(string.match(lane, '^(%a+):(.*)$'))
end
for _, recipient in ipairs(call('ZRANGEBYSCORE', KEYS[4], '-inf', now, 'LIMIT', 0, 1000)) do
  call('ZREM', KEYS[4], recipient)
  for _, sort in ipairs(sorts) do
    if call('EXISTS', lanes .. sort .. ':' .. recipient) == 1
      and not call('ZSCORE', KEYS[3], sort .. ':' .. recipient) then head(sort, recipient) end
  end
end
local answer = {'ok'}
local holding = call('EXISTS', KEYS[4]) == 1
for _, sort in ipairs(sorts) do
  while #answer <= n do
    local popped = call('ZPOPMIN', queue[sort], n + 1 - #answer)
    if #popped == 0 then break end
    local free, ids = {}, {}
    for i = 1, #popped, 2 do
      if not (holding and call('ZSCORE', KEYS[4], popped[i])) then
        local id = call('LINDEX', lanes .. sort .. ':' .. popped[i], 0)
        if id then free[#free + 1] = popped[i]; ids[#ids + 1] = id end
      end
    end
    local texts = #ids > 0 and call('HMGET', KEYS[2], unpack(ids))
    local leases = {}
    for i, recipient in ipairs(free) do
      local id, text = ids[i], texts[i]
      if not text then -- recalled: the next one that is there
        local lane = lanes .. sort .. ':' .. recipient
        repeat
          call('LPOP', lane)
          id = call('LINDEX', lane, 0)
          text = id and call('HGET', KEYS[2], id)
        until text or not id
      end
      if text then
        local lane = sort .. ':' .. recipient
        leases[#leases + 1] = expiry; leases[#leases + 1] = lane
        answer[#answer + 1] = id .. '\n' .. lane .. '\n' .. text
      end
    end
    if #leases > 0 then call('ZADD', KEYS[3], unpack(leases)) end
  end
end
return answer
`)

// Claim is [dialog.Outbox] Claim.
func (b Outbox) Claim(ctx context.Context, ch dialog.Channel, n int, now time.Time, done ...dialog.Out) ([]dialog.Out, error) {
	k := b.store.keys
	names := []string{
		k.pause(), k.outs(), k.leases(ch), k.held(ch), k.turn(),
		k.ready(lane{ch, replies, ""}), k.ready(lane{ch, notices, ""}),
	}
	args := []any{millis(now), millis(now.Add(outLease)), max(n, 0), k.lanePrefix() + string(ch) + ":"}
	for _, out := range done {
		args = append(args, out.ID)
	}
	var texts []string
	claim := func() error {
		var err error
		if texts, err = claimScript.Run(ctx, b.store.client, names, args...).StringSlice(); err != nil {
			return temporary(err)
		}
		return paused(texts)
	}
	err := claim()
	if errors.Is(err, errPaused) {
		err = patiently(ctx, claim) // a backup is short
	}
	if err != nil {
		return nil, err
	}
	outs := make([]dialog.Out, 0, len(texts)-1)
	var failed error
	for _, text := range texts[1:] {
		id, rest, _ := strings.Cut(text, "\n")
		sort, text, _ := strings.Cut(rest, "\n")
		out, err := decodeOut(text)
		if err != nil {
			// The others are leased, and leave.
			failed = errors.Join(failed, b.store.setAside(ctx, id, string(ch)+":"+sort, text, whyNot(err), now))
			continue
		}
		outs = append(outs, out)
	}
	return outs, failed
}

// Done is [dialog.Outbox] Done.
func (b Outbox) Done(ctx context.Context, ch dialog.Channel, now time.Time, done ...dialog.Out) error {
	if len(done) == 0 {
		return nil
	}
	_, err := b.Claim(ctx, ch, 0, now, done...)
	return err
}

func paused(answer []string) error {
	switch {
	case len(answer) > 0 && answer[0] == "ok":
		return nil
	case len(answer) > 0 && answer[0] == "paused":
		return errPaused
	}
	return errors.New("storage: the script gave no answer")
}

// encodeOut puts the lane before the message, so that scripts need not read it.
func encodeOut(out dialog.Out) ([]byte, error) {
	if strings.ContainsAny(out.To, "\n") {
		return nil, errors.New("storage: a recipient cannot hold a line break")
	}
	body, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	return append([]byte(laneOf(out).String()+"\n"), body...), nil
}

// whyNot says why a message was not decoded, without its words.
func whyNot(err error) string {
	if errors.Is(err, ErrNewer) {
		return "decode: newer schema"
	}
	return "decode: " + class(err)
}

func decodeOut(text string) (dialog.Out, error) {
	var out dialog.Out
	lane, body, _ := strings.Cut(text, "\n")
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		return out, fmt.Errorf("storage: a message cannot be read: %w", err)
	}
	if out.Schema > dialog.OutSchema {
		return out, ErrNewer
	}
	if lane != laneOf(out).String() {
		return out, errors.New("storage: a message stands in another lane than its own")
	}
	return out, nil
}
