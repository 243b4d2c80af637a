package mail_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"regia/dialog"
	"regia/mail"
	"regia/mail/mailtest"
)

// weather is a bad line: each connection is cut somewhere, in one direction or
// the other, and pieces come late.
func weather(seed uint64, up, down int) func() mailtest.Fate {
	r := rand.New(rand.NewPCG(seed, 1))
	return func() mailtest.Fate {
		f := mailtest.Unharmed
		if r.IntN(2) == 0 {
			f.Down = r.IntN(down)
		} else {
			f.Up = r.IntN(up)
		}
		f.Delay = time.Duration(r.IntN(3)) * time.Millisecond
		return f
	}
}

// acts is the service behind the mailbox: it handles a message once by its id,
// as the store does, and sometimes fails for now.
type acts struct {
	rand *rand.Rand
	done map[string]int // by id
	text map[string]int // by what was said
}

func (a *acts) handle(_ context.Context, ins []dialog.In) []error {
	errs := make([]error, len(ins))
	for i, in := range ins {
		if a.rand.IntN(10) == 0 {
			errs[i] = mail.ErrLater
			continue
		}
		if in.Unread != nil {
			continue // the office is told of it
		}
		if a.done[in.ID]++; a.done[in.ID] == 1 {
			a.text[in.Mail.Text]++
		}
	}
	return errs
}

// Over a line that cuts and delays, with a store that is away now and then,
// every message ends where it belongs, and none is acted on twice.
func TestDovecotOverABadLine(t *testing.T) {
	for seed := range uint64(3) {
		d := dovecot(t)
		line := between(t, d.Addr())
		const n = 120
		var raws [][]byte
		for i := range n {
			raws = append(raws, eml(i, fmt.Sprintf("risposta %d %s", i, strings.Repeat("parola ", i%40))))
		}
		raws = append(raws, []byte(" "), []byte("\n"))
		must(t, d.Put(mailtest.ServiceUser, raws...))
		a := &acts{rand: rand.New(rand.NewPCG(seed, 2)), done: map[string]int{}, text: map[string]int{}}
		r := &mail.Reader{
			Endpoint: endpoint(t, "imap://"+mailtest.ServiceUser+":prova@"+line.Addr()+"/INBOX?tls=off"), Log: quiet(), Batch: 7, Timeout: 5 * time.Second,
			Intake: &mail.Desk{Own: own, Now: clock, Log: quiet(), MAC: func(p ...string) string { return strings.Join(p, "/") }, Handle: a.handle},
		}
		where := func() (in, done, held int) {
			return d.Count(mailtest.ServiceUser, "INBOX"), d.Count(mailtest.ServiceUser, "Processed"), d.Count(mailtest.ServiceUser, "Quarantine")
		}
		line.Each(weather(seed, 600, 6000))
		for range 400 {
			_, _ = r.Step(t.Context())
			if in, done, held := where(); in+done+held < n+2 {
				t.Fatalf("seed %d: %d waiting, %d done, %d in quarantine of %d", seed, in, done, held, n+2)
			} else if in == 0 {
				break
			}
		}
		line.Each(func() mailtest.Fate { return mailtest.Unharmed })
		r.Close() // the last connection may still be one that will be cut
		for in := 1; in > 0; in, _, _ = where() {
			_, _ = r.Step(t.Context()) // the store is still away now and then
		}
		r.Close()
		_, done, held := where()
		t.Logf("seed %d: %d connections cut, %d done, %d in quarantine", seed, line.Cuts(), done, held)
		if done+held != n+2 || held < 2 || len(a.text) != done || line.Cuts() == 0 {
			t.Errorf("seed %d: %d done, %d in quarantine, %d acted on, want %d in all", seed, done, held, len(a.text), n+2)
		}
		for text, times := range a.text {
			if times != 1 {
				t.Errorf("seed %d: acted on %d times: %q", seed, times, text)
			}
		}
	}
}

// Over the same line every message leaves, and a repeat is the same message.
func TestPostfixOverABadLine(t *testing.T) {
	d := dovecot(t)
	p := postfix(t, d)
	line := between(t, p.Addr())
	line.Each(weather(7, 8000, 600))
	const n = 60
	box := newOutbox(outsOf(n)...)
	s := &mail.Sender{
		Endpoint: endpoint(t, "smtp://"+line.Addr()+"?tls=off"), Outbox: box, Now: clock, Log: quiet(), Timeout: 5 * time.Second,
		Letter: mail.Letter{From: own, Name: "ImperiaForma"}, Batch: 5,
		Render: func(context.Context, dialog.Out) (dialog.Rendered, error) {
			return dialog.Rendered{Address: "anna@comune-dolcedo.example", Subject: "prova", Body: "prova"}, nil
		},
	}
	defer s.Close()
	for round := 0; box.distinct() < n; round++ {
		if round == 300 {
			line.Each(func() mailtest.Fate { return mailtest.Unharmed })
			s.Close()
		}
		_, _ = s.Step(t.Context())
		for id, f := range box.failed {
			if !f.Temporary {
				t.Fatalf("%s failed for good: %+v", id, f)
			}
			box.waiting = append(box.waiting, dialog.Out{ID: id})
			delete(box.failed, id)
		}
	}
	came := func() (all, distinct int) {
		seen := map[string]bool{}
		raws := d.Messages(mailtest.PeopleUser, "INBOX")
		for _, raw := range raws {
			seen[mailtest.ReadLetter(raw).ID] = true
		}
		return len(raws), len(seen)
	}
	eventually(t, "all delivered", func() bool { _, distinct := came(); return distinct == n })
	all, _ := came()
	t.Logf("%d connections cut, %d messages came for %d", line.Cuts(), all, n)
	if all-n > line.Cuts() {
		t.Errorf("%d repeats, more than %d cuts", all-n, line.Cuts())
	}
}

// A server that greets and then says nothing holds up nobody who wants to stop.
func TestASilentServerDoesNotHoldTheStop(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if c, err := l.Accept(); err == nil {
			_, _ = io.WriteString(c, "220 posta.example ESMTP\r\n")
			_, _ = c.Read(make([]byte, 1))
			cancel() // the sender has said EHLO and waits
			<-t.Context().Done()
			c.Close()
		}
	}()
	s := &mail.Sender{
		Endpoint: endpoint(t, "smtp://"+l.Addr().String()+"?tls=off"), Outbox: newOutbox(outsOf(1)...), Now: clock, Log: quiet(),
		Letter: mail.Letter{From: own, Name: "ImperiaForma"}, Timeout: time.Hour,
		Render: func(context.Context, dialog.Out) (dialog.Rendered, error) {
			return dialog.Rendered{Address: "anna@comune.example", Subject: "Un posto per te", Body: "Vieni?"}, nil
		},
	}
	end := make(chan error, 1)
	go func() { end <- s.Run(ctx) }()
	select {
	case <-end:
	case <-time.After(30 * time.Second):
		t.Fatal("still waiting for an answer")
	}
}
