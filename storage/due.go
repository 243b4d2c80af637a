package storage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
)

// dueScript moves waiting messages whose instant has come to their lanes. One
// that stands in no lane goes on waiting until it is set aside: were it taken out
// here, it would be lost to everybody if the program died before that.
//
// KEYS: 1 pause, 2 waiting, 3 outs, 4 turn.
// ARGV: now, number at most, prefix of the lanes, prefix of the ready queues.
// Returns {"ok", number moved, channels with something new…, "", then id and text
// of each message that stands in no lane} or {"paused"}.
var dueScript = redis.NewScript(`
local call = redis.call
if call('EXISTS', KEYS[1]) == 1 then return {'paused'} end
local ids = call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, tonumber(ARGV[2]))
local turn = #ids > 0 and call('INCR', KEYS[4]) * 65536
local channels, answer, bad = {}, {'ok', tostring(#ids)}, {''}
for i, id in ipairs(ids) do
  local text = call('HGET', KEYS[3], id)
  local channel, sort, recipient = string.match(text or '', '^(%a+):(%a+):([^\n]*)\n')
  if text and not channel then
    bad[#bad + 1] = id; bad[#bad + 1] = text
  else
    call('ZREM', KEYS[2], id)
  end
  if channel then
    if call('RPUSH', ARGV[3] .. channel .. ':' .. sort .. ':' .. recipient, id) == 1 then
      call('ZADD', ARGV[4] .. channel .. ':' .. sort, 'NX', string.format('%.0f', turn + i), recipient)
    end
    if not channels[channel] then channels[channel] = true; answer[#answer + 1] = channel end
  end
end
for _, word in ipairs(bad) do answer[#answer + 1] = word end
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
		none := slices.Index(answer, "")
		for _, ch := range answer[2:none] {
			s.ring(dialog.Channel(ch))
		}
		for bad := range slices.Chunk(answer[none+1:], 2) {
			if err := s.setAside(ctx, bad[0], "", bad[1], "decode: no lane", now); err != nil {
				return total, err
			}
		}
		if total += n; n < maxOuts {
			return total, nil
		}
	}
}
