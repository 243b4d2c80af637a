package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/redis/go-redis/v9"
)

// ErrNotDurable says that Redis would lose what it answered to be stored.
var ErrNotDurable = errors.New("storage: Redis is not set up to keep what it is given")

// durable is how Redis must be set up, and why.
var durable = []struct{ name, value, why string }{
	{"appendonly", "yes", "without it a restart loses everything since the last dump"},
	{"appendfsync", "always", "a message is acknowledged once it is committed, and must not be lost by a crash"},
	{"maxmemory-policy", "noeviction", "Redis would otherwise throw away documents when memory is short"},
}

// CheckDurability refuses a server that would lose a committed message. Where
// the server does not tell its settings, it warns.
func (s *Store) CheckDurability(ctx context.Context) error {
	return s.eachMaster(ctx, func(c redis.Cmdable) error { return CheckDurability(ctx, c, s.log) })
}

// CheckDurability is the check of one server.
func CheckDurability(ctx context.Context, c redis.Cmdable, log *slog.Logger) error {
	var wrong []string
	for _, d := range durable {
		found, err := c.ConfigGet(ctx, d.name).Result()
		var reply redis.Error
		if errors.As(err, &reply) && forbidden(reply.Error()) {
			log.Warn("storage: Redis does not tell its settings: make sure that it has appendonly yes, appendfsync always and maxmemory-policy noeviction")
			return nil
		}
		if err != nil {
			return temporary(err)
		}
		if value := found[d.name]; value != d.value {
			wrong = append(wrong, fmt.Sprintf("%s is %q and must be %q (%s)", d.name, value, d.value, d.why))
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%w: %s", ErrNotDurable, strings.Join(wrong, "; "))
	}
	return nil
}

func forbidden(text string) bool {
	return strings.HasPrefix(text, "NOPERM") || strings.Contains(strings.ToLower(text), "unknown command")
}
