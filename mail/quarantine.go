package mail

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Shelf is the Quarantine of a mailbox, looked through by hand.
type Shelf struct {
	s       *session
	mailbox string
}

// Held is a message in Quarantine.
type Held struct {
	ID   string // quarantine:<uidvalidity>.<uid>
	At   time.Time
	Size int64
}

// maxHeld is how many messages a list shows.
const maxHeld = 1000

// ErrNotHeld says that no message with that id is in Quarantine.
var ErrNotHeld = errors.New("no such message in quarantine")

// OpenQuarantine connects and opens the Quarantine of an account.
func OpenQuarantine(ctx context.Context, e Endpoint) (*Shelf, error) {
	s, err := connect(ctx, e, 2*time.Minute, nil)
	if err != nil {
		return nil, err
	}
	name, err := s.folder(ctx, Quarantine)
	if err == nil {
		err = s.within(ctx, func() error { return s.open(name) })
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return &Shelf{s, e.Mailbox}, nil
}

// Close ends the connection.
func (q *Shelf) Close() { q.s.close() }

// List is what is held, oldest first.
func (q *Shelf) List(ctx context.Context) ([]Held, error) {
	items, err := q.s.waiting(ctx, 1)
	if err != nil {
		return nil, err
	}
	var out []Held
	for _, it := range items[:min(len(items), maxHeld)] {
		out = append(out, Held{ID: fmt.Sprintf("%s%d.%d", heldID, q.s.validity, it.uid), At: it.date, Size: it.size})
	}
	return out, nil
}

const heldID = "quarantine:"

// IsHeld tells an id of a message in Quarantine.
func IsHeld(id string) bool { return strings.HasPrefix(id, heldID) }

// Read is a message that is held: whole, or its header where it is larger than
// what the reader fetches, which is then why it is here.
func (q *Shelf) Read(ctx context.Context, id string) (raw []byte, tooLarge bool, err error) {
	it, err := q.find(ctx, id)
	if err != nil {
		return nil, false, err
	}
	tooLarge = it.size > maxFetched
	bodies, err := q.s.bodies(ctx, []item{it}, tooLarge)
	return bodies[it.uid], tooLarge, err
}

// Release puts a message back where it is read again.
func (q *Shelf) Release(ctx context.Context, id string) error {
	it, err := q.find(ctx, id)
	if err != nil {
		return err
	}
	return q.s.move(ctx, []imap.UID{it.uid}, q.mailbox)
}

func (q *Shelf) find(ctx context.Context, id string) (item, error) {
	validity, uid, ok := strings.Cut(strings.TrimPrefix(id, heldID), ".")
	n, err := strconv.ParseUint(uid, 10, 32)
	if !ok || err != nil || n == 0 || validity != strconv.FormatUint(uint64(q.s.validity), 10) {
		return item{}, ErrNotHeld
	}
	items, err := q.s.waiting(ctx, imap.UID(n))
	if err != nil {
		return item{}, err
	}
	if len(items) == 0 || items[0].uid != imap.UID(n) {
		return item{}, ErrNotHeld
	}
	return items[0], nil
}
