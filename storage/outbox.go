package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

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
// Returns {"paused"}, or "ok" and the texts of the messages claimed.
var claimScript = redis.NewScript(`
local call = redis.call
if call('EXISTS', KEYS[1]) == 1 then return {'paused'} end
local now, expiry, n, lanes = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local sorts = {'reply', 'notice'}
local queue = {reply = KEYS[6], notice = KEYS[7]}
local function head(sort, recipient)
  call('ZADD', queue[sort], 0, recipient)
end
for i = 5, #ARGV do
  local text = call('HGET', KEYS[2], ARGV[i])
  if text then
    call('HDEL', KEYS[2], ARGV[i])
    local sort, recipient = string.match(text, '^%a+:(%a+):([^\n]*)\n')
    local lane = lanes .. sort .. ':' .. recipient
    if call('LINDEX', lane, 0) == ARGV[i] then
      call('LPOP', lane)
      call('ZREM', KEYS[3], sort .. ':' .. recipient)
      if call('EXISTS', lane) == 1 then
        call('ZADD', queue[sort], 'NX', string.format('%.0f', call('INCR', KEYS[5]) * 65536), recipient)
      end
    else
      call('LREM', lane, 1, ARGV[i])
    end
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
for _, sort in ipairs(sorts) do
  while #answer <= n do
    local recipients = call('ZRANGE', queue[sort], 0, n - #answer)
    if #recipients == 0 then break end
    for _, recipient in ipairs(recipients) do
      call('ZREM', queue[sort], recipient)
      if not call('ZSCORE', KEYS[4], recipient) then
        local lane = lanes .. sort .. ':' .. recipient
        local id = call('LINDEX', lane, 0)
        while id do
          local text = call('HGET', KEYS[2], id)
          if text then
            call('ZADD', KEYS[3], expiry, sort .. ':' .. recipient)
            answer[#answer + 1] = text
            break
          end
          call('LPOP', lane)
          id = call('LINDEX', lane, 0)
        end
      end
    end
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
	for _, text := range texts[1:] {
		out, err := decodeOut(text)
		if err != nil {
			return outs, err
		}
		outs = append(outs, out)
	}
	return outs, nil
}

// Done is [dialog.Outbox] Done.
func (b Outbox) Done(ctx context.Context, ch dialog.Channel, now time.Time, done ...dialog.Out) error {
	if len(done) == 0 {
		return nil
	}
	_, err := b.Claim(ctx, ch, 0, now, done...)
	return err
}

// failScript ends the lease of a message that did not leave.
//
// KEYS: 1 pause, 2 outs, 3 leases, 4 held, 5 turn, 6 ready queue of the lane,
// 7 lane, 8 pending, 9 pending order, 10 key of the id of the Sent input.
// ARGV: id, sort, recipient, then either instant until which the recipient is
// held and new text of the message, or "", id of the Sent input and its JSON.
// Returns {"ok"} or {"paused"}.
var failScript = redis.NewScript(`
local call = redis.call
if call('EXISTS', KEYS[1]) == 1 then return {'paused'} end
local id, sort, recipient = ARGV[1], ARGV[2], ARGV[3]
if call('HEXISTS', KEYS[2], id) == 0 then return {'ok'} end
local first = call('LINDEX', KEYS[7], 0) == id
if ARGV[4] ~= '' then
  call('HSET', KEYS[2], id, ARGV[5])
  if first then
    call('ZREM', KEYS[3], sort .. ':' .. recipient)
    local held = call('ZSCORE', KEYS[4], recipient)
    if not held or tonumber(held) < tonumber(ARGV[4]) then call('ZADD', KEYS[4], ARGV[4], recipient) end
  end
  return {'ok'}
end
call('HDEL', KEYS[2], id)
if first then
  call('LPOP', KEYS[7])
  call('ZREM', KEYS[3], sort .. ':' .. recipient)
  if call('EXISTS', KEYS[7]) == 1 then
    call('ZADD', KEYS[6], 'NX', string.format('%.0f', call('INCR', KEYS[5]) * 65536), recipient)
  end
else
  call('LREM', KEYS[7], 1, id)
end
if call('EXISTS', KEYS[10]) == 0 and call('HSETNX', KEYS[8], ARGV[5], ARGV[6]) == 1 then
  call('ZADD', KEYS[9], call('INCR', KEYS[5]), ARGV[5])
end
return {'ok'}
`)

// Fail is [dialog.Outbox] Fail. A lasting failure becomes a pending input.
func (b Outbox) Fail(ctx context.Context, ch dialog.Channel, out dialog.Out, f dialog.Failure, now time.Time) error {
	out.Channel = ch
	l, k := laneOf(out), b.store.keys
	args := []any{out.ID, l.sort, l.to}
	sent := "sent:" + out.ID + ":" + string(f.Outcome)
	if f.Temporary {
		out.Tries++
		if out.FirstTry.IsZero() {
			out.FirstTry = now
		}
		text, err := encodeOut(out)
		if err != nil {
			return err
		}
		args = append(args, millis(f.RetryAt), text)
	} else {
		text, err := sentInput(sent, out, f.Outcome, now)
		if err != nil {
			return err
		}
		args = append(args, "", sent, text)
	}
	err := patiently(ctx, func() error {
		answer, err := failScript.Run(ctx, b.store.client, []string{
			k.pause(), k.outs(), k.leases(ch), k.held(ch), k.turn(), k.ready(l), k.lane(l),
			k.pending(), k.pendingOrder(), k.done(sent),
		}, args...).StringSlice()
		if err != nil {
			return temporary(err)
		}
		return paused(answer)
	})
	if err == nil && !f.Temporary {
		signal(b.store.todo)
	}
	return err
}

func sentInput(id string, out dialog.Out, outcome dialog.Outcome, now time.Time) ([]byte, error) {
	raw, err := json.Marshal(dialog.In{ID: id, At: now, Sent: &dialog.Sent{Out: out, Outcome: outcome}})
	if err != nil {
		return nil, err
	}
	return json.Marshal(pendingInput{Schema: Schema, Source: "sent", Raw: raw, At: now})
}

// dueScript moves waiting messages whose instant has come to their lanes.
//
// KEYS: 1 pause, 2 waiting, 3 outs, 4 turn.
// ARGV: now, number at most, prefix of the lanes, prefix of the ready queues.
// Returns {"ok", number moved, channels with something new…} or {"paused"}.
var dueScript = redis.NewScript(`
local call = redis.call
if call('EXISTS', KEYS[1]) == 1 then return {'paused'} end
local ids = call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, tonumber(ARGV[2]))
local turn = #ids > 0 and call('INCR', KEYS[4]) * 65536
local channels, answer = {}, {'ok', tostring(#ids)}
for i, id in ipairs(ids) do
  call('ZREM', KEYS[2], id)
  local text = call('HGET', KEYS[3], id)
  if text then
    local channel, sort, recipient = string.match(text, '^(%a+):(%a+):([^\n]*)\n')
    if call('RPUSH', ARGV[3] .. channel .. ':' .. sort .. ':' .. recipient, id) == 1 then
      call('ZADD', ARGV[4] .. channel .. ':' .. sort, 'NX', string.format('%.0f', turn + i), recipient)
    end
    if not channels[channel] then channels[channel] = true; answer[#answer + 1] = channel end
  end
end
return answer
`)

// Due moves the waiting messages whose instant has come to their lanes, and
// says how many.
func (s *Store) Due(ctx context.Context, now time.Time) (int, error) {
	k, total := s.keys, 0
	for {
		answer, err := dueScript.Run(ctx, s.client, []string{k.pause(), k.waiting(), k.outs(), k.turn()},
			millis(now), maxOuts, k.lanePrefix(), k.readyPrefix()).StringSlice()
		if err == nil {
			err = paused(answer)
		}
		if err != nil {
			return total, temporary(err)
		}
		n := 0
		if _, err := fmt.Sscan(answer[1], &n); err != nil {
			return total, err
		}
		for _, ch := range answer[2:] {
			s.ring(dialog.Channel(ch))
		}
		if total += n; n < maxOuts {
			return total, nil
		}
	}
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

func decodeOut(text string) (dialog.Out, error) {
	var out dialog.Out
	_, body, _ := strings.Cut(text, "\n")
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		return out, fmt.Errorf("storage: a message cannot be read: %T", err)
	}
	if out.Schema > dialog.OutSchema {
		return out, ErrNewer
	}
	return out, nil
}
