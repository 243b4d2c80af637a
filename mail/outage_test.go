package mail_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"

	"regia/dialog"
	"regia/mail"
	"regia/mail/mailtest"
)

// After an outage 10,000 messages wait, and among them one of 50 MB, one that is
// no mail, one with an unknown charset and one with a broken header: each is
// handed on once or set aside, in their order, and the large one is never
// fetched whole.
func TestDovecotAfterAnOutage(t *testing.T) {
	d := dovecot(t)
	const n, large = 10_000, 50 << 20
	var raws [][]byte
	for i := range n {
		raws = append(raws, eml(i, fmt.Sprintf("risposta %d", i)))
	}
	raws[1000] = slices.Concat(eml(1000, "ecco il modulo"), bytes.Repeat([]byte("VGVzdG8gZGkgdW4gYWxsZWdhdG8gY2hlIG5vbiBmaW5pc2NlIG1haQ==\r\n"), large/58))
	raws[2000] = []byte(" \r\n")
	raws[3000] = bytes.Replace(eml(3000, "risposta 3000"), []byte("utf-8"), []byte("x-di-nessuno"), 1)
	raws[4000] = append([]byte("Oggetto senza due punti\r\n"), eml(4000, "risposta 4000")...)
	must(t, d.Put(mailtest.ServiceUser, raws...))

	var said []string
	tooLarge := 0
	r := &mail.Reader{
		Endpoint: endpoint(t, d.URL("imaps", mailtest.ServiceUser)), Log: quiet(),
		Intake: &mail.Desk{
			Own: own, Now: clock, Log: quiet(), MAC: func(p ...string) string { return fmt.Sprint(p) },
			Handle: func(_ context.Context, ins []dialog.In) []error {
				for _, in := range ins {
					switch {
					case in.Mail == nil: // one that is no mail
					case in.Mail.Sort == mail.SortTooLarge:
						tooLarge++
					default:
						said = append(said, in.Mail.Text)
					}
				}
				return make([]error, len(ins))
			},
		},
	}
	defer r.Close()
	steps(t, r.Step)

	next := 0
	for _, text := range said {
		for next == 1000 || next == 2000 {
			next++
		}
		if want := fmt.Sprintf("risposta %d", next); text != want {
			t.Fatalf("%q where %q was due", text, want)
		}
		next++
	}
	if next != n || tooLarge != 1 {
		t.Errorf("%d of %d in their order, %d too large", next, n, tooLarge)
	}
	if in, out, aside := d.Count(mailtest.ServiceUser, "INBOX"), d.Count(mailtest.ServiceUser, "Processed"), d.Count(mailtest.ServiceUser, "Quarantine"); in != 0 || out+aside != n || aside > 2 {
		t.Errorf("%d left, %d processed, %d in quarantine", in, out, aside)
	}
}
