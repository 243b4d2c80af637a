package main

import (
	"context"
	"sync"
	"time"

	"regia/scheduler"
)

// rehearsal is the service with a clock that is moved by hand: `serve --clock`
// and the demo. Everything is done in steps by one goroutine at a time, so that
// when a move of the clock returns, all that was due is done.
type rehearsal struct {
	clock *scheduler.Manual
	e     *engine
	ch    *channels
	parts scheduler.Parts

	mu sync.Mutex
}

func newRehearsal(clock *scheduler.Manual, e *engine, ch *channels) *rehearsal {
	r := &rehearsal{clock: clock, e: e, ch: ch}
	r.parts = e.parts(clock.Now(), r.settle)
	return r
}

// settle lets everything that can happen at this instant happen: what came in
// is handled, what may leave leaves, until a round brings nothing new.
func (r *rehearsal) settle(ctx context.Context, _ time.Time) error {
	var steps []func(context.Context) (int, error)
	if r.ch.chatIn != nil {
		steps = append(steps, r.ch.chatIn.Step, r.ch.chatOut.Step)
	}
	if r.ch.mailIn != nil {
		steps = append(steps, r.ch.mailIn.Step, r.ch.mailOut.Step)
	}
	if r.ch.pecIn != nil {
		steps = append(steps, r.ch.pecIn.Step)
	}
	steps = append(steps, r.e.pending)
	for quiet := false; !quiet; {
		quiet = true
		for _, step := range steps {
			n, err := step(ctx)
			if err != nil {
				return err
			}
			quiet = quiet && n == 0
		}
	}
	return nil
}

// now does what is due without moving the clock.
func (r *rehearsal) now(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return scheduler.Drain(ctx, r.clock.Now(), r.parts)
}

// move moves the clock to an instant, with a stop at everything that is due
// before.
func (r *rehearsal) move(ctx context.Context, to time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return scheduler.Advance(ctx, r.clock, to, r.parts)
}

// next is when something is due.
func (r *rehearsal) next(ctx context.Context) (time.Time, error) {
	return scheduler.NextEvent(ctx, r.clock.Now(), r.parts)
}

// run does what is due as it comes, until the context ends.
func (r *rehearsal) run(ctx context.Context) {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		if err := r.now(ctx); err != nil && ctx.Err() == nil {
			r.e.log.Warn("rehearsal", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}
