package mail_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"regia/mail"
)

// Whatever comes in, understanding ends, stays within its bounds and gives
// valid text.
func FuzzUnderstand(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.eml")
	for _, name := range files {
		raw, err := os.ReadFile(name)
		must(f, err)
		f.Add(raw)
	}
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
