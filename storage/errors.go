package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// ErrTemporary marks what will pass: the store cannot be reached, the disk is
// full. A message that fails with it is tried again and not counted.
var ErrTemporary = errors.New("storage: cannot be reached for the moment")

// ErrFenced says that another writer has taken over the province.
var ErrFenced = errors.New("storage: another writer has taken over")

// errPaused says that a backup is being made.
var errPaused = fmt.Errorf("%w: a backup is being made", ErrTemporary)

// temporary marks an error of Redis, unless Redis answered that it does not
// accept the command: that would not pass.
func temporary(err error) error {
	var reply redis.Error
	if errors.As(err, &reply) {
		text := reply.Error()
		if strings.HasPrefix(text, "ERR ") || strings.HasPrefix(text, "WRONGTYPE") {
			return err
		}
	}
	if err == nil || errors.Is(err, ErrTemporary) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrTemporary, err)
}

// patiently runs f until it gives no temporary error, waiting longer each time,
// or until ctx ends.
func patiently(ctx context.Context, f func() error) error {
	pause := 5 * time.Millisecond
	for {
		err := f()
		if !errors.Is(err, ErrTemporary) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(pause):
		}
		pause = min(2*pause, 2*time.Second)
	}
}
