package dialog

import (
	"context"
	"math/rand/v2"
	"time"
)

// Ref names a document: its kind and its id, as in "person:4fzqk2m7x3acw6td".
type Ref string

// MakeRef joins the kind of a document and its id.
func MakeRef(kind, id string) Ref { return Ref(kind + ":" + id) }

// Reader reads documents as they are now.
type Reader interface {
	// Load decodes the document into doc (a pointer) and tells whether it
	// exists. The error is that of the store, always temporary.
	Load(ref Ref, doc any) (bool, error)
	// List returns up to limit members of a list in ascending order, those
	// after the member given ("" for the first). Lists are advisory: they
	// help to find documents, and the documents decide.
	List(name, after string, limit int) ([]string, error)
}

// Tx is one message being handled. What is written becomes true in one commit
// together with the id of the message, if no document that was read has
// changed since; otherwise the message is handled again from the start.
type Tx interface {
	Reader

	// Now is the instant of the message, in the time zone of the province.
	Now() time.Time
	// NewID gives an identifier of 16 lower-case base32 characters (80 bits),
	// derived from the secret and the message: the same when handled again.
	NewID(kind string) string
	// Rand is a source of chance derived in the same way.
	Rand() *rand.Rand
	// MAC is the HMAC of the parts under the province's secret, 26 lower-case
	// base32 characters. Index keys and codes are made of it.
	MAC(parts ...string) string

	// Save writes a document whole. keep is how long it is kept from Now, 0
	// for ever; it collects garbage and decides nothing. A document that is not
	// kept for ever is passing (the last question, a counter): it takes no part
	// in an undo, and does not stand in the way of one.
	Save(ref Ref, doc any, keep time.Duration)
	// Delete removes a document.
	Delete(ref Ref)
	// Enlist and Delist put a member into a list and take it out.
	Enlist(name, member string)
	Delist(name, member string)

	// Send stores a message to go out. The Out has an ID already (NewID("out")).
	Send(out Out)
	// SetTimer has a message {Kind, ID} arrive at the instant given, in place
	// of the one that was set for the same kind and id. ClearTimer drops it.
	SetTimer(kind, id string, at time.Time)
	ClearTimer(kind, id string)
	// DetachFile asks for the removal of a stored file once the commit is
	// done; RewriteLog for the rewriting of the store's log, so that what was
	// deleted cannot be read there any more; what could bring any of it back by
	// Undo is forgotten with it.
	DetachFile(sha256 string)
	RewriteLog()

	// Undoable makes the commit of this message one that Undo can take back:
	// the documents, list entries and timers as they were are kept under id
	// for the time given, and messages with Out.Undo == id can be recalled.
	Undoable(id string, keep time.Duration)
	// Undo restores what was before the commit remembered under id and
	// recalls its waiting messages. When anything was built on it since, it
	// changes nothing and returns the documents that are in the way.
	Undo(id string) (inTheWay []Ref, found bool, err error)
}

// Outbox is what the senders see of the messages that are to leave.
//
// Each recipient has, on each channel, a lane of replies (caused by a message
// of that same person) and one of notices. Order is kept within each; replies
// wait for no notice. A claimed message is leased: it returns to the head of
// its lane when its sender dies. Delivery outwards is at least once.
type Outbox interface {
	// Claim leases up to n messages, at most one of each lane, replies first;
	// those in done are finished in the same step. It does not wait.
	Claim(ctx context.Context, ch Channel, n int, now time.Time, done ...Out) ([]Out, error)
	// Done finishes messages that were delivered.
	Done(ctx context.Context, ch Channel, now time.Time, done ...Out) error
	// Fail says that a claimed message did not leave.
	Fail(ctx context.Context, ch Channel, out Out, f Failure, now time.Time) error
}

// Failure tells what became of a message that did not leave.
type Failure struct {
	// Temporary failures are tried again at RetryAt; the whole lane waits.
	// A lasting one ends the message and comes back as a Sent input.
	Temporary bool
	RetryAt   time.Time
	// Outcome of a lasting failure: Unreachable, Bounced, GivenUp or Dropped.
	Outcome Outcome
	// Return is the Rendered.Return of a mail that a server refused: it tells
	// which address did.
	Return string
}

// Outcome is what became of a message in the end.
type Outcome string

const (
	Unreachable Outcome = "unreachable" // the person blocked the bot, the chat is gone
	Bounced     Outcome = "bounced"     // the mail came back
	GivenUp     Outcome = "given_up"    // tried for two days
	Dropped     Outcome = "dropped"     // a mail that nobody is to get any more: nothing is awaited of it
)
