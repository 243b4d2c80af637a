package scheduler

import (
	"context"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"
)

// Run drives the service by a clock that ticks by itself, until the context
// ends. Errors are those of the store: they are logged, and the next tick
// tries again; nothing is lost, because what was not committed stays due.
func Run(ctx context.Context, clock Clock, p Parts, log *slog.Logger) error {
	ticks := make(chan struct{}, 1)
	tick := func() {
		select {
		case ticks <- struct{}{}:
		default: // one is waiting already
		}
	}
	metronome := cron.New()
	if _, err := metronome.AddFunc("* * * * *", tick); err != nil {
		return err
	}
	metronome.Start()
	defer metronome.Stop()

	for {
		pause := time.Minute
		now := clock.Now()
		if err := Drain(ctx, now, p); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			log.Error("scheduler", "err", err)
		} else if next, err := NextEvent(ctx, now, p); err == nil && !next.IsZero() {
			pause = min(pause, next.Sub(now))
		}
		wake := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			wake.Stop()
			return nil
		case <-ticks:
		case <-wake.C:
		}
		wake.Stop()
	}
}
