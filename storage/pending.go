package storage

import (
	"context"
	"fmt"
	"time"

	json "github.com/go-json-experiment/json/v1"
	"github.com/redis/go-redis/v9"
)

// pendingInput is an input that waits in the store for the writer: the end of a
// message that could not be delivered, a command of another process, a dead
// letter that is tried again.
type pendingInput struct {
	Schema int       `json:"schema"`
	Source string    `json:"source"`
	Raw    []byte    `json:"raw"`
	At     time.Time `json:"at"`
}

// enqueueScript adds a pending input.
//
// KEYS: 1 pending, 2 pending order, 3 turn, 4 key of the id.
// ARGV: id, JSON. Returns 1, or 0 when it is pending or done already.
var enqueueScript = redis.NewScript(`
if redis.call('EXISTS', KEYS[4]) == 1 then return 0 end
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('ZADD', KEYS[2], redis.call('INCR', KEYS[3]), ARGV[1])
return 1
`)

// Enqueue leaves an input to the writer of the province, which may be another
// process. Raw is the JSON of a [dialog.In]. It tells whether the input is new.
func (s *Store) Enqueue(ctx context.Context, input Input) (bool, error) {
	if input.ID == "" || len(input.ID) > maxID {
		return false, fmt.Errorf("storage: an input needs an id of at most %d bytes", maxID)
	}
	text, err := json.Marshal(pendingInput{Schema, input.Source, input.Raw, input.At})
	if err != nil {
		return false, err
	}
	k := s.keys
	n, err := enqueueScript.Run(ctx, s.client, []string{k.pending(), k.pendingOrder(), k.turn(), k.done(input.ID)},
		input.ID, text).Int()
	signal(s.todo)
	return n == 1, temporary(err)
}

// Pending is the first n pending inputs, in the order in which they came. They
// stay until they are committed or dead, so the caller submits them before it
// asks again. Those of tg and mail (dead letters tried again) need a Decode.
func (s *Store) Pending(ctx context.Context, n int) ([]Input, error) {
	if n <= 0 {
		return nil, nil
	}
	ids, err := s.client.ZRange(ctx, s.keys.pendingOrder(), 0, int64(n)-1).Result()
	if err != nil || len(ids) == 0 {
		return nil, temporary(err)
	}
	texts, err := s.client.HMGet(ctx, s.keys.pending(), ids...).Result()
	if err != nil {
		return nil, temporary(err)
	}
	inputs := make([]Input, 0, len(ids))
	for i, text := range texts {
		text, ok := text.(string)
		if !ok {
			continue // taken meanwhile
		}
		var p pendingInput
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			return nil, fmt.Errorf("storage: pending input %s cannot be read: %w", ids[i], err)
		}
		if p.Schema > Schema {
			return nil, ErrNewer
		}
		inputs = append(inputs, Input{ID: ids[i], Source: p.Source, Raw: p.Raw, At: p.At, pending: true})
	}
	return inputs, nil
}

// Todo tells that this process has made an input pending. One of another process
// is found by asking from time to time.
func (s *Store) Todo() <-chan struct{} { return s.todo }

// forgetScript forgets an input that was committed before.
//
// KEYS: 1 tries, 2 pending, 3 pending order, 4 timers.
// ARGV: id, and for a timer its kind:id and instant.
var forgetScript = redis.NewScript(`
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
local found = ARGV[2] and redis.call('ZSCORE', KEYS[4], ARGV[2])
if found and tonumber(found) == tonumber(ARGV[3]) then redis.call('ZREM', KEYS[4], ARGV[2]) end
return 1
`)

// forget calls the store only for what may stand there.
func (s *Store) forget(ctx context.Context, it *item) error {
	member, at, timer := timerOf(it.ID)
	if !it.pending && !timer && it.tries == 0 {
		return nil
	}
	args := []any{it.ID}
	if timer {
		args = append(args, member, at)
	}
	k := s.keys
	return temporary(forgetScript.Run(ctx, s.client, []string{k.tries(), k.pending(), k.pendingOrder(), k.timers()}, args...).Err())
}
