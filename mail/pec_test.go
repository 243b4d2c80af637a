package mail_test

import (
	"context"
	"strings"
	"testing"

	"regia/dialog"
	"regia/mail"
	"regia/mail/mailtest"
)

var certified = mail.Address{Local: "formazione", Domain: "pec.provincia.example"}

// receipt is one of an operator of certified mail about a message.
func receipt(sort, fault, about string) []byte {
	return []byte("Return-Path: <posta-certificata@pec.operatore.example>\r\nFrom: posta-certificata@pec.operatore.example\r\nTo: " + certified.String() +
		"\r\nSubject: " + strings.ToUpper(sort) + ": prova\r\nMessage-ID: <opec." + sort + fault + "@pec.operatore.example>\r\nX-Ricevuta: " + sort +
		"\r\nX-Riferimento-Message-ID: <" + about + ">\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" +
		"--x\r\nContent-Type: text/plain\r\n\r\nRicevuta\r\n--x\r\nContent-Type: application/xml; name=daticert.xml\r\n\r\n" +
		"<?xml version=\"1.0\"?>\r\n<postacert tipo=\"" + sort + "\" errore=\"" + fault + "\"><intestazione/></postacert>\r\n--x--\r\n")
}

// Receipts are tied to their message by its Message-ID, that of a question or of
// one that asks nothing, and none is an answer:
// delivered is good news, what did not arrive came back, a warning is nothing.
func TestReceiptsOfCertifiedMail(t *testing.T) {
	const out = "o2345672345672345"
	about, asked := out+"@pec.provincia.example", out+"."+questionToken+"@pec.provincia.example"
	for _, c := range []struct {
		sort, fault, about, want string
		hard                     bool
	}{
		{"accettazione", "nessuno", about, "accepted", false},
		{"accettazione", "nessuno", asked, "accepted", false},
		{"non-accettazione", "altro", about, "bounce", false},
		{"presa-in-carico", "nessuno", about, "", false},
		{"avvenuta-consegna", "nessuno", about, "delivered", false},
		{"preavviso-errore-consegna", "altro", about, "", false},
		{"errore-consegna", "altro", asked, "bounce", false},
		{"errore-consegna", "no-dest", about, "bounce", true},
		{"errore-consegna", "no-dominio", about, "bounce", true},
		{"rilevazione-virus", "virus", about, "bounce", false},
		{"avvenuta-consegna", "nessuno", "somebody@else.example", "", false},
		{"avvenuta-consegna", "nessuno", "", "", false},
	} {
		m, err := mail.Understand(receipt(c.sort, c.fault, c.about), certified, day)
		must(t, err)
		in, ok, err := m.ToIn("mail:x", day, "", func(...string) string { return "" }, nil)
		must(t, err)
		token := out
		if c.about == asked {
			token = questionToken
		}
		if m.Kind != mail.KindPECReceipt || ok != (c.want != "") || ok && (in.Mail.Sort != c.want || in.Mail.Hard != c.hard || in.Mail.Token != token) {
			t.Errorf("%s %s: %s %v %+v", c.sort, c.fault, m.Kind, ok, in.Mail)
		}
	}
	// An anomaly is a mail like any other, and certified by nobody.
	raw := []byte("From: \"Per conto di: a@altrove.example\" <posta-certificata@pec.operatore.example>\r\nSubject: ANOMALIA MESSAGGIO: R: prova\r\nX-Trasporto: errore\r\n" +
		"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nAnomalia\r\n--x\r\nContent-Type: message/rfc822; name=postacert.eml\r\n\r\n" +
		"From: a@altrove.example\r\nSubject: R: prova\r\n\r\nsì\r\n--x--\r\n")
	if m, _ := mail.Understand(raw, certified, day); m.Kind != mail.KindReply || m.From != "a@altrove.example" || m.Text != "sì" || m.Envelope != mail.EnvelopeAnomaly {
		t.Errorf("anomaly: %+v", m)
	}
}

// What goes to a certified address leaves through the account of certified
// mail, and everything else through the other; one that is away stops nobody.
func TestCertifiedMailLeavesThroughItsOwnAccount(t *testing.T) {
	plain, err := mailtest.Start(own.String(), clock)
	must(t, err)
	defer plain.Close()
	pec, err := mailtest.Start(certified.String(), clock)
	must(t, err)
	defer pec.Close()
	box := newOutbox(dialog.Out{ID: "o1"}, dialog.Out{ID: "o2"})
	s := &mail.Sender{
		Endpoint: endpoint(t, plain.SMTP()), Letter: mail.Letter{From: own, Name: "ImperiaForma"},
		Certified: &mail.Account{Endpoint: endpoint(t, pec.SMTP()), Letter: mail.Letter{From: certified, Name: "ImperiaForma", NoPlus: true}},
		Outbox:    box, Now: clock, Log: quiet(),
		Render: func(_ context.Context, o dialog.Out) (dialog.Rendered, error) {
			return dialog.Rendered{
				Address: "protocollo@pec.comune.example", Subject: "prova", Body: "prova", Certified: o.ID == "o1" || o.ID >= "o3",
				Token: strings.Repeat("b", 48), Return: "0" + strings.Repeat("a", 42),
			}, nil
		},
	}
	defer s.Close()
	steps(t, s.Step)
	for server, want := range map[*mailtest.Server]string{plain: own.Tagged(strings.Repeat("b", 48)), pec: certified.String()} {
		got := server.Box("protocollo@pec.comune.example")
		if len(got) != 1 || got[0].ReplyTo != want || strings.Contains(got[0].Subject, "[#") != (server == pec) {
			t.Errorf("%d letters, %+v, want an answer to %s", len(got), got, want)
		}
	}
	s.Close()
	pec.Close()
	s.Outbox = newOutbox(dialog.Out{ID: "o3"}, dialog.Out{ID: "o4"}, dialog.Out{ID: "o2"})
	steps(t, s.Step)
	if o := s.Outbox.(*outbox); len(o.failed) != 2 || len(o.finished) != 1 || !o.failed["o3"].Temporary || !o.failed["o4"].Temporary {
		t.Errorf("failed %v, finished %v", o.failed, o.finished)
	}
}

// Nothing is moved or deleted in a box of certified mail, and nothing is read
// twice, by the next reader either.
func TestDovecotABoxOfCertifiedMailKeepsEverything(t *testing.T) {
	d := dovecot(t)
	must(t, d.Put(mailtest.PECUser, eml(1, "uno"), eml(2, strings.Repeat("grande ", 1000)), eml(3, "tre"), eml(4, "quattro")))
	verdicts := map[string]mail.Verdict{"n1@": mail.Done, "n2@": mail.Done, "n3@": mail.Erase, "n4@": mail.Poison, "n5@": mail.Done}
	k := &takes{verdict: func(a mail.Arrived) mail.Verdict {
		for id, v := range verdicts {
			if strings.Contains(string(a.Raw), id) {
				return v
			}
		}
		return mail.Later
	}}
	for round, want := range []int{4, 4, 5} {
		if round == 2 {
			must(t, d.Put(mailtest.PECUser, eml(5, "cinque")))
			must(t, d.Restart())
		}
		r := &mail.Reader{Endpoint: endpoint(t, d.URL("imaps", mailtest.PECUser)), Intake: k, Log: quiet(), Keep: true, MaxSize: 3000}
		steps(t, r.Step)
		r.Close()
		if len(k.got) != want {
			t.Errorf("round %d: %d taken, want %d", round, len(k.got), want)
		}
	}
	if n := d.Count(mailtest.PECUser, "INBOX"); n != 5 {
		t.Errorf("%d in the box, want 5", n)
	}
	for _, f := range []string{"Processed", "Quarantine"} {
		if n := d.Count(mailtest.PECUser, f); n != 0 {
			t.Errorf("%d in %s", n, f)
		}
	}
}
