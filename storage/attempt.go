package storage

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"
)

// attemptScript counts an attempt at each input before anything is made of it,
// so that one which kills the process is counted too.
//
// KEYS: 1 tries, 2 slots.
// ARGV: for each input its id, then "k", key of the id, "", or "c", job, slot.
// Returns for each input the number of this attempt, or 0 when it is done.
var attemptScript = redis.NewScript(`
local answer = {}
for i = 1, #ARGV, 4 do
  local done
  if ARGV[i + 1] == 'k' then
    done = redis.call('EXISTS', ARGV[i + 2]) == 1
  else
    local last = redis.call('HGET', KEYS[2], ARGV[i + 2])
    done = last and last >= ARGV[i + 3]
  end
  if done then
    answer[#answer + 1] = 0
  else
    answer[#answer + 1] = redis.call('HINCRBY', KEYS[1], ARGV[i], 1)
  end
end
return answer
`)

func (s *Store) attempt(ctx context.Context, batch []*item) error {
	args := make([]any, 0, 4*len(batch))
	for _, it := range batch {
		if job, slot, ok := slotOf(it.ID); ok {
			args = append(args, it.ID, "c", job, slot)
		} else {
			args = append(args, it.ID, "k", s.keys.done(it.ID), "")
		}
	}
	counts, err := attemptScript.Run(ctx, s.client, []string{s.keys.tries(), s.keys.slots()}, args...).Int64Slice()
	if err != nil {
		return temporary(err)
	}
	if len(counts) != len(batch) {
		return errors.New("storage: attempts were not counted")
	}
	for i, n := range counts {
		batch[i].tries = int(n)
	}
	return nil
}
