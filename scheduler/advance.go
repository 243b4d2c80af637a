package scheduler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"regia/dialog"
)

// Store is what the scheduler needs of the store.
type Store interface {
	// LastSlot is the last slot of the job that was committed, if there is one.
	LastSlot(ctx context.Context, job string) (at time.Time, found bool, err error)
	// DueTimers gives up to n timers that are due at now, earliest first.
	// They stay due until the commit of their message.
	DueTimers(ctx context.Context, now time.Time, n int) ([]dialog.Timer, error)
	// Due lets the waiting messages whose instant has come go to the senders
	// and tells how many they were.
	Due(ctx context.Context, now time.Time) (int, error)
	// Next is the earliest instant of a timer or a waiting message, if there
	// is one; it may be past.
	Next(ctx context.Context) (at time.Time, found bool, err error)
}

// Parts are what time moves.
type Parts struct {
	Jobs  []Job
	Store Store
	// Submit handles messages and returns when they are committed, or given
	// up as dead letters. An error is one of the store, and temporary.
	Submit func(ctx context.Context, ins []dialog.In) error
	// Settle lets the messages that may leave at now do so, and whatever they
	// cause happen, until nothing more moves. It may be nil.
	Settle func(ctx context.Context, now time.Time) error
	// Since is the instant from which a job that never ran counts.
	Since time.Time
}

// batch is how many timers are taken at once.
const batch = 64

// rounds is how often what is due at one instant may cause something else that
// is due at the same instant before this counts as going round in circles.
const rounds = 10_000

// ErrNoProgress says that a message stays due although it was handled.
var ErrNoProgress = errors.New("scheduler: what is due at this instant never ends")

// Advance moves the clock to the instant given: it takes the earliest of the
// next slot, timer and waiting message, sets the clock there, runs everything
// until nothing is due, and repeats. Advancing in one leap does what advancing
// in many steps does.
func Advance(ctx context.Context, clock *Manual, to time.Time, p Parts) error {
	for {
		if err := Drain(ctx, clock.Now(), p); err != nil {
			return err
		}
		now := clock.Now()
		if !now.Before(to) {
			return nil
		}
		next, err := NextEvent(ctx, now, p)
		if err != nil {
			return err
		}
		if next.IsZero() || next.After(to) {
			next = to
		}
		clock.Set(next)
	}
}

// NextEvent is the earliest instant after now at which something is due; zero
// when nothing is.
func NextEvent(ctx context.Context, now time.Time, p Parts) (time.Time, error) {
	next := NextSlot(p.Jobs, now)
	at, found, err := p.Store.Next(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("scheduler: next timer: %w", err)
	}
	// What is due already and did not go is waiting for something else than
	// time; the clock does not stand still for it.
	if found && at.After(now) && (next.IsZero() || at.Before(next)) {
		next = at
	}
	return next, nil
}

// Drain runs everything that is due at now until nothing is.
func Drain(ctx context.Context, now time.Time, p Parts) error {
	settled := false
	for range rounds {
		if err := ctx.Err(); err != nil {
			return err
		}
		due, err := pending(ctx, now, p)
		if err != nil {
			return err
		}
		if len(due) > 0 {
			if err := p.Submit(ctx, due); err != nil {
				return fmt.Errorf("scheduler: submit: %w", err)
			}
			settled = false
			continue
		}
		moved, err := p.Store.Due(ctx, now)
		if err != nil {
			return fmt.Errorf("scheduler: waiting messages: %w", err)
		}
		if settled && moved == 0 {
			return nil
		}
		if p.Settle != nil {
			if err := p.Settle(ctx, now); err != nil {
				return err
			}
		}
		// What left may have set something that is due by now.
		settled = true
	}
	return ErrNoProgress
}

// pending gives what is due at now: timers before slots, because a slot sums
// up what was.
func pending(ctx context.Context, now time.Time, p Parts) ([]dialog.In, error) {
	timers, err := p.Store.DueTimers(ctx, now, batch)
	if err != nil {
		return nil, fmt.Errorf("scheduler: timers: %w", err)
	}
	if len(timers) > 0 {
		ins := make([]dialog.In, len(timers))
		for i, t := range timers {
			ins[i] = TimerIn(t, now)
		}
		return ins, nil
	}
	last := make(map[string]time.Time, len(p.Jobs))
	for _, job := range p.Jobs {
		at, found, err := p.Store.LastSlot(ctx, job.Name)
		if err != nil {
			return nil, fmt.Errorf("scheduler: last slot of %s: %w", job.Name, err)
		}
		if found {
			last[job.Name] = at
		}
	}
	return Due(p.Jobs, func(job string) time.Time { return last[job] }, p.Since, now), nil
}

// TimerIn is the message of a timer. It is handled at now and not at the
// instant of the timer: after downtime, a deadline counted from the past would
// be over before anybody read of it.
func TimerIn(t dialog.Timer, now time.Time) dialog.In {
	return dialog.In{
		ID:    "timer:" + t.Kind + ":" + t.ID + "@" + t.At.UTC().Format(time.RFC3339Nano),
		At:    now,
		Timer: &t,
	}
}
