package mail_test

import (
	"context"
	"fmt"
	"sync"
	"time"

	"regia/dialog"
)

// outbox is a dialog.Outbox in memory.
type outbox struct {
	mu       sync.Mutex
	waiting  []dialog.Out
	leased   map[string]dialog.Out
	finished []string
	failed   map[string]dialog.Failure
}

// outsOf are n messages, told apart by their ids.
func outsOf(n int) []dialog.Out {
	outs := make([]dialog.Out, n)
	for i := range outs {
		outs[i].ID = fmt.Sprintf("o%015d", i)
	}
	return outs
}

func newOutbox(outs ...dialog.Out) *outbox {
	return &outbox{waiting: outs, leased: map[string]dialog.Out{}, failed: map[string]dialog.Failure{}}
}

func (o *outbox) Claim(ctx context.Context, ch dialog.Channel, n int, now time.Time, done ...dialog.Out) ([]dialog.Out, error) {
	if err := o.Done(ctx, ch, now, done...); err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	n = min(n, len(o.waiting))
	outs := o.waiting[:n:n]
	o.waiting = o.waiting[n:]
	for _, out := range outs {
		o.leased[out.ID] = out
	}
	return outs, nil
}

func (o *outbox) Done(_ context.Context, _ dialog.Channel, _ time.Time, done ...dialog.Out) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, d := range done {
		delete(o.leased, d.ID)
		o.finished = append(o.finished, d.ID)
	}
	return nil
}

func (o *outbox) Fail(_ context.Context, _ dialog.Channel, out dialog.Out, f dialog.Failure, _ time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.leased, out.ID)
	o.failed[out.ID] = f
	return nil
}

// expire returns what is leased, as the store does when a sender died.
func (o *outbox) expire() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for id, out := range o.leased {
		o.waiting = append(o.waiting, out)
		delete(o.leased, id)
	}
}

// distinct counts the messages finished, each once.
func (o *outbox) distinct() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	seen := map[string]bool{}
	for _, id := range o.finished {
		seen[id] = true
	}
	return len(seen)
}
