package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Where messages go. PEC servers and those with a prefix have them below INBOX.
const (
	Processed  = "Processed"
	Quarantine = "Quarantine"
)

// Reader reads one mailbox. Zero fields have the defaults beside them. It is
// used by one goroutine.
type Reader struct {
	Endpoint Endpoint
	Intake   Intake
	Log      *slog.Logger

	MaxSize  int64         // of a message whose body is fetched: 25 MB
	Batch    int           // messages handed over at once: 500
	Tries    int           // failed fetches of one message before Quarantine: 3
	Timeout  time.Duration // of one command: 2 minutes
	Watchdog time.Duration // of a silent IDLE: 9 minutes
	Poll     time.Duration // where the server has no IDLE: 30 seconds
	// TLS is set in tests, for a certificate made there.
	TLS *tls.Config
	// Keep leaves everything in the mailbox instead of moving or deleting it: a
	// box of certified mail. What was dealt with is told by a keyword, and where
	// the server keeps none, by its age: who dealt with it is known that long.
	Keep bool
	Now  func() time.Time

	s        *session
	queue    []item
	next     imap.UID // the first UID not listed yet
	validity uint32
	tries    map[imap.UID]int
	left     map[imap.UID]bool // seen and left where it is
	alone    map[imap.UID]bool // to be fetched alone, after a batch that failed
}

const (
	maxBatchBytes = 8 << 20
	maxFetched    = 25 << 20
	// keepAge is less than the 90 days for which the ids of messages are kept.
	keepAge = 60 * 24 * time.Hour
)

func (r *Reader) defaults() {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	if r.MaxSize == 0 {
		r.MaxSize = maxFetched
	}
	if r.Batch == 0 {
		r.Batch = 500
	}
	if r.Tries == 0 {
		r.Tries = 3
	}
	set(&r.Timeout, 2*time.Minute)
	set(&r.Watchdog, 9*time.Minute)
	set(&r.Poll, 30*time.Second)
	if r.Now == nil {
		r.Now = time.Now
	}
	if r.tries == nil {
		r.reset()
	}
}

func (r *Reader) reset() {
	r.queue, r.next = nil, 1
	r.tries, r.left, r.alone = map[imap.UID]int{}, map[imap.UID]bool{}, map[imap.UID]bool{}
}

// Step reads and hands over one batch of what waits and returns how many
// messages were dealt with; 0 with no error means that nothing waits. After an
// error the connection is opened anew by the next Step.
func (r *Reader) Step(ctx context.Context) (int, error) {
	r.defaults()
	n, err := r.step(ctx)
	if err != nil {
		r.Close()
	}
	return n, err
}

func (r *Reader) step(ctx context.Context) (int, error) {
	if err := r.open(ctx); err != nil {
		return 0, err
	}
	if len(r.queue) == 0 {
		list, err := r.s.waiting(ctx, r.next)
		if err != nil {
			return 0, fmt.Errorf("mail: list: %w", err)
		}
		for _, it := range list {
			r.next = max(r.next, it.uid+1)
			if !r.left[it.uid] && !it.dealt && !(r.Keep && r.Now().Sub(it.date) > keepAge) {
				r.queue = append(r.queue, it)
			}
		}
	}
	batch := r.cut()
	if len(batch) == 0 {
		return 0, nil
	}
	arrived, uids, err := r.fetch(ctx, batch)
	if err != nil {
		return 0, err
	}
	if len(arrived) == 0 {
		return len(batch), nil // they vanished, or went to Quarantine
	}
	verdicts, err := r.Intake.Take(ctx, arrived)
	if err != nil {
		return 0, fmt.Errorf("mail: intake: %w", err)
	}
	if len(verdicts) != len(arrived) {
		return 0, fmt.Errorf("mail: intake gave %d verdicts for %d messages", len(verdicts), len(arrived))
	}
	return len(batch), r.file(ctx, arrived, uids, verdicts)
}

// open connects if need be, and forgets everything when the UIDs are new.
func (r *Reader) open(ctx context.Context) error {
	if r.s != nil {
		select {
		case <-r.s.c.Closed():
			r.Close()
		default:
			return nil
		}
	}
	s, err := connect(ctx, r.Endpoint, r.Timeout, r.TLS)
	if err != nil {
		return fmt.Errorf("mail: connect: %w", err)
	}
	r.s = s
	if s.validity != r.validity {
		if r.validity != 0 {
			orDefault(r.Log).Warn("mail: the mailbox has new UIDs", "was", r.validity, "is", s.validity)
		}
		r.validity = s.validity
		r.reset()
	}
	r.queue, r.next = nil, 1
	return nil
}

// file moves the messages to where their verdicts send them.
func (r *Reader) file(ctx context.Context, arrived []Arrived, uids []imap.UID, verdicts []Verdict) error {
	var done, poison, erase, left []imap.UID
	later := 0
	for i, v := range verdicts {
		switch uid := uids[i]; {
		case v == Later:
			later++
		case v == Leave, r.Keep:
			r.left[uid] = true
			left = append(left, uid)
		case v == Poison, v == Done && arrived[i].TooLarge:
			orDefault(r.Log).Warn("mail: to quarantine", "id", arrived[i].ID, "too_large", arrived[i].TooLarge)
			poison = append(poison, uid)
		case v == Erase:
			erase = append(erase, uid)
		default:
			done = append(done, uid)
		}
	}
	if err := r.s.mark(ctx, left); err != nil {
		return fmt.Errorf("mail: mark: %w", err)
	}
	if err := r.s.move(ctx, done, Processed); err != nil {
		return fmt.Errorf("mail: move: %w", err)
	}
	if err := r.s.move(ctx, poison, Quarantine); err != nil {
		return fmt.Errorf("mail: quarantine: %w", err)
	}
	if err := r.s.erase(ctx, erase); err != nil {
		return fmt.Errorf("mail: erase: %w", err)
	}
	if later > 0 {
		// They stay at the head: the list is made anew.
		r.queue, r.next = nil, 1
		return fmt.Errorf("mail: %d messages %w", later, ErrLater)
	}
	return nil
}

// ErrLater says that messages were not committed and stay in the mailbox.
var ErrLater = errors.New("left for later")

func (r *Reader) id(uid imap.UID) string {
	return fmt.Sprintf("mail:%s:%s:%d.%d", accountHash(r.Endpoint), r.Endpoint.Mailbox, r.validity, uid)
}

// Run reads until ctx ends, and waits in IDLE when nothing is there. It comes
// back from every error, at growing intervals.
func (r *Reader) Run(ctx context.Context) error {
	r.defaults()
	defer r.Close()
	pause := time.Duration(0)
	for ctx.Err() == nil {
		n, err := r.Step(ctx)
		if err == nil && n == 0 {
			if err = r.s.wait(ctx, r.Watchdog, r.Poll); err != nil {
				r.Close()
			}
		}
		if err == nil {
			pause = 0
			continue
		}
		if ctx.Err() != nil {
			break
		}
		pause = min(max(2*pause, time.Second), 2*time.Minute)
		orDefault(r.Log).Warn("mail: reading", "error", err, "again_in", pause.String())
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// Close ends the connection; the next Step opens it anew.
func (r *Reader) Close() {
	if r.s != nil {
		r.s.close()
		r.s = nil
	}
}
