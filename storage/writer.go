package storage

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"regia/dialog"
)

// Input is a trigger before it is understood.
type Input struct {
	ID     string
	Source string // tg, mail, cron, timer, sent, cli
	Raw    []byte // kept if it dies
	// Decode makes a message of it; when nil, Raw is the JSON of a [dialog.In].
	// It may be called several times. What it wraps in [ErrTemporary] is tried
	// again and not counted.
	Decode func() (dialog.In, error)
	// At is when it came in: the instant of its dead letter.
	At time.Time

	pending bool // stands in the list of pending inputs
}

// Outcome of an input that is dealt with.
type Outcome string

const (
	Committed Outcome = "committed"
	Already   Outcome = "already" // it was committed before
	Died      Outcome = "died"    // it stands among the dead letters
)

// Result says what became of an input. With an error nothing is known: it must
// be submitted again, now or after a new start.
type Result struct {
	ID      string
	Outcome Outcome
	Err     error
}

// ErrStopped says that the writer has ended.
var ErrStopped = errors.New("storage: the writer has stopped")

// maxBatch is how many messages one commit takes together, maxRound how many are
// in hand; maxAttempts how often one may fail; maxDeaths during how many of its attempts the process may
// end. That is more: a failure is the message's own, but a process ends for
// many reasons, and whatever stands first in the queue is in hand whenever one
// dies early.
const (
	maxBatch    = 64
	maxRound    = 4 * maxBatch
	maxAttempts = 3
	maxDeaths   = 10
	maxID       = 512
)

// Writer handles what comes in and commits it, in order, many at a time.
type Writer struct {
	store  *Store
	handle func(dialog.Tx, dialog.In) error
	sorry  func(dialog.Tx, dialog.In) error
	log    *slog.Logger
	fence  string

	mu      sync.Mutex
	queue   []*item
	stopped error
	more    chan struct{}

	next   *round // taken already, its attempts being counted with a commit
	rounds int
}

// item is an input on its way.
type item struct {
	Input
	ctx     context.Context
	tries   int
	in      *dialog.In
	class   string
	settled chan Result // of one
}

func (it *item) settle(o Outcome, err error) {
	select {
	case it.settled <- Result{it.ID, o, err}:
	default:
	}
}

// NewWriter makes the writer of a province; [Writer.Run] sets it to work. handle
// answers a message; sorry tells the person that theirs could not be answered,
// in the commit that lays it among the dead letters.
func NewWriter(s *Store, handle, sorry func(dialog.Tx, dialog.In) error, log *slog.Logger) *Writer {
	if log == nil {
		log = s.log
	}
	return &Writer{store: s, handle: handle, sorry: sorry, log: log, more: make(chan struct{}, 1)}
}

// Run waits until the province has no other writer, and then works until ctx
// ends (nil) or another writer takes over ([ErrFenced]).
func (w *Writer) Run(ctx context.Context) (err error) {
	defer func() { w.stop(err) }()
	token, fence, err := w.store.acquire(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	w.fence = fence
	w.store.cache.use(true)
	defer w.store.cache.use(false)
	work, cancel := context.WithCancelCause(ctx)
	var keeping sync.WaitGroup
	keeping.Go(func() { w.store.keepLease(work, token, func() { cancel(ErrFenced) }) })
	defer func() {
		cancel(nil)
		keeping.Wait()
		w.store.release(token)
	}()
	w.log.Info("storage: writing", "fence", fence)

	err = w.loop(work)
	switch {
	case errors.Is(err, ErrFenced) || errors.Is(context.Cause(work), ErrFenced):
		return ErrFenced
	case ctx.Err() != nil:
		return nil
	}
	return err
}

func (w *Writer) loop(ctx context.Context) error {
	tidy := time.NewTicker(time.Minute)
	defer tidy.Stop()
	w.settle(ctx)
	for {
		r := w.take()
		if r == nil {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-w.more:
			case <-tidy.C:
				w.settle(ctx)
			}
			continue
		}
		if err := w.round(ctx, r); err != nil {
			for _, lost := range []*round{r, w.next} {
				if lost != nil {
					for _, it := range lost.items {
						it.settle("", err)
					}
				}
			}
			return err
		}
	}
}

// settle does what is left to do outside the store; what cannot be done now is
// done later.
func (w *Writer) settle(ctx context.Context) {
	if err := w.store.settle(ctx); err != nil && ctx.Err() == nil {
		w.log.Warn("storage: left to do later", "err", err)
	}
}

// Submit hands inputs over and waits until each is committed, was committed
// before, or is among the dead letters.
func (w *Writer) Submit(ctx context.Context, inputs []Input) []Result {
	results := make([]Result, len(inputs))
	items := make([]*item, 0, len(inputs))
	places := make([]int, 0, len(inputs))
	for i, input := range inputs {
		if input.ID == "" || len(input.ID) > maxID {
			results[i] = Result{input.ID, "", errors.New("storage: an input needs an id of at most 512 bytes")}
			continue
		}
		items = append(items, &item{Input: input, ctx: ctx, settled: make(chan Result, 1)})
		places = append(places, i)
	}
	if err := w.enqueue(items); err != nil {
		for j, it := range items {
			results[places[j]] = Result{ID: it.ID, Err: err}
		}
		return results
	}
	for j, it := range items {
		select {
		case results[places[j]] = <-it.settled:
		case <-ctx.Done():
			results[places[j]] = Result{ID: it.ID, Err: ctx.Err()}
		}
	}
	return results
}

func (w *Writer) enqueue(items []*item) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped != nil {
		return w.stopped
	}
	w.queue = append(w.queue, items...)
	signal(w.more)
	return nil
}

// again puts those that failed back to the head of the queue.
func (w *Writer) again(items []*item) {
	if len(items) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queue = append(items[:len(items):len(items)], w.queue...)
	signal(w.more)
}

// take is the next round, nil when nothing is queued.
func (w *Writer) take() *round {
	r := w.ahead()
	w.next = nil
	return r
}

// ahead is the next round, which stays to be taken: what is queued, up to
// maxRound; one id comes once.
func (w *Writer) ahead() *round {
	if w.next != nil {
		return w.next
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var batch []*item
	seen := map[string]bool{}
	n := 0
	for _, it := range w.queue {
		if len(batch) == maxRound || seen[it.ID] {
			break
		}
		n++
		if it.ctx.Err() != nil {
			it.settle("", it.ctx.Err())
			continue
		}
		seen[it.ID] = true
		batch = append(batch, it)
	}
	if w.queue = w.queue[n:]; len(w.queue) == 0 {
		w.queue = nil
	}
	if len(batch) == 0 {
		return nil
	}
	w.next = w.newRound(batch...)
	return w.next
}

func (w *Writer) newRound(items ...*item) *round {
	w.rounds++
	return &round{name: w.fence + "." + strconv.Itoa(w.rounds), items: items}
}

func (w *Writer) stop(err error) {
	if err == nil {
		err = ErrStopped
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = err
	for _, it := range w.queue {
		it.settle("", err)
	}
	w.queue = nil
}
