package mail_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"regia/dialog"
	"regia/mail"
	"regia/mail/mailtest"
)

// dovecot starts a real one. Without REGIA_TEST_REAL the test is skipped: go test
// ./... needs only Go, and is quick everywhere.
func dovecot(t testing.TB) *mailtest.Dovecot {
	t.Helper()
	if os.Getenv("REGIA_TEST_REAL") == "" {
		t.Skip("skipped: with REGIA_TEST_REAL=1 it runs against Dovecot")
	}
	dir, err := mailtest.Dir()
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	d, err := mailtest.StartDovecot(dir)
	if err != nil {
		logOf(t, dir+"/dovecot/dovecot.log", dir+"/dovecot/output.log")
		t.Fatal(err)
	}
	t.Cleanup(d.Stop)
	return d
}

func postfix(t testing.TB, d *mailtest.Dovecot) *mailtest.Postfix {
	t.Helper()
	dir, err := mailtest.Dir()
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	p, err := mailtest.StartPostfix(dir, own.String(), d)
	if err != nil {
		logOf(t, dir+"/postfix/postfix.log", dir+"/postfix/output.log")
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	t.Cleanup(func() {
		if t.Failed() {
			logOf(t, dir+"/postfix/postfix.log")
		}
	})
	return p
}

func logOf(t testing.TB, files ...string) {
	for _, f := range files {
		b, _ := os.ReadFile(f)
		if len(b) > 3000 {
			b = b[len(b)-3000:]
		}
		t.Logf("%s:\n%s", f, b)
	}
}

func eml(n int, text string) []byte {
	return fmt.Appendf(nil, "From: anna%d@comune-dolcedo.example\r\nTo: formazione@provincia.example\r\nSubject: risposta\r\n"+
		"Message-ID: <n%d@comune.example>\r\nDate: Thu, 11 Mar 2027 08:00:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n", n, n, text)
}

// count notes how often each message was taken, and sees to it that nothing
// had been moved by then.
type ledger struct {
	t     *testing.T
	d     *mailtest.Dovecot
	taken map[string]int
	moved bool
	total int
}

func (l *ledger) Take(_ context.Context, batch []mail.Arrived) ([]mail.Verdict, error) {
	out := make([]mail.Verdict, len(batch))
	if l.d.Count(mailtest.ServiceUser, "INBOX")+l.d.Count(mailtest.ServiceUser, "Processed")+l.d.Count(mailtest.ServiceUser, "Quarantine") < l.total {
		l.t.Error("a message is nowhere")
	}
	before := len(l.taken)
	for i, a := range batch {
		l.taken[a.ID]++
		out[i] = mail.Done
		if _, err := mail.Understand(a.Raw, own, day); err != nil {
			out[i] = mail.Poison
		}
	}
	if l.d.Count(mailtest.ServiceUser, "Processed")+l.d.Count(mailtest.ServiceUser, "Quarantine") > before {
		l.moved = true
	}
	return out, nil
}

func TestDovecotEveryMessageIsTakenOnceAndThenMoved(t *testing.T) {
	d := dovecot(t)
	const n = 250
	var raws [][]byte
	for i := range n {
		raws = append(raws, eml(i, fmt.Sprintf("risposta %d", i)))
	}
	raws = append(raws, []byte(" "))
	must(t, d.Put(mailtest.ServiceUser, raws...))
	for _, scheme := range []string{"imaps", "imap", "off"} {
		l := &ledger{t: t, d: d, taken: map[string]int{}}
		l.total = d.Count(mailtest.ServiceUser, "INBOX")
		r := &mail.Reader{Endpoint: endpoint(t, d.URL(scheme, mailtest.ServiceUser)), Intake: l, Log: quiet(), Batch: 60}
		if scheme == "imaps" {
			steps(t, r.Step)
			if l.moved {
				t.Error("moved before Take returned")
			}
			if len(l.taken) != n+1 {
				t.Errorf("%d taken", len(l.taken))
			}
			for id, times := range l.taken {
				if times != 1 {
					t.Errorf("%s taken %d times", id, times)
				}
			}
		} else if got, err := r.Step(t.Context()); err != nil || got != 0 {
			t.Errorf("%s: %d %v", scheme, got, err)
		}
		r.Close()
	}
	for box, want := range map[string]int{"INBOX": 0, "Processed": n, "Quarantine": 1} {
		if got := d.Count(mailtest.ServiceUser, box); got != want {
			t.Errorf("%s holds %d, want %d", box, got, want)
		}
	}
}

func TestDovecotNewUIDsAreNewIDs(t *testing.T) {
	d := dovecot(t)
	must(t, d.Put(mailtest.ServiceUser, eml(1, "uno")))
	k := &takes{verdict: func(mail.Arrived) mail.Verdict { return mail.Leave }}
	r := &mail.Reader{Endpoint: endpoint(t, d.URL("off", mailtest.ServiceUser)), Intake: k, Log: quiet()}
	defer r.Close()
	steps(t, r.Step)
	steps(t, r.Step)
	if len(k.got) != 1 {
		t.Fatalf("what is left in place was taken %d times", len(k.got))
	}
	r.Close()
	d.Stop()
	// A mailbox restored from a backup has other UIDs: its UIDVALIDITY, made
	// of the seconds, is set by hand here to be sure of a new one.
	must(t, d.NewUIDs(mailtest.ServiceUser))
	must(t, d.Validity(mailtest.ServiceUser, 4242))
	must(t, d.Restart())
	steps(t, r.Step)
	if len(k.got) != 2 || k.got[0].ID == k.got[1].ID || !strings.Contains(k.got[1].ID, ":4242.") {
		t.Fatalf("%d taken: %v", len(k.got), ids(k.got))
	}
	m0, _ := mail.Understand(k.got[0].Raw, own, day)
	m1, _ := mail.Understand(k.got[1].Raw, own, day)
	mac := func(p ...string) string { return strings.Join(p, "|") }
	if m0.Also(mac) != m1.Also(mac) || m0.Also(mac) == "" {
		t.Error("the second id differs")
	}
}

func ids(a []mail.Arrived) (out []string) {
	for _, x := range a {
		out = append(out, x.ID)
	}
	return out
}

// between stands in front of a server.
func between(t *testing.T, addr string) *mailtest.Proxy {
	t.Helper()
	p, err := mailtest.StartProxy(addr)
	must(t, err)
	t.Cleanup(func() { p.Close() })
	return p
}

// cutAfter ends each connection after so many bytes from the server.
func cutAfter(n int) func() mailtest.Fate {
	return func() mailtest.Fate { return mailtest.Fate{Up: -1, Down: n} }
}

// The connection is cut after more and more bytes: nothing is lost, and what
// is handed over twice bears the same id.
func TestDovecotConnectionCutAnywhere(t *testing.T) {
	d := dovecot(t)
	const n = 12
	var raws [][]byte
	for i := range n {
		raws = append(raws, eml(i, strings.Repeat(fmt.Sprintf("riga %d\r\n", i), 20)))
	}
	must(t, d.Put(mailtest.ServiceUser, raws...))
	c := between(t, d.Addr())
	e := endpoint(t, "imap://"+mailtest.ServiceUser+":prova@"+c.Addr()+"/INBOX?tls=off")
	l := &ledger{t: t, d: d, taken: map[string]int{}, total: n}
	r := &mail.Reader{Endpoint: e, Intake: l, Log: quiet(), Batch: 3, Tries: 1000, Timeout: 5 * time.Second}
	defer r.Close()
	for after := 0; after < 9000; after += 97 {
		c.Each(cutAfter(after))
		for range 10 {
			if got, err := r.Step(t.Context()); err != nil || got == 0 {
				break
			}
		}
		r.Close()
	}
	c.Each(cutAfter(-1))
	steps(t, r.Step)
	if len(l.taken) != n {
		t.Errorf("%d ids taken, want %d", len(l.taken), n)
	}
	if got := d.Count(mailtest.ServiceUser, "Processed"); got != n {
		t.Errorf("%d processed, %d left, %d in quarantine", got, d.Count(mailtest.ServiceUser, "INBOX"), d.Count(mailtest.ServiceUser, "Quarantine"))
	}
}

// Run sleeps in IDLE, hears of a new message, and survives a restart of the
// server.
func TestDovecotRunHearsOfNewMail(t *testing.T) {
	d := dovecot(t)
	must(t, d.Put(mailtest.ServiceUser, eml(1, "uno")))
	got := make(chan string, 10)
	k := &takes{verdict: func(a mail.Arrived) mail.Verdict { got <- string(a.Raw); return mail.Done }}
	r := &mail.Reader{Endpoint: endpoint(t, d.URL("imap", mailtest.ServiceUser)), Intake: k, Log: quiet(), Watchdog: time.Second}
	ctx, cancel := context.WithCancel(t.Context())
	end := make(chan error, 1)
	go func() { end <- r.Run(ctx) }()
	// A message that the restart caught before its move comes once more.
	wait := func(word string) {
		t.Helper()
		for late := time.After(30 * time.Second); ; {
			select {
			case raw := <-got:
				if strings.Contains(raw, word) {
					return
				}
			case <-late:
				t.Fatalf("%s never came", word)
			}
		}
	}
	wait("uno")
	must(t, d.Put(mailtest.ServiceUser, eml(2, "due")))
	wait("due")
	must(t, d.Restart())
	must(t, d.Put(mailtest.ServiceUser, eml(3, "tre")))
	wait("tre")
	cancel()
	if err := <-end; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// The server goes silent while the reader sleeps: the watchdog finds out and
// connects anew.
func TestDovecotGoesSilent(t *testing.T) {
	d := dovecot(t)
	must(t, d.Put(mailtest.ServiceUser, eml(1, "uno")))
	silent := make(chan struct{}) // for the first connection
	line, n := between(t, d.Addr()), 0
	line.Each(func() mailtest.Fate {
		f := mailtest.Unharmed
		if n++; n == 1 {
			f.Silent = silent
		}
		return f
	})
	got := make(chan string, 10)
	k := &takes{verdict: func(a mail.Arrived) mail.Verdict { got <- string(a.Raw); return mail.Done }}
	r := &mail.Reader{
		Endpoint: endpoint(t, "imap://"+mailtest.ServiceUser+":prova@"+line.Addr()+"?tls=off"), Intake: k, Log: quiet(),
		Watchdog: 500 * time.Millisecond, Timeout: 3 * time.Second,
	}
	ctx, cancel := context.WithCancel(t.Context())
	end := make(chan error, 1)
	go func() { end <- r.Run(ctx) }()
	<-got
	eventually(t, "the move", func() bool { return d.Count(mailtest.ServiceUser, "Processed") == 1 })
	close(silent)
	must(t, d.Put(mailtest.ServiceUser, eml(2, "due")))
	select {
	case raw := <-got:
		if !strings.Contains(raw, "due") {
			t.Errorf("got %q", raw)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the silence was not noticed")
	}
	cancel()
	<-end
}

// Through Postfix: a question with its token goes out and arrives whole; the
// answer to the plus address comes back to the service's mailbox.
func TestPostfixAndDovecotThereAndBack(t *testing.T) {
	d := dovecot(t)
	p := postfix(t, d)
	const n = 40
	box := newOutbox(outsOf(n)...)
	s := &mail.Sender{
		Endpoint: endpoint(t, p.URL("smtp")), Outbox: box, Now: clock, Log: quiet(),
		Letter: mail.Letter{From: own, Name: "ImperiaForma, ufficio formazione"},
		Render: func(_ context.Context, o dialog.Out) (dialog.Rendered, error) {
			return dialog.Rendered{
				Address: "anna@comune-dolcedo.example", Subject: "Perché no? " + o.ID, Token: "abcdefgh23456777",
				Body: "È *importante*.\n\n.una riga con un punto davanti",
			}, nil
		},
	}
	defer s.Close()
	steps(t, s.Step)
	if len(box.finished) != n {
		t.Fatalf("%d of %d finished, failed %v", len(box.finished), n, box.failed)
	}
	eventually(t, "all delivered", func() bool { return d.Count(mailtest.PeopleUser, "INBOX") == n })
	for _, raw := range d.Messages(mailtest.PeopleUser, "INBOX") {
		l := mailtest.ReadLetter(raw)
		if !strings.Contains(l.Text, ".una riga con un punto davanti") || !strings.HasPrefix(l.Subject, "Perché no? o") || l.From != own.String() {
			t.Fatalf("%q %q %q", l.From, l.Subject, l.Text)
		}
		if m, _ := mail.Understand(raw, own, day); m.Kind != mail.KindRejected {
			t.Fatalf("own mail is %s", m.Kind)
		}
	}
	// The second sender of the same message: the one died after acceptance.
	box2 := newOutbox(outsOf(1)...)
	s.Outbox = box2
	steps(t, s.Step)
	eventually(t, "the repeat", func() bool { return d.Count(mailtest.PeopleUser, "INBOX") == n+1 })
	seen := map[string]bool{}
	for _, raw := range d.Messages(mailtest.PeopleUser, "INBOX") {
		seen[mailtest.ReadLetter(raw).ID] = true
	}
	if len(seen) != n {
		t.Errorf("%d ids for %d messages", len(seen), n)
	}
	// Back, to the plus address.
	s.Outbox = newOutbox(dialog.Out{ID: "back"})
	s.Render = func(context.Context, dialog.Out) (dialog.Rendered, error) {
		return dialog.Rendered{Address: own.Tagged("abcdefgh23456777"), Subject: "Re: prova", Body: "sì"}, nil
	}
	steps(t, s.Step)
	eventually(t, "the answer", func() bool { return d.Count(mailtest.ServiceUser, "INBOX") == 1 })
	if raw := d.Messages(mailtest.ServiceUser, "INBOX")[0]; !bytes.Contains(raw, []byte("+abcdefgh23456777")) {
		t.Errorf("%s", raw)
	}
}

// What comes back from Postfix is tied to its message, whether that asked
// something or not, and says whether it is for good; also where the address of
// the service has no plus part.
func TestPostfixBouncesAreTiedToTheirMessages(t *testing.T) {
	d := dovecot(t)
	p := postfix(t, d)
	for _, noPlus := range []bool{false, true} {
		bouncesAreTied(t, d, p, mail.Letter{From: own, Name: "ImperiaForma", NoPlus: noPlus})
	}
}

func bouncesAreTied(t *testing.T, d *mailtest.Dovecot, p *mailtest.Postfix, letter mail.Letter) {
	t.Helper()
	back := map[string]string{"o2345672345672345": "0" + strings.Repeat("a", 42), "o2345672345672346": "0" + strings.Repeat("b", 42)}
	box := newOutbox(dialog.Out{ID: "o2345672345672345"}, dialog.Out{ID: "o2345672345672346"})
	s := &mail.Sender{
		Endpoint: endpoint(t, p.URL("smtp")), Outbox: box, Now: clock, Log: quiet(), Letter: letter,
		Render: func(_ context.Context, o dialog.Out) (dialog.Rendered, error) {
			r := dialog.Rendered{Address: "sparito@comune-dolcedo.example", Subject: "prova", Body: "prova", Return: back[o.ID]}
			if o.ID != "o2345672345672345" {
				r.Address, r.Token = "pieno@comune-dolcedo.example", strings.Repeat("c", 48)
			}
			return r, nil
		},
	}
	defer s.Close()
	steps(t, s.Step)
	eventually(t, "both come back", func() bool { return d.Count(mailtest.ServiceUser, "INBOX") == 2 })
	got := map[string]bool{}
	r := &mail.Reader{Endpoint: endpoint(t, d.URL("imap", mailtest.ServiceUser)), Log: quiet(), Intake: &mail.Desk{
		Own: own, Now: clock, Log: quiet(), MAC: func(p ...string) string { return strings.Join(p, "/") },
		Handle: func(_ context.Context, ins []dialog.In) []error {
			for _, in := range ins {
				if in.Mail.Sort != "bounce" {
					t.Errorf("%+v", in.Mail)
				}
				got[in.Mail.Token] = in.Mail.Hard
			}
			return make([]error, len(ins))
		},
	}}
	defer r.Close()
	steps(t, r.Step)
	if want := map[string]bool{back["o2345672345672345"]: true, back["o2345672345672346"]: false}; !maps.Equal(got, want) {
		t.Errorf("%+v: %v, want %v", letter, got, want)
	}
}

// The server hangs up after each message, and after acceptance: every message
// is delivered, and none is reported as failed.
func TestPostfixHangsUp(t *testing.T) {
	d := dovecot(t)
	p := postfix(t, d)
	const n = 10
	box := newOutbox(outsOf(n)...)
	c := between(t, p.Addr())
	s := &mail.Sender{
		Endpoint: endpoint(t, "smtp://"+c.Addr()+"?tls=off"), Outbox: box, Now: clock, Log: quiet(),
		Letter: mail.Letter{From: own, Name: "ImperiaForma"}, Batch: 1,
		Render: func(context.Context, dialog.Out) (dialog.Rendered, error) {
			return dialog.Rendered{Address: "anna@comune-dolcedo.example", Subject: "prova", Body: "prova"}, nil
		},
	}
	defer s.Close()
	for after := 0; after < 1200 && box.distinct() < n; after += 61 {
		c.Each(cutAfter(after))
		s.Close()
		_, _ = s.Step(t.Context())
		for id, f := range box.failed {
			if !f.Temporary {
				t.Errorf("%s failed for good: %+v", id, f)
			}
			box.leased[id] = dialog.Out{ID: id}
			delete(box.failed, id)
		}
		_, _ = s.Step(t.Context())
		box.expire()
	}
	c.Each(cutAfter(-1))
	s.Close()
	for box.distinct() < n {
		steps(t, s.Step)
		for id := range box.failed {
			box.waiting = append(box.waiting, dialog.Out{ID: id})
			delete(box.failed, id)
		}
	}
	eventually(t, "all delivered", func() bool {
		seen := map[string]bool{}
		for _, raw := range d.Messages(mailtest.PeopleUser, "INBOX") {
			seen[mailtest.ReadLetter(raw).ID] = true
		}
		return len(seen) == n
	})
}

// eventually waits for what another process does in its own time.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	end := time.Now().Add(30 * time.Second)
	for !ok() {
		if time.Now().After(end) {
			t.Fatalf("%s: not within 30 s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
