package mail_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"regia/dialog"
	"regia/mail"
	"regia/mail/mailtest"
)

var (
	own = mail.Address{Local: "formazione", Domain: "provincia.example"}
	day = time.Date(2027, 3, 11, 9, 0, 0, 0, time.FixedZone("CET", 3600))
)

func clock() time.Time { return day }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func endpoint(t testing.TB, url string) mail.Endpoint {
	t.Helper()
	e, err := mail.ParseURL(url)
	must(t, err)
	return e
}

// takes is an Intake that notes what it took.
type takes struct {
	got     []mail.Arrived
	verdict func(mail.Arrived) mail.Verdict
	before  func()
	err     error
}

func (k *takes) Take(_ context.Context, batch []mail.Arrived) ([]mail.Verdict, error) {
	if k.before != nil {
		k.before()
	}
	if k.err != nil {
		return nil, k.err
	}
	out := make([]mail.Verdict, len(batch))
	for i, a := range batch {
		k.got = append(k.got, a)
		out[i] = mail.Done
		if k.verdict != nil {
			out[i] = k.verdict(a)
		}
	}
	return out, nil
}

func steps(t testing.TB, step func(context.Context) (int, error)) {
	t.Helper()
	for {
		n, err := step(t.Context())
		must(t, err)
		if n == 0 {
			return
		}
	}
}

// A question goes out, a person answers it in the mail program or with the
// button, and the answer comes back as a message for dialog.
func TestAQuestionGoesOutAndItsAnswerComesBack(t *testing.T) {
	s, err := mailtest.Start(own.String(), clock)
	must(t, err)
	defer s.Close()

	token := "abcdefgh23456777"
	box := newOutbox(dialog.Out{ID: "o2345672345672345", To: "p1", Channel: dialog.ByMail})
	sender := &mail.Sender{
		Endpoint: endpoint(t, s.SMTP()), Outbox: box, Now: clock, Log: quiet(),
		Letter: mail.Letter{From: own, Name: "ImperiaForma"},
		Render: func(context.Context, dialog.Out) (dialog.Rendered, error) {
			return dialog.Rendered{
				Address: "anna.verdi@comune-dolcedo.example", Subject: "Un posto per te", Token: token,
				Body:    "C'è un posto *libero* per te.\n\nVieni giovedì 11 marzo?",
				Buttons: [][]dialog.Button{{{Label: "Sì, vengo", Word: "1"}, {Label: "No", Word: "2"}}},
			}, nil
		},
	}
	defer sender.Close()
	steps(t, sender.Step)
	if len(box.finished) != 1 {
		t.Fatalf("finished %v, failed %v", box.finished, box.failed)
	}
	letters := s.Box("anna.verdi@comune-dolcedo.example")
	if len(letters) != 1 {
		t.Fatalf("%d letters", len(letters))
	}
	l := letters[0]
	if l.ReplyTo != "formazione+"+token+"@provincia.example" || l.ID != "o2345672345672345."+token+"@provincia.example" {
		t.Errorf("reply to %q, id %q", l.ReplyTo, l.ID)
	}
	if !strings.Contains(l.Text, "1. Sì, vengo") || !strings.HasPrefix(l.Text, mail.Marker) || !strings.Contains(l.HTML, "<strong>libero</strong>") {
		t.Errorf("text %q\nhtml %q", l.Text, l.HTML)
	}

	must(t, s.Reply("anna.verdi@comune-dolcedo.example", l.ID, "ok per me, ma lunedì no"))
	must(t, s.Press("anna.verdi@comune-dolcedo.example", l.ID, 0))
	must(t, s.Write("carlo.neri@comune-triora.example", "mi serve", "mi serve un corso di Excel"))

	var ins []dialog.In
	reader := &mail.Reader{Endpoint: endpoint(t, s.IMAP()), Log: quiet(), Intake: &mail.Desk{
		Own: own, Now: clock, Log: quiet(),
		MAC: func(parts ...string) string { return strings.Join(parts, "/") },
		Handle: func(_ context.Context, batch []dialog.In) []error {
			ins = append(ins, batch...)
			return make([]error, len(batch))
		},
	}}
	defer reader.Close()
	steps(t, reader.Step)
	if len(ins) != 3 {
		t.Fatalf("%d messages", len(ins))
	}
	want := []dialog.Mail{
		{From: "anna.verdi@comune-dolcedo.example", Token: token, Text: "ok per me, ma lunedì no", Sort: "reply"},
		{From: "anna.verdi@comune-dolcedo.example", Token: token, Text: "1", Sort: "reply"},
		{From: "carlo.neri@comune-triora.example", Text: "mi serve un corso di Excel", Sort: "reply"},
	}
	for i, w := range want {
		g := *ins[i].Mail
		if g.From != w.From || g.Token != w.Token || g.Text != w.Text || g.Sort != w.Sort {
			t.Errorf("message %d: %+v", i, g)
		}
		if !strings.HasPrefix(ins[i].ID, "mail:") || !strings.HasSuffix(ins[i].ID, fmt.Sprintf(".%d", i+1)) || ins[i].Also == "" {
			t.Errorf("message %d: id %q also %q", i, ins[i].ID, ins[i].Also)
		}
	}
	if n, _ := s.Waiting("Processed"); n != 3 {
		t.Errorf("%d processed", n)
	}
	if n, _ := s.Waiting("INBOX"); n != 0 {
		t.Errorf("%d left", n)
	}
}

// Invitations, pictures and files arrive as what they are.
func TestAttachmentsArriveAsWhatTheyAre(t *testing.T) {
	s, err := mailtest.Start(own.String(), clock)
	must(t, err)
	defer s.Close()
	sender := &mail.Sender{
		Endpoint: endpoint(t, s.SMTP()), Outbox: newOutbox(dialog.Out{ID: "o1"}), Now: clock, Log: quiet(),
		Letter: mail.Letter{From: own, Name: "ImperiaForma", NoPlus: true},
		Render: func(context.Context, dialog.Out) (dialog.Rendered, error) {
			return dialog.Rendered{
				Address: "a@comune-airole.example", Subject: "Invito <corso>", Body: "Ecco l'invito & il <resto>.", Token: "abcdefgh23456777",
				Attach: []dialog.Attachment{
					{Name: "invito.ics", Type: "text/calendar", Method: "REQUEST", Body: []byte("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n")},
					{Name: "qr.png", Type: "image/png", Inline: true, Body: []byte("\x89PNG\r\n\x1a\n")},
					{Name: "attestato è.pdf", Type: "application/pdf", Body: []byte("%PDF-1.7")},
				},
			}, nil
		},
	}
	defer sender.Close()
	steps(t, sender.Step)
	letters := s.Box("a@comune-airole.example")
	if len(letters) != 1 {
		t.Fatalf("%d letters", len(letters))
	}
	l := letters[0]
	raw := string(l.Raw)
	for _, part := range []string{"text/calendar; method=REQUEST", "Content-Id: <qr.png@regia>", "Auto-Submitted: auto-generated", "application/ics", "image/png"} {
		if !strings.Contains(strings.ToLower(raw), strings.ToLower(part)) {
			t.Errorf("no %q in the message", part)
		}
	}
	if !strings.Contains(l.HTML, "&lt;resto&gt;") || !strings.Contains(l.HTML, "cid:qr.png@regia") || !strings.HasSuffix(l.Subject, "[#abcdefgh23456777]") {
		t.Errorf("%q %s", l.Subject, l.HTML)
	}
	names := ""
	for _, f := range l.Files {
		names += f.Name + "=" + string(f.Body[:4]) + " "
	}
	if !strings.Contains(names, "attestato è.pdf=%PDF") || !strings.Contains(names, "invito.ics=BEGI") {
		t.Errorf("files %q", names)
	}
}

// An announcement says where it is ended, in the header that mail programs make
// a button of; what they send there is understood, whatever it says.
func TestAnAnnouncementSaysHowItEnds(t *testing.T) {
	s, err := mailtest.Start(own.String(), clock)
	must(t, err)
	defer s.Close()
	end := "1" + strings.Repeat("b", 32)
	sender := &mail.Sender{
		Endpoint: endpoint(t, s.SMTP()), Outbox: newOutbox(dialog.Out{ID: "o1"}, dialog.Out{ID: "o2"}), Now: clock, Log: quiet(),
		Letter: mail.Letter{From: own, Name: "ImperiaForma"},
		Render: func(_ context.Context, o dialog.Out) (dialog.Rendered, error) {
			r := dialog.Rendered{Address: "a@comune-airole.example", Subject: "Un corso per il tuo ufficio", Body: "corso", Return: "0" + strings.Repeat("a", 42)}
			if o.ID == "o1" {
				r.Unsubscribe = end
			}
			return r, nil
		},
	}
	defer sender.Close()
	steps(t, sender.Step)
	letters := s.Box("a@comune-airole.example")
	if len(letters) != 2 {
		t.Fatalf("%d letters", len(letters))
	}
	for i, l := range letters {
		m, err := netmail.ReadMessage(bytes.NewReader(l.Raw))
		must(t, err)
		got, want := m.Header.Get("List-Unsubscribe"), ""
		if i == 0 {
			want = "<mailto:formazione+" + end + "@provincia.example?subject=basta%20avvisi&body=basta%20avvisi>"
		}
		if got != want || m.Header.Get("List-Unsubscribe-Post") != "" {
			t.Errorf("letter %d: %q, want %q", i, got, want)
		}
	}
	raw := "From: a@comune-airole.example\r\nTo: formazione+" + end + "@provincia.example\r\nSubject: unsubscribe\r\nAuto-Submitted: auto-generated\r\n\r\nThis message was automatically generated.\r\n"
	m, err := mail.Understand([]byte(raw), own, day)
	must(t, err)
	if in, ok, err := m.ToIn("mail:x", day, "", func(...string) string { return "" }, nil); err != nil || !ok || in.Mail.Sort != "unsubscribe" || in.Mail.Token != end {
		t.Errorf("%v %v %+v", ok, err, in.Mail)
	}
}

// What is not committed stays where it is and is read again.
func TestWhatIsNotCommittedStays(t *testing.T) {
	s, err := mailtest.Start(own.String(), clock)
	must(t, err)
	defer s.Close()
	must(t, s.Write("a@comune-airole.example", "uno", "uno"))
	k := &takes{err: errors.New("the store is away")}
	reader := &mail.Reader{Endpoint: endpoint(t, s.IMAP()), Intake: k, Log: quiet()}
	defer reader.Close()
	if _, err := reader.Step(t.Context()); err == nil {
		t.Fatal("no error")
	}
	k.err, k.verdict = nil, func(mail.Arrived) mail.Verdict { return mail.Later }
	if _, err := reader.Step(t.Context()); !errors.Is(err, mail.ErrLater) {
		t.Fatal(err)
	}
	if n, _ := s.Waiting("INBOX"); n != 1 {
		t.Fatalf("%d in the mailbox", n)
	}
	k.verdict = nil
	steps(t, reader.Step)
	if n, _ := s.Waiting("Processed"); n != 1 || len(k.got) != 2 || k.got[0].ID != k.got[1].ID {
		t.Errorf("%d processed, taken %d times", n, len(k.got))
	}
}

// A message that is too large is never fetched whole; what cannot be read goes
// to Quarantine; what is to be forgotten is deleted.
func TestVerdictsDecideWhereAMessageGoes(t *testing.T) {
	s, err := mailtest.Start(own.String(), clock)
	must(t, err)
	defer s.Close()
	must(t, s.Write("a@comune-airole.example", "grande", strings.Repeat("x", 5000)))
	must(t, s.Write("a@comune-airole.example", "veleno", "veleno"))
	must(t, s.Write("a@comune-airole.example", "segreto", "segreto"))
	must(t, s.Write("a@comune-airole.example", "altro", "altro"))
	k := &takes{verdict: func(a mail.Arrived) mail.Verdict {
		for word, v := range map[string]mail.Verdict{"veleno": mail.Poison, "segreto": mail.Erase, "altro": mail.Leave} {
			if strings.Contains(string(a.Raw), word) {
				return v
			}
		}
		return mail.Done
	}}
	reader := &mail.Reader{Endpoint: endpoint(t, s.IMAP()), Intake: k, Log: quiet(), MaxSize: 3000}
	defer reader.Close()
	steps(t, reader.Step)
	if !k.got[0].TooLarge || strings.Contains(string(k.got[0].Raw), "xxxx") {
		t.Errorf("the large one: %+v", k.got[0].TooLarge)
	}
	for box, want := range map[string]int{"INBOX": 1, "Processed": 0, "Quarantine": 2} {
		if n, _ := s.Waiting(box); n != want {
			t.Errorf("%s holds %d, want %d", box, n, want)
		}
	}
}

// A token that does not fit into the address comes back by Message-ID and
// subject; an answer that was promised to be anonymous is deleted.
func TestALongAddressAndASecretAnswer(t *testing.T) {
	long := mail.Address{Local: "ufficio.formazione", Domain: "provincia.example"}
	token := strings.Repeat("abcdefgh", 6)
	s, err := mailtest.Start(long.String(), clock)
	must(t, err)
	defer s.Close()
	sender := &mail.Sender{
		Endpoint: endpoint(t, s.SMTP()), Outbox: newOutbox(dialog.Out{ID: "o1"}), Now: clock, Log: quiet(),
		Letter: mail.Letter{From: long, Name: "ImperiaForma"},
		Render: func(context.Context, dialog.Out) (dialog.Rendered, error) {
			return dialog.Rendered{
				Address: "a@comune-airole.example", Subject: "domanda", Body: "domanda", Token: token,
				Buttons: [][]dialog.Button{{{Label: "Sì", Word: "1"}}},
			}, nil
		},
	}
	defer sender.Close()
	steps(t, sender.Step)
	l := s.Box("a@comune-airole.example")[0]
	if l.ReplyTo != long.String() || !strings.Contains(l.Subject, "[#"+token+"]") {
		t.Fatalf("%q %q", l.ReplyTo, l.Subject)
	}
	must(t, s.Reply("a@comune-airole.example", l.ID, "sì"))
	must(t, s.Press("a@comune-airole.example", l.ID, 0))
	var tokens []string
	reader := &mail.Reader{Endpoint: endpoint(t, s.IMAP()), Log: quiet(), Intake: &mail.Desk{
		Own: long, Now: clock, Log: quiet(), MAC: func(p ...string) string { return strings.Join(p, "/") },
		Fate: func(_ context.Context, in dialog.In) (dialog.Fate, error) {
			return map[bool]dialog.Fate{true: dialog.Erased}[in.Mail.Text == "1"], nil
		},
		Handle: func(_ context.Context, ins []dialog.In) []error {
			for _, in := range ins {
				tokens = append(tokens, in.Mail.Token)
			}
			return make([]error, len(ins))
		},
	}}
	defer reader.Close()
	steps(t, reader.Step)
	if len(tokens) != 2 || tokens[0] != token || tokens[1] != token {
		t.Errorf("tokens %q", tokens)
	}
	for box, want := range map[string]int{"INBOX": 0, "Processed": 1} {
		if n, _ := s.Waiting(box); n != want {
			t.Errorf("%s holds %d, want %d", box, n, want)
		}
	}
}

// In a box that people read too, what is not for the service stays unread, and
// the office is told of it, once it is committed that it is.
func TestASharedBoxKeepsWhatIsForPeople(t *testing.T) {
	s, err := mailtest.Start(own.String(), clock)
	must(t, err)
	defer s.Close()
	must(t, s.Deliver([]byte("From: liste@altro.example\r\nList-Id: <x.altro.example>\r\nSubject: notizie\r\n\r\nnotizie\r\n")))
	must(t, s.Write("a@comune-airole.example", "aiuto", "aiuto"))
	var stay []dialog.In
	away := true
	reader := &mail.Reader{Endpoint: endpoint(t, s.IMAP()), Log: quiet(), Intake: &mail.Desk{
		Own: own, Shared: true, Now: clock, Log: quiet(), MAC: func(p ...string) string { return strings.Join(p, "/") },
		Handle: func(_ context.Context, ins []dialog.In) []error {
			if away {
				return []error{mail.ErrLater, mail.ErrLater}
			}
			for _, in := range ins {
				if in.Unread != nil {
					stay = append(stay, in)
				}
			}
			return make([]error, len(ins))
		},
	}}
	defer reader.Close()
	if _, err := reader.Step(t.Context()); !errors.Is(err, mail.ErrLater) {
		t.Fatalf("nothing was committed: %v", err)
	}
	away = false
	steps(t, reader.Step)
	for box, want := range map[string]int{"INBOX": 1, "Processed": 1} {
		if n, _ := s.Waiting(box); n != want {
			t.Errorf("%s holds %d, want %d", box, n, want)
		}
	}
	if len(stay) != 1 || !strings.HasPrefix(stay[0].ID, "left:mail:") || stay[0].Unread.Stays.IsZero() || stay[0].Unread.From != "" {
		t.Errorf("the office is told %+v", stay)
	}
	list := []byte("From: liste@altro.example\r\nList-Id: <x.altro.example>\r\n\r\nnotizie\r\n")
	for _, a := range []mail.Arrived{{ID: "read", Raw: list, At: day, Seen: true}, {ID: "undated", Raw: list}, {ID: "later", Raw: list, At: day.Add(time.Hour)}, {ID: "old", Raw: list, At: day.Add(-time.Hour)}} {
		stay = nil
		verdicts, err := reader.Intake.Take(t.Context(), []mail.Arrived{a})
		must(t, err)
		want := map[string]time.Time{"undated": day, "later": day, "old": day.Add(-time.Hour)}[a.ID]
		if verdicts[0] != mail.Leave || (len(stay) == 0) != want.IsZero() || len(stay) == 1 && !stay[0].Unread.Stays.Equal(want) {
			t.Errorf("%s: %v, told %+v", a.ID, verdicts, stay)
		}
	}
}

// What was handled goes where its fate says: for a person that is the mailbox,
// where people read it, and Quarantine elsewhere.
func TestTheFateOfAMessageDecidesWhereItGoes(t *testing.T) {
	for _, c := range []struct {
		fate   dialog.Fate
		err    error
		shared bool
		want   mail.Verdict
	}{
		{fate: dialog.Filed, want: mail.Done},
		{fate: dialog.Erased, want: mail.Erase},
		{fate: dialog.Aside, want: mail.Poison},
		{fate: dialog.Aside, shared: true, want: mail.Leave},
		{fate: dialog.Erased, shared: true, want: mail.Erase},
		{err: errors.New("the store is away"), want: mail.Later},
	} {
		var got dialog.In
		desk := &mail.Desk{
			Own: own, Shared: c.shared, Now: clock, Log: quiet(), MAC: func(p ...string) string { return strings.Join(p, "/") },
			Handle: func(_ context.Context, ins []dialog.In) []error { got = ins[0]; return make([]error, len(ins)) },
			Fate:   func(context.Context, dialog.In) (dialog.Fate, error) { return c.fate, c.err },
		}
		raw := []byte("From: a@comune-airole.example\r\nSubject: x\r\n\r\ncorsi\r\n")
		verdicts, err := desk.Take(t.Context(), []mail.Arrived{{ID: "mail:h:INBOX:1.1", Raw: raw, At: day.Add(-time.Hour)}})
		must(t, err)
		if verdicts[0] != c.want || got.Mail.Manned != c.shared || got.Mail.Waits.IsZero() == c.shared {
			t.Errorf("%+v: %v, %+v", c, verdicts, got.Mail)
		}
	}
}

// A refused address ends the message; trouble with the server is waited out.
func TestRefusalsAreToldFromTrouble(t *testing.T) {
	s, err := mailtest.Start(own.String(), clock)
	must(t, err)
	defer s.Close()
	back := "0" + strings.Repeat("a", 42)
	s.Refuse("gone@comune-airole.example", 550)
	s.Refuse("full@comune-airole.example", 452)
	address := map[string]string{"o1": "gone@comune-airole.example", "o2": "full@comune-airole.example", "o3": "ok@comune-airole.example", "o4": "", "o5": "x\r\nBcc: y@z.example"}
	box := newOutbox(dialog.Out{ID: "o1"}, dialog.Out{ID: "o2"}, dialog.Out{ID: "o3"}, dialog.Out{ID: "o4"}, dialog.Out{ID: "o5"}, dialog.Out{ID: "o6"},
		dialog.Out{ID: "o7", FirstTry: day.Add(-50 * time.Hour)})
	sender := &mail.Sender{
		Endpoint: endpoint(t, s.SMTP()), Outbox: box, Now: clock, Log: quiet(), Letter: mail.Letter{From: own, Name: "ImperiaForma"},
		Render: func(_ context.Context, o dialog.Out) (dialog.Rendered, error) {
			if o.ID >= "o6" {
				return dialog.Rendered{}, errors.New("the store is away")
			}
			return dialog.Rendered{Address: address[o.ID], Subject: "prova", Body: "prova", Return: back}, nil
		},
	}
	defer sender.Close()
	steps(t, sender.Step)
	want := map[string]dialog.Failure{
		"o1": {Outcome: dialog.Bounced, Return: back}, "o2": {Temporary: true, RetryAt: day.Add(time.Minute)},
		"o4": {Outcome: dialog.Unreachable}, "o5": {Outcome: dialog.Unreachable},
		"o6": {Temporary: true, RetryAt: day.Add(time.Minute)}, "o7": {Outcome: dialog.GivenUp},
	}
	for id, w := range want {
		if g, ok := box.failed[id]; !ok || g != w {
			t.Errorf("%s: %+v, want %+v", id, g, w)
		}
	}
	if len(box.finished) != 1 || box.finished[0] != "o3" {
		t.Errorf("finished %v", box.finished)
	}
}

// What nobody is to get any more is dropped, which is not as if it had left;
// where no address works, the other ways are tried.
func TestWhatNobodyIsToGetEnds(t *testing.T) {
	box := newOutbox(outsOf(2)...)
	s := &mail.Sender{
		Outbox: box, Now: clock, Log: quiet(),
		Render: func(_ context.Context, o dialog.Out) (dialog.Rendered, error) {
			if o.ID == outsOf(1)[0].ID {
				return dialog.Rendered{}, dialog.ErrNoRecipient
			}
			return dialog.Rendered{}, nil
		},
	}
	defer s.Close()
	steps(t, s.Step)
	if len(box.finished) > 0 || box.failed[outsOf(1)[0].ID].Outcome != dialog.Dropped || box.failed[outsOf(2)[1].ID].Outcome != dialog.Unreachable {
		t.Errorf("finished %v, failed %v", box.finished, box.failed)
	}
}
