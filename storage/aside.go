package storage

import (
	"context"
	"strings"
	"time"

	json "github.com/go-json-experiment/json/v1"
	"github.com/redis/go-redis/v9"

	"regia/dialog"
)

// OutSource is the source of a dead letter that was to leave: its id is
// "out:<id of the message>" and its Raw what stood in the outbox.
const OutSource = "out"

// asideScript lays a message to leave among the dead letters, and lets the next
// one of its lane go.
//
// KEYS: 1 pause, 2 outs, 3 waiting, 4 dead, 5 dead order, and where it stands in
// a lane 6 leases, 7 turn, 8 lane, 9 ready queue.
// ARGV: id, its text, id of the dead letter, its JSON, its instant, sort and
// recipient. Returns {"ok"} or {"paused"}.
var asideScript = redis.NewScript(`
local call = redis.call
if call('EXISTS', KEYS[1]) == 1 then return {'paused'} end
local id = ARGV[1]
if call('HGET', KEYS[2], id) ~= ARGV[2] then return {'ok'} end
call('HDEL', KEYS[2], id)
call('ZREM', KEYS[3], id)
call('HSET', KEYS[4], ARGV[3], ARGV[4])
call('ZADD', KEYS[5], ARGV[5], ARGV[3])
if KEYS[6] and call('LINDEX', KEYS[8], 0) == id then
  call('LPOP', KEYS[8])
  call('ZREM', KEYS[6], ARGV[6] .. ':' .. ARGV[7])
  if call('EXISTS', KEYS[8]) == 1 then
    call('ZADD', KEYS[9], 'NX', string.format('%.0f', call('INCR', KEYS[7]) * 65536), ARGV[7])
  end
end
return {'ok'}
`)

// setAside lays a message that cannot be read, and stands in a lane or in none,
// among the dead letters, and has the office told: the others of that lane go on.
func (s *Store) setAside(ctx context.Context, id, in, text, why string, now time.Time) error {
	d := Dead{Schema: Schema, ID: OutSource + ":" + id, Source: OutSource, Raw: []byte(text), Class: why, At: now}
	letter, err := json.Marshal(d)
	if err != nil {
		return err
	}
	if err := s.tell(ctx, d); err != nil { // before: its id tells it once
		return err
	}
	k := s.keys
	names := []string{k.pause(), k.outs(), k.waiting(), k.dead(), k.deadOrder()}
	args := []any{id, text, d.ID, letter, millis(now)}
	if l, ok := parseLane(in); ok {
		names = append(names, k.leases(l.channel), k.turn(), k.lane(l), k.ready(l))
		args = append(args, l.sort, l.to)
	}
	s.log.Error("storage: a message to leave is set aside", "out", id, "class", d.Class)
	return patiently(ctx, func() error {
		answer, err := asideScript.Run(ctx, s.client, names, args...).StringSlice()
		if err != nil {
			return temporary(err)
		}
		return paused(answer)
	})
}

// resendScript puts a message that was set aside at the end of its lane.
//
// KEYS: 1 dead, 2 dead order, 3 outs, 4 lane, 5 ready queue, 6 turn.
// ARGV: id of the dead letter, id of the message, its text, recipient. Returns 1,
// or 0 when there is none.
var resendScript = redis.NewScript(`
local call = redis.call
if call('HDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
call('ZREM', KEYS[2], ARGV[1])
call('HSET', KEYS[3], ARGV[2], ARGV[3])
if call('RPUSH', KEYS[4], ARGV[2]) == 1 then
  call('ZADD', KEYS[5], 'NX', string.format('%.0f', call('INCR', KEYS[6]) * 65536), ARGV[4])
end
return 1
`)

// resend lets a message leave that can be read by now.
func (s *Store) resend(ctx context.Context, d Dead) (bool, error) {
	out, err := decodeOut(string(d.Raw))
	if err != nil {
		return false, err
	}
	l, k := laneOf(out), s.keys
	n, err := resendScript.Run(ctx, s.client, []string{k.dead(), k.deadOrder(), k.outs(), k.lane(l), k.ready(l), k.turn()},
		d.ID, strings.TrimPrefix(d.ID, OutSource+":"), d.Raw, l.to).Int()
	if err == nil {
		s.ring(dialog.Channel(l.channel))
	}
	return n == 1, temporary(err)
}
