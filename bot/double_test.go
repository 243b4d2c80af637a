package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"regia/bot/bottest"
	"regia/dialog"
)

// clock is set by hand.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2027, 3, 11, 8, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func serve(t testing.TB, opt bottest.Options) *bottest.Server {
	t.Helper()
	s, err := bottest.Start(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func config(s *bottest.Server) Config { return Config{Token: s.Token(), API: s.URL()} }

// store is an Intake that remembers what it committed, by id, as the real one
// does.
type store struct {
	mu        sync.Mutex
	committed map[string]Update
	order     []Update
	fail      error
	seen      func([]Update)
}

func newStore() *store { return &store{committed: map[string]Update{}} }

var errStore = errors.New("the store is away")

func (s *store) Take(_ context.Context, updates []Update) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen != nil {
		s.seen(updates)
	}
	if s.fail != nil {
		return s.fail
	}
	for _, u := range updates {
		if _, twice := s.committed[u.ID]; !twice {
			s.committed[u.ID] = u
			s.order = append(s.order, u)
		}
	}
	return nil
}

func (s *store) texts(t *testing.T, botID int64) map[int64][]string {
	t.Helper()
	out := map[int64][]string{}
	for _, u := range s.order {
		if in, err := Decode(u.Raw, botID, time.Time{}); err == nil {
			out[in.Chat.ID] = append(out[in.Chat.ID], in.Chat.Text)
		}
	}
	return out
}

// outbox is an Outbox with lanes and leases, as the contract has them.
type outbox struct {
	mu     sync.Mutex
	lanes  map[string]*lane
	names  []string
	ended  map[string]dialog.Outcome
	done   []string
	leased map[string]string // out id -> lane
}

type lane struct {
	outs  []dialog.Out
	busy  bool
	until time.Time
}

func newOutbox() *outbox {
	return &outbox{lanes: map[string]*lane{}, ended: map[string]dialog.Outcome{}, leased: map[string]string{}}
}

func laneName(o dialog.Out) string { return fmt.Sprint(o.To, o.Reply) }

func (b *outbox) add(outs ...dialog.Out) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range outs {
		name := laneName(o)
		l := b.lanes[name]
		if l == nil {
			l = &lane{}
			b.lanes[name] = l
			if o.Reply {
				b.names = slices.Insert(b.names, 0, name)
			} else {
				b.names = append(b.names, name)
			}
		}
		l.outs = append(l.outs, o)
	}
}

func (b *outbox) Claim(_ context.Context, _ dialog.Channel, n int, now time.Time, done ...dialog.Out) ([]dialog.Out, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.finish(done)
	var out []dialog.Out
	for _, name := range b.names {
		l := b.lanes[name]
		if len(out) == n {
			break
		}
		if l.busy || len(l.outs) == 0 || now.Before(l.until) {
			continue
		}
		l.busy = true
		b.leased[l.outs[0].ID] = name
		out = append(out, l.outs[0])
	}
	return out, nil
}

func (b *outbox) finish(done []dialog.Out) {
	for _, o := range done {
		b.pop(o)
		b.done = append(b.done, o.ID)
	}
}

func (b *outbox) pop(o dialog.Out) {
	l := b.lanes[laneName(o)]
	if !l.busy || l.outs[0].ID != o.ID {
		panic("finished what was not claimed: " + o.ID)
	}
	l.busy = false
	l.outs = l.outs[1:]
	delete(b.leased, o.ID)
}

func (b *outbox) Done(_ context.Context, _ dialog.Channel, _ time.Time, done ...dialog.Out) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.finish(done)
	return nil
}

func (b *outbox) Fail(_ context.Context, _ dialog.Channel, o dialog.Out, f dialog.Failure, now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !f.Temporary {
		b.pop(o)
		b.ended[o.ID] = f.Outcome
		return nil
	}
	l := b.lanes[laneName(o)]
	l.busy = false
	delete(b.leased, o.ID)
	l.outs[0].Tries++
	if l.outs[0].FirstTry.IsZero() {
		l.outs[0].FirstTry = now
	}
	for _, reply := range []bool{true, false} { // the wait holds both
		if other := b.lanes[fmt.Sprint(o.To, reply)]; other != nil {
			other.until = f.RetryAt
		}
	}
	return nil
}

// expire returns what a dead sender held.
func (b *outbox) expire() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, name := range b.leased {
		b.lanes[name].busy = false
		delete(b.leased, id)
	}
}

func (b *outbox) left() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, l := range b.lanes {
		n += len(l.outs)
	}
	return n
}

// words renders a message whose Args["body"] is its text and whose recipient
// is the number of a chat.
func words(_ context.Context, o dialog.Out) (dialog.Rendered, error) {
	chat, err := strconv.ParseInt(o.To, 10, 64)
	if err != nil {
		return dialog.Rendered{}, dialog.ErrNoRecipient
	}
	r := dialog.Rendered{ChatID: chat, Body: o.Args["body"]}
	for _, c := range o.Choices {
		r.Buttons = append(r.Buttons, []dialog.Button{{Label: c.Text, Data: c.Act.Data()}})
	}
	for _, a := range o.Attach {
		r.Attach = append(r.Attach, dialog.Attachment{Name: a + ".pdf", Type: "application/pdf", Body: []byte(a)})
	}
	return r, nil
}

var (
	outs    int
	lastOut string
)

func out(chat int64, reply bool, body string) dialog.Out {
	outs++
	lastOut = "o" + strconv.Itoa(outs)
	return dialog.Out{ID: lastOut, To: strconv.FormatInt(chat, 10), Reply: reply, Args: dialog.Args{"body": body}}
}

// received are the bot's messages in a chat.
func received(s *bottest.Server, chat int64) []bottest.Message {
	return slices.DeleteFunc(s.Messages(chat), func(m bottest.Message) bool { return !m.FromBot })
}
