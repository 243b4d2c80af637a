package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
)

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
