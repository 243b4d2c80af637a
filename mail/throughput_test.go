package mail_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	gomail "github.com/emersion/go-message/mail"

	"regia/dialog"
	"regia/mail"
	"regia/mail/mailtest"
)

// answers lays replies of 3 kB into the mailbox of the service.
func answers(b *testing.B, d *mailtest.Dovecot, n int) {
	b.Helper()
	var raws [][]byte
	for i := range n {
		raws = append(raws, eml(i, "Sì, vengo.\r\n\r\nIl 11/03/2027 09:02, ImperiaForma ha scritto:\r\n"+strings.Repeat("> una riga della domanda che era partita\r\n", 60)))
	}
	must(b, d.Put(mailtest.ServiceUser, raws...))
}

// One message of 3 kB, read from a real Dovecot, understood and moved.
func BenchmarkIngestFromDovecot(b *testing.B) {
	d := dovecot(b)
	const n = 2000
	for b.Loop() {
		b.StopTimer()
		answers(b, d, n)
		handled := 0
		r := &mail.Reader{Endpoint: endpoint(b, d.URL("imaps", mailtest.ServiceUser)), Log: quiet(), Intake: &mail.Desk{
			Own: own, Now: clock, Log: quiet(), MAC: func(p ...string) string { return strings.Join(p, "/") },
			Handle: func(_ context.Context, ins []dialog.In) []error { handled += len(ins); return make([]error, len(ins)) },
		}}
		b.StartTimer()
		began := time.Now()
		for {
			k, err := r.Step(b.Context())
			must(b, err)
			if k == 0 {
				break
			}
		}
		b.ReportMetric(float64(n)/time.Since(began).Seconds(), "messages/s")
		if handled != n {
			b.Fatalf("%d handled", handled)
		}
		r.Close()
	}
}

// The same messages fetched with the bare library and parsed with go-message,
// neither understood nor moved, to compare with.
func BenchmarkBareFetchFromDovecot(b *testing.B) {
	d := dovecot(b)
	const n = 2000
	answers(b, d, n)
	for b.Loop() {
		began := time.Now()
		c, err := imapclient.DialTLS(d.SecureAddr(), &imapclient.Options{TLSConfig: d.TLS})
		must(b, err)
		must(b, c.Login(mailtest.ServiceUser, "prova").Wait())
		_, err = c.Select("INBOX", nil).Wait()
		must(b, err)
		section := &imap.FetchItemBodySection{Peek: true}
		all := imap.SeqSet{imap.SeqRange{Start: 1, Stop: 0}}
		cmd := c.Fetch(all, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
		parsed := 0
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			buf, err := msg.Collect()
			must(b, err)
			r, err := gomail.CreateReader(bytes.NewReader(buf.FindBodySection(section)))
			must(b, err)
			for {
				p, err := r.NextPart()
				if err == io.EOF {
					break
				}
				must(b, err)
				_, err = io.ReadAll(p.Body)
				must(b, err)
			}
			parsed++
		}
		must(b, cmd.Close())
		b.ReportMetric(float64(n)/time.Since(began).Seconds(), "messages/s")
		if parsed != n {
			b.Fatalf("%d parsed", parsed)
		}
		must(b, c.Close())
	}
}

// One prompt submitted to a real Postfix on one TLS connection.
func BenchmarkSubmitToPostfix(b *testing.B) {
	d := dovecot(b)
	p := postfix(b, d)
	const n = 500
	round := 0
	for b.Loop() {
		round++
		var outs []dialog.Out
		for i := range n {
			outs = append(outs, dialog.Out{ID: fmt.Sprintf("o%d-%d", round, i)})
		}
		box := newOutbox(outs...)
		s := &mail.Sender{
			Endpoint: endpoint(b, p.URL("smtps")), Outbox: box, Now: clock, Log: quiet(), Letter: mail.Letter{From: own, Name: "ImperiaForma"},
			Render: func(context.Context, dialog.Out) (dialog.Rendered, error) {
				return dialog.Rendered{Address: "anna@comune-dolcedo.example", Subject: "prova", Token: "abcdefgh23456777", Body: strings.Repeat("una riga della domanda\n", 20)}, nil
			},
		}
		began := time.Now()
		for {
			k, err := s.Step(b.Context())
			must(b, err)
			if k == 0 {
				break
			}
		}
		b.ReportMetric(float64(n)/time.Since(began).Seconds(), "messages/s")
		if len(box.finished) != n {
			b.Fatalf("%d finished, %v", len(box.finished), box.failed)
		}
		s.Close()
	}
}

// The same with Postfix's own load generator, one connection without TLS, to
// compare with.
func BenchmarkSubmitWithSMTPSource(b *testing.B) {
	source, err := exec.LookPath("smtp-source")
	if err != nil {
		b.Skip("no smtp-source: Postfix is not installed")
	}
	d := dovecot(b)
	p := postfix(b, d)
	const n = 500
	for b.Loop() {
		began := time.Now()
		out, err := exec.CommandContext(b.Context(), source, "-d", "-m", fmt.Sprint(n), "-l", "3000",
			"-f", own.String(), "-t", "anna@comune-dolcedo.example", p.Addr()).CombinedOutput()
		if err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		b.ReportMetric(float64(n)/time.Since(began).Seconds(), "messages/s")
	}
}
