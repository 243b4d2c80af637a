package mail_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	gomail "github.com/emersion/go-message/mail"

	"regia/mail"
)

// Whatever comes in, understanding ends, stays within its bounds and gives
// valid text.
func FuzzUnderstand(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.eml")
	offices, _ := filepath.Glob("testdata/clients/*.eml")
	files = append(files, offices...)
	for _, name := range files {
		raw, err := os.ReadFile(name)
		must(f, err)
		f.Add(raw)
	}
	f.Add([]byte("Authentication-Results: posta.provincia.example 1; spf=pass (a \\) b) smtp.mailfrom=\"x; \\\"y\"@z.example;\r\n\tdkim = pass header.d=a.example\r\n" +
		"From: a@a.example\r\n\r\nx"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := mail.Understand(raw, own, day)
		if err != nil && err != mail.ErrNoMail {
			t.Fatal(err)
		}
		again, _ := mail.Understand(raw, own, day)
		if again.Text != m.Text || again.Kind != m.Kind {
			t.Fatal("not the same twice")
		}
		if !utf8.ValidString(m.Text) || !utf8.ValidString(m.Subject) || len(m.Text) > 20000 {
			t.Fatalf("text %q", m.Text)
		}
		if strings.ContainsAny(m.From+m.Token+m.ID, "\r\n") {
			t.Fatalf("line break in %q %q %q", m.From, m.Token, m.ID)
		}
		_ = m.Proof("posta.provincia.example")
	})
}

// wrap makes a mail of a body, so that the fuzzer spends its time on the
// parser of that body.
func wrap(head, body string) []byte {
	return []byte("From: anna@comune-dolcedo.example\r\nTo: formazione@provincia.example\r\nSubject: R: prova\r\n" +
		"Message-ID: <1@comune.example>\r\nMIME-Version: 1.0\r\n" + head + "\r\n" + body)
}

func FuzzHTML(f *testing.F) {
	for _, name := range []string{"outlook-desktop-03", "gmail-06", "thunderbird-03", "zimbra-02", "yahoo-02"} {
		raw, err := os.ReadFile("testdata/clients/" + name + ".eml")
		must(f, err)
		r, err := gomail.CreateReader(bytes.NewReader(raw))
		must(f, err)
		p, err := r.NextPart()
		must(f, err)
		b, err := io.ReadAll(p.Body)
		must(f, err)
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, body string) {
		m, err := mail.Understand(wrap("Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", body), own, day)
		must(t, err)
		if !utf8.ValidString(m.Text) || strings.ContainsAny(m.Text, "\uE000\uE001") {
			t.Fatalf("%q", m.Text)
		}
	})
}

func FuzzBounce(f *testing.F) {
	f.Add("Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; anna@comune-dolcedo.example\r\nAction: failed\r\nStatus: 5.1.1\r\n")
	f.Add("Final-Recipient: rfc822;<a@b.example>\r\nAction: delayed\r\nDiagnostic-Code: smtp; 452 4.2.2 full\r\n\r\n\r\nAction: failed\r\n")
	f.Fuzz(func(t *testing.T, status string) {
		m, err := mail.Understand(wrap("Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n",
			"--x\r\nContent-Type: message/delivery-status\r\n\r\n"+status+"\r\n--x--\r\n"), own, day)
		must(t, err)
		for _, b := range m.Bounces {
			if b.Hard && !strings.HasPrefix(b.Status, "5.") || strings.ContainsAny(b.Recipient, "\r\n") || len(b.Recipient) > 600 {
				t.Fatalf("%+v", b)
			}
		}
	})
}

func FuzzCalendar(f *testing.F) {
	f.Add("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:e1@provincia.example\r\nSEQUENCE:2\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@comune-dolcedo.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
	f.Fuzz(func(t *testing.T, ics string) {
		m, err := mail.Understand(wrap("Content-Type: text/calendar; method=REPLY; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", ics), own, day)
		must(t, err)
		if a := m.Calendar; a != nil && (a.Attendee != m.From || a.UID == "" || a.Sequence < 0 ||
			a.Status != "ACCEPTED" && a.Status != "DECLINED" && a.Status != "TENTATIVE") {
			t.Fatalf("%+v", a)
		}
	})
}

func FuzzProof(f *testing.F) {
	f.Add("posta.provincia.example; dkim=pass header.d=comune-dolcedo.example; spf=pass smtp.mailfrom=a@comune-dolcedo.example")
	f.Add("posta.provincia.example (x (y)); dmarc=fail header.from = comune-dolcedo.example")
	f.Fuzz(func(t *testing.T, field string) {
		field = strings.NewReplacer("\r", " ", "\n", " ").Replace(field)
		m, err := mail.Understand(wrap("Authentication-Results: "+field+"\r\n", "sì\r\n"), own, day)
		must(t, err)
		server, _, _ := strings.Cut(strings.TrimSpace(field), ";")
		if p := m.Proof("posta.provincia.example"); p == "pass" && !strings.Contains(strings.ToLower(server), "posta.provincia.example") {
			t.Fatalf("%q proves", field)
		}
		if m.Proof("") != "" {
			t.Fatal("a proof of nobody")
		}
	})
}

func FuzzReply(f *testing.F) {
	f.Add("ok\n\nIl giorno gio 11 mar 2027 alle ore 09:02 X <x@y.example> ha scritto:\n> 1. a?\n\nsì\n")
	f.Add("1. a\n2. b\n\nDa: x\nInviato: y\nA: z\nOggetto: w\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, answers := mail.Reply(text)
		if len(got) > 20000 || strings.ContainsRune(got, '\uE000') && !strings.ContainsRune(text, '\uE000') {
			t.Fatalf("%q", got)
		}
		for n, a := range answers {
			if n < 1 || n > 99 || a == "" {
				t.Fatalf("answer %d %q", n, a)
			}
		}
	})
}

func FuzzParseURL(f *testing.F) {
	f.Add("imaps://nome%40ente.example:p%2Fss@posta.example:993/INBOX")
	f.Add("smtp://127.0.0.1:25?tls=off")
	f.Add("imaps://u@h?auth=xoauth2&token_file=/run/t")
	f.Fuzz(func(t *testing.T, raw string) {
		e, err := mail.ParseURL(raw)
		if err != nil {
			return
		}
		if e.Host == "" || e.Port < 1 || e.Port > 65535 {
			t.Fatalf("%v", e)
		}
		if e.TLS == mail.TLSOff && e.Host != "127.0.0.1" && e.Host != "::1" && !strings.EqualFold(e.Host, "localhost") && !strings.HasPrefix(e.Host, "127.") && !strings.Contains(e.Host, ":") {
			t.Fatalf("no TLS to %s", e.Host)
		}
	})
}
