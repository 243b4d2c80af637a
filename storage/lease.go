package storage

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
)

// acquireScript makes a process the writer of the province, gives it the next
// fencing number, and puts the messages that the writer before had in hand back
// to the heads of their lanes.
//
// KEYS: 1 lease, 2 fence, then for each channel leases.
// ARGV: token, milliseconds, "1" to take it over from whoever has it, prefix of
// the ready queues, then the channels in the order of their keys.
// Returns the fencing number, or false when another process is the writer.
var acquireScript = redis.NewScript(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] and ARGV[3] ~= '1' then return false end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
for i = 3, #KEYS do
  for _, lane in ipairs(redis.call('ZRANGE', KEYS[i], 0, -1)) do
    local sort, recipient = string.match(lane, '^(%a+):(.*)$')
    redis.call('ZADD', ARGV[4] .. ARGV[i + 2] .. ':' .. sort, 0, recipient)
  end
  redis.call('DEL', KEYS[i])
end
return tostring(redis.call('INCR', KEYS[2]))
`)

// renewScript keeps the lease.
//
// KEYS: 1 lease. ARGV: token, milliseconds.
// Returns 1, or 0 when another process has it.
var renewScript = redis.NewScript(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`)

// releaseScript gives the lease up.
//
// KEYS: 1 lease. ARGV: token. Returns 1, or 0 when it was not held.
var releaseScript = redis.NewScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`)

// acquire waits until this process is the writer.
func (s *Store) acquire(ctx context.Context) (token, fence string, err error) {
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return "", "", err
	}
	token = hex.EncodeToString(raw)
	takeOver := "0"
	if s.exclusive {
		takeOver = "1"
	}
	k := s.keys
	names := []string{k.lease(), k.fence(), k.leases(dialog.ByChat), k.leases(dialog.ByMail)}
	said := false
	for {
		err = patiently(ctx, func() error {
			var err error
			fence, err = acquireScript.Run(ctx, s.client, names, token, s.leaseTime.Milliseconds(), takeOver,
				k.readyPrefix(), string(dialog.ByChat), string(dialog.ByMail)).Text()
			if errors.Is(err, redis.Nil) {
				return err
			}
			return temporary(err)
		})
		if !errors.Is(err, redis.Nil) {
			return token, fence, err
		}
		if !said {
			s.log.Info("storage: another process is the writer of this province: waiting")
			said = true
		}
		select {
		case <-ctx.Done():
			return "", "", ctx.Err()
		case <-time.After(min(s.leaseTime/5, time.Second)):
		}
	}
}

// keepLease renews the lease until ctx ends or it is lost.
func (s *Store) keepLease(ctx context.Context, token string, lost func()) {
	tick := time.NewTicker(s.leaseTime / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		kept, err := renewScript.Run(ctx, s.client, []string{s.keys.lease()}, token, s.leaseTime.Milliseconds()).Int()
		if err == nil && kept == 0 {
			lost()
			return
		}
		// What cannot be renewed for the moment is fenced off by its number.
	}
}

func (s *Store) release(token string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := releaseScript.Run(ctx, s.client, []string{s.keys.lease()}, token).Err(); err != nil {
		s.log.Debug("storage: lease not given up", "err", err)
	}
}
