package storage

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"
)

// attemptScript counts an attempt at each input before anything is made of it,
// so that one which kills the process is counted too. In company only the first
// attempt is counted: afterwards an input is under suspicion, comes alone, and
// is counted then. Otherwise three early deaths of the process would condemn all
// that happened to be queued.
//
// KEYS: 1 tries, 2 slots.
// ARGV: name of this call, "1" for an input alone, then for each input its id, and "k", key of the id,
// "", or "c", job, slot. Called again under the same name (the answer was lost),
// it counts nothing twice.
// Returns for each input the number of this attempt, or 0 when it is done.
var attemptScript = redis.NewScript(`
local call = redis.call
local ids, kept = {}, {}
for i = 3, #ARGV, 4 do
  ids[#ids + 1] = ARGV[i]
  if ARGV[i + 1] == 'k' then kept[#kept + 1] = ARGV[i + 2] end
end
local some = #kept > 0 and call('EXISTS', unpack(kept)) > 0
local before = call('HMGET', KEYS[1], unpack(ids))
local answer, count = {}, {}
for i = 3, #ARGV, 4 do
  local at = #answer + 1
  local done
  if ARGV[i + 1] == 'c' then
    local last = call('HGET', KEYS[2], ARGV[i + 2])
    done = last and last >= ARGV[i + 3]
  else
    done = some and call('EXISTS', ARGV[i + 2]) == 1
  end
  if done then
    answer[at] = 0
  else
    local n, name = string.match(before[at] or '0:', '^(%d+):(.*)$')
    n = tonumber(n)
    if name ~= ARGV[1] then
      n = n + 1
      if n == 1 or ARGV[2] == '1' then
        count[#count + 1] = ids[at]
        count[#count + 1] = string.format('%.0f', n) .. ':' .. ARGV[1]
      end
    end
    answer[at] = n
  end
end
if #count > 0 then call('HSET', KEYS[1], unpack(count)) end
return answer
`)

// round is a batch whose attempts are to be counted.
type round struct {
	name    string // of the call that counts
	items   []*item
	alone   bool
	counted bool
}

func (s *Store) attemptKeys() []string { return []string{s.keys.tries(), s.keys.slots()} }

func (s *Store) attemptArgs(r *round) []any {
	args := make([]any, 0, 2+4*len(r.items))
	args = append(args, r.name, r.alone)
	for _, it := range r.items {
		if job, slot, ok := slotOf(it.ID); ok {
			args = append(args, it.ID, "c", job, slot)
		} else {
			args = append(args, it.ID, "k", s.keys.done(it.ID), "")
		}
	}
	return args
}

// attempt counts, unless a commit before has done so on its way.
func (s *Store) attempt(ctx context.Context, r *round) error {
	if r.counted {
		return nil
	}
	return s.attempted(r, attemptScript.Run(ctx, s.client, s.attemptKeys(), s.attemptArgs(r)...))
}

func (s *Store) attempted(r *round, answer *redis.Cmd) error {
	counts, err := answer.Int64Slice()
	if err != nil {
		return temporary(err)
	}
	if len(counts) != len(r.items) {
		return errors.New("storage: attempts were not counted")
	}
	for i, n := range counts {
		r.items[i].tries = int(n)
	}
	r.counted = true
	return nil
}
