package storage

import (
	"context"
	"time"

	json "github.com/go-json-experiment/json/v1"
	"github.com/redis/go-redis/v9"

	"regia/dialog"
)

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
		text, err := sentInput(sent, out, f, now)
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

func sentInput(id string, out dialog.Out, f dialog.Failure, now time.Time) ([]byte, error) {
	raw, err := json.Marshal(dialog.In{ID: id, At: now, Sent: &dialog.Sent{Out: out, Outcome: f.Outcome, Return: f.Return}})
	if err != nil {
		return nil, err
	}
	return json.Marshal(pendingInput{Schema: Schema, Source: "sent", Raw: raw, At: now})
}
