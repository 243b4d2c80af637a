package bot

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"regia/dialog"
)

// Render puts a message into words when it leaves.
type Render func(context.Context, dialog.Out) (dialog.Rendered, error)

// Sender takes messages out of the outbox to Telegram. Run and Step must not
// be used at the same time.
type Sender struct {
	*client
	outbox dialog.Outbox
	render Render
	clock  func() time.Time
	crew   int // calls in flight at once

	pace     *pace
	replies  []*job // claimed, in order
	notices  []*job
	working  int
	done     []dialog.Out // delivered, to be told to the outbox
	failed   []failure
	progress map[string]int // steps done of messages that are to be tried again
	trouble  int            // failures of the network in a row
	fast     int            // 429 in a row
	claimed  time.Time      // the last look into the outbox while full
	wake     chan struct{}
}

// job is a claimed message on its way.
type job struct {
	out   dialog.Out
	chat  int64
	steps []step
	next  int
}

type failure struct {
	out dialog.Out
	f   dialog.Failure
}

const (
	// hold is how many notices are claimed ahead: enough to find someone who
	// may be written to now, few enough to leave before their lease ends.
	hold = 128
	// handed are the calls that wait for one of the crew.
	handed = 64
	// Beyond that one is claimed now and then, lest a reply stays unseen
	// behind notices to persons who all have to wait.
	holdAtMost = 512
	peep       = 100 * time.Millisecond
	idleFirst  = 5 * time.Millisecond
	idleMost   = 200 * time.Millisecond
)

// NewSender makes a sender. The clock tells what may leave: with a clock that
// is set by hand, Config.NoLimits is wanted, or the limits hold within one
// instant.
func NewSender(cfg Config, outbox dialog.Outbox, render func(context.Context, dialog.Out) (dialog.Rendered, error), clock func() time.Time) (*Sender, error) {
	c, err := newClient(cfg)
	if err != nil {
		return nil, err
	}
	return &Sender{
		client: c, outbox: outbox, render: render, clock: clock, crew: concurrency(cfg),
		pace: newPace(cfg.NoLimits), progress: map[string]int{}, wake: make(chan struct{}, 1),
	}, nil
}

// Wake tells a running sender that there may be messages. It never waits.
func (s *Sender) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run sends until the context ends. No failure ends it.
func (s *Sender) Run(ctx context.Context) error {
	// The crew finds something to do while the outbox is being asked.
	busy := s.crew + handed
	results, begun := make(chan outcome, busy), make(chan *job, busy)
	work := context.WithoutCancel(ctx) // what has begun is finished
	// A goroutine for each message would grow its stack anew each time.
	for range s.crew {
		go func() {
			for j := range begun {
				results <- s.attempt(work, j)
			}
		}()
	}
	defer close(begun)
	idle := idleFirst
	for ctx.Err() == nil {
		for s.working < busy {
			j := s.pick(s.clock())
			if j == nil {
				break
			}
			s.working++
			begun <- j
		}
		got, err := s.exchange(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.Warn("the outbox cannot be reached", slog.Any("error", err))
			idle = idleMost
		}
		if got > 0 {
			idle = idleFirst
			if s.working < busy {
				continue
			}
		}
		wait := idle
		if len(s.replies)+len(s.notices) > 0 {
			wait = min(s.pace.next(s.clock(), s.notices), peep)
		} else if got == 0 {
			idle = min(2*idle, idleMost)
		}
		if s.await(ctx, results, wait) {
			idle = idleFirst
		}
	}
	for s.working > 0 {
		s.settle(<-results)
	}
	s.giveBack(work)
	return ctx.Err()
}

// await waits for a result, a call of Wake or the end of the wait, and settles
// all results that are there. It tells whether something happened.
func (s *Sender) await(ctx context.Context, results <-chan outcome, wait time.Duration) bool {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case o := <-results:
		s.settle(o)
		for {
			select {
			case o := <-results:
				s.settle(o)
			default:
				return true
			}
		}
	case <-s.wake:
		return true
	case <-t.C:
		return false
	case <-ctx.Done():
		return false
	}
}

// Step sends what may leave now, one call after the other, and returns the
// number of messages delivered. What the limits hold back stays claimed for
// the next Step.
func (s *Sender) Step(ctx context.Context) (sent int, err error) {
	for {
		for {
			j := s.pick(s.clock())
			if j == nil {
				break
			}
			s.working++
			if s.settle(s.attempt(ctx, j)) {
				sent++
			}
		}
		told := len(s.done) > 0 || len(s.failed) > 0
		got, err := s.exchange(ctx)
		if err != nil {
			return sent, err
		}
		if err := ctx.Err(); err != nil {
			return sent, err
		}
		if got == 0 && !told {
			return sent, nil
		}
	}
}

// pick takes the next job that may leave now.
func (s *Sender) pick(now time.Time) *job {
	s.pace.tidy(now)
	if len(s.replies) > 0 && s.pace.reply(now) {
		j := s.replies[0]
		s.replies = s.replies[1:]
		s.pace.begin(j.out.To, true, now)
		return j
	}
	if len(s.notices) == 0 || !s.pace.anyNotice(now) {
		return nil
	}
	for i, j := range s.notices {
		if s.pace.noticeTo(j.out.To, now) {
			s.notices = slices.Delete(s.notices, i, i+1)
			s.pace.begin(j.out.To, false, now)
			return j
		}
	}
	return nil
}

// room is how many messages may be claimed now.
func (s *Sender) room(now time.Time) int {
	if now.Before(s.pace.held) {
		return 0
	}
	n := len(s.replies) + len(s.notices)
	switch {
	case n < hold:
		return hold - n
	case n < holdAtMost && now.Sub(s.claimed) >= peep:
		s.claimed = now
		return 1
	}
	return 0
}

// exchange tells the outbox what left and what did not, and claims more.
func (s *Sender) exchange(ctx context.Context) (int, error) {
	now := s.clock()
	for len(s.failed) > 0 {
		f := s.failed[0]
		if err := s.outbox.Fail(ctx, dialog.ByChat, f.out, f.f, now); err != nil {
			return 0, fmt.Errorf("tell a failure: %w", err)
		}
		s.failed = s.failed[1:]
	}
	n := s.room(now)
	if n == 0 {
		if len(s.done) == 0 {
			return 0, nil
		}
		if err := s.outbox.Done(ctx, dialog.ByChat, now, s.done...); err != nil {
			return 0, fmt.Errorf("finish messages: %w", err)
		}
		s.done = s.done[:0]
		return 0, nil
	}
	outs, err := s.outbox.Claim(ctx, dialog.ByChat, n, now, s.done...)
	// What was claimed beside one that cannot be read is leased, and leaves.
	for _, out := range outs {
		// Parts that an earlier attempt delivered are not repeated.
		j := &job{out: out, next: s.progress[out.ID]}
		if out.Reply {
			s.replies = append(s.replies, j)
		} else {
			s.notices = append(s.notices, j)
		}
	}
	if err != nil {
		return len(outs), fmt.Errorf("claim messages: %w", err)
	}
	s.done = s.done[:0]
	return len(outs), nil
}

// giveBack returns what was claimed and not begun, at the end of Run.
func (s *Sender) giveBack(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	now := s.clock()
	for _, j := range slices.Concat(s.replies, s.notices) {
		s.failed = append(s.failed, failure{out: j.out, f: dialog.Failure{Temporary: true, RetryAt: now}})
	}
	s.replies, s.notices = nil, nil
	s.pace.held = now.Add(time.Hour) // claim no more
	if _, err := s.exchange(ctx); err != nil {
		s.log.Warn("claimed messages come back when their lease ends", slog.Any("error", err))
	}
	s.pace.held = time.Time{}
}
