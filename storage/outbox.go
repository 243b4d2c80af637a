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
