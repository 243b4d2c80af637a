package mail

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"regia/dialog"
)

// Arrived is a message read from the mailbox.
type Arrived struct {
	ID  string // mail:<hash>:<mailbox>:<uidvalidity>.<uid>
	Raw []byte
	// TooLarge: only the header was fetched.
	TooLarge bool
	Size     int64
	At       time.Time // when it came to the mailbox
	Seen     bool      // somebody has read it there
}

// Verdict is what becomes of a message in the mailbox.
type Verdict int

const (
	// Later leaves it where it is, to be read again: nothing was committed.
	Later Verdict = iota
	// Done was committed: the message moves to Processed.
	Done
	// Poison cannot be read, or is for a person where none reads the mailbox: the
	// message moves to Quarantine.
	Poison
	// Leave was looked at and is for people: it stays, unread, in a box that is
	// shared with them, and is counted for the office if nobody has read it yet.
	Leave
	// Erase was committed and must not stay readable: the message is deleted.
	Erase
)

// Intake takes messages in. When it returns, whatever is Done, Poison or Erase
// is committed and will be moved; an error leaves all of them in the mailbox.
// It gives one verdict for each message, in their order.
type Intake interface {
	Take(ctx context.Context, batch []Arrived) ([]Verdict, error)
}

// Desk is the Intake that understands messages and hands them to dialog.
type Desk struct {
	Own        Address
	AuthServID string
	// MAC is the province's HMAC, for the second id of a message.
	MAC func(parts ...string) string
	// Keep stores an attachment under its SHA-256 before the message is handled.
	Keep func(Attachment) (dialog.File, error)
	// Handle commits the messages, in their order, and returns one error for
	// each: nil is committed (or was before), anything else is temporary.
	Handle func(ctx context.Context, ins []dialog.In) []error
	// Certified says that the mailbox is one of certified mail (PEC): an office
	// works with it, and only receipts and answers to what the service sent are
	// for the service.
	Certified bool
	// Shared says that people read the mailbox too: what is not handled stays
	// there, unread.
	Shared bool
	// Fate tells, after its commit, what becomes of a message; nil files all.
	Fate func(ctx context.Context, in dialog.In) (dialog.Fate, error)
	Now  func() time.Time
	Log  *slog.Logger
}

// Take implements Intake.
func (d *Desk) Take(ctx context.Context, batch []Arrived) ([]Verdict, error) {
	out := make([]Verdict, len(batch))
	var ins []dialog.In
	var at []int
	now := d.Now()
	for i, a := range batch {
		m, err := Understand(a.Raw, d.Own, now)
		if err != nil {
			d.log().Warn("mail: cannot be read", "id", a.ID, "size", a.Size)
			if out[i] = Poison; !d.Certified { // there nothing is put aside
				// Under an id of its own: it may be read after all.
				ins, at = append(ins, dialog.In{ID: "dead:" + a.ID, At: now, Unread: &dialog.Unread{}}), append(at, i)
			}
			continue
		}
		if a.TooLarge {
			// Its words and files are not here; dialog says that it was too
			// large, if there is anybody to say it to.
			m.Text, m.Answers, m.Files = "", nil, nil
		}
		if d.Certified && (m.Kind == KindReply && m.Token == "" || m.Kind == KindBounce) {
			m.Kind, m.Reason = KindRejected, "nella casella PEC il servizio tratta solo ricevute e risposte"
		}
		if !d.Certified && m.Kind == KindPECReceipt {
			m.Receipt.Token = "" // anybody can write one to an ordinary account
		}
		in, ok, err := m.ToIn(a.ID, now, d.AuthServID, d.MAC, d.Keep)
		if err != nil {
			return nil, fmt.Errorf("mail: attachment: %w", err)
		}
		if !ok {
			d.log().Info("mail: not handled", "id", a.ID, "kind", string(m.Kind), "reason", m.Reason)
			if out[i] = Done; d.Shared {
				out[i] = Leave
				if !a.Seen {
					ins, at = append(ins, stays(a, now)), append(at, i)
				}
			}
			continue
		}
		if a.TooLarge && m.Kind == KindReply {
			in.Mail.Sort = SortTooLarge
		}
		if in.Mail.Manned = d.Shared; d.Shared && !a.Seen {
			in.Mail.Waits = a.since(now)
		}
		if in.Mail.Certified = d.Certified; d.Certified && m.Kind != KindPECReceipt && m.Envelope != EnvelopeCertified {
			in.Mail.Proof = "none" // from outside
		}
		ins, at = append(ins, in), append(at, i)
	}
	if len(ins) == 0 {
		return out, nil
	}
	errs := d.Handle(ctx, ins)
	for j, i := range at {
		switch {
		case j >= len(errs):
			return nil, fmt.Errorf("mail: %d verdicts for %d messages", len(errs), len(ins))
		case errs[j] == nil && out[i] != Later: // it was counted
		case errs[j] == nil:
			out[i] = d.after(ctx, ins[j])
		default:
			d.log().Warn("mail: not committed", "id", batch[i].ID, "error", errs[j])
			out[i] = Later
		}
	}
	return out, nil
}

// since is when the message came, as far as the server tells.
func (a Arrived) since(now time.Time) time.Time {
	if a.At.IsZero() || a.At.After(now) {
		return now
	}
	return a.At
}

// stays tells of a message that waits for the people who read the mailbox.
func stays(a Arrived, now time.Time) dialog.In {
	return dialog.In{ID: "left:" + a.ID, At: now, Unread: &dialog.Unread{Stays: a.since(now)}}
}

// after is the verdict on a message that was committed. One that may have to
// be erased stays where it is until that is known.
func (d *Desk) after(ctx context.Context, in dialog.In) Verdict {
	if d.Fate == nil {
		return Done
	}
	switch fate, err := d.Fate(ctx, in); {
	case err != nil:
		return Later
	case fate == dialog.Erased:
		return Erase
	case fate == dialog.Aside && d.Shared:
		return Leave
	case fate == dialog.Aside:
		return Poison // where people find it: regia dead
	}
	return Done
}

// SortTooLarge is the dialog.Mail.Sort of a message whose body was not
// fetched because of its size.
const SortTooLarge = "too_large"

func (d *Desk) log() *slog.Logger { return orDefault(d.Log) }

func orDefault(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.Default()
	}
	return l
}

// accountHash stands for host and account in the id of a message.
func accountHash(e Endpoint) string {
	sum := sha256.Sum256([]byte(e.Addr() + "\x00" + e.User))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}
