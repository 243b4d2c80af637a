package mail_test

import (
	"context"
	"strings"
	"testing"

	"regia/dialog"
	"regia/mail"
	"regia/mail/mailtest"
)

// A receipt, a report of reading, of abuse or of failure that anybody can write
// does nothing that its token does not prove.
func TestForgedReports(t *testing.T) {
	back := "0" + strings.Repeat("a", 42)
	to := func(address string) string { return "To: <" + address + ">\r\n" }
	question, envelope := to("formazione+"+questionToken+"@provincia.example"), to("formazione+"+back+"@provincia.example")
	about := "<o2345672345672345." + questionToken + "@provincia.example>"
	report := func(head, typ, status, original string) string {
		return "From: mailer-daemon@mx.example\r\nMessage-ID: <r@mx.example>\r\n" + head + "Subject: Undelivered\r\nMIME-Version: 1.0\r\n" +
			"Content-Type: multipart/report; report-type=" + typ + "; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n1. sì\r\n--b\r\n" + status +
			"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + original + "\r\n--b--\r\n"
	}
	failed := func(recipients ...string) string {
		s := "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n"
		for _, r := range recipients {
			s += "\r\nFinal-Recipient: rfc822;" + r + "\r\nAction: failed\r\nStatus: 5.1.1\r\n"
		}
		return s
	}
	enveloped := func(id string) string {
		return strings.Replace(failed("anna@ente.example"), "mx.example\r\n", "mx.example\r\nOriginal-Envelope-Id: "+id+"\r\n", 1)
	}
	unasked := "Message-ID: <o2345672345672345@provincia.example>\r\n\r\nx\r\n"
	original := "Message-ID: " + about + "\r\nFrom: formazione@provincia.example\r\n\r\nVieni?\r\n"
	for name, c := range map[string]struct {
		raw, sort, token string
		hard             bool
		recipients       int
	}{
		"failure, to the envelope":     {report(envelope, "delivery-status", failed("anna@ente.example"), original), "bounce", back, true, 1},
		"failure of two":               {report(envelope, "delivery-status", failed("b@x.example", "anna@ente.example"), original), "bounce", back, true, 2},
		"failure, by the message":      {report(to(own.String()), "delivery-status", failed("anna@ente.example"), original), "bounce", questionToken, true, 1},
		"failure, message guessed":     {report(to(own.String()), "delivery-status", failed("anna@ente.example"), unasked), "", "", false, 0},
		"failure, message of others":   {report(to(own.String()), "delivery-status", failed("anna@ente.example"), "Message-ID: <o2345672345672345."+questionToken+"@evil.example>\r\n\r\nx"), "", "", false, 0},
		"failure in a failure":         {report(envelope, "delivery-status", "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822;b@x.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n", report(envelope, "delivery-status", failed("anna@ente.example"), original)), "", "", false, 0},
		"failure, by the envelope":     {report(to(own.String()), "delivery-status", enveloped(back), unasked), "bounce", back, true, 1},
		"envelope before message":      {report(to(own.String()), "delivery-status", enveloped(back), original), "bounce", back, true, 1},
		"envelope of a question":       {report(to(own.String()), "delivery-status", enveloped(questionToken), unasked), "", "", false, 0},
		"envelope of no shape":         {report(to(own.String()), "delivery-status", enveloped(back+"!"), unasked), "", "", false, 0},
		"envelope, of a recipient":     {report(to(own.String()), "delivery-status", failed("anna@ente.example")+"Original-Envelope-Id: "+back+"\r\n", unasked), "", "", false, 0},
		"envelope, in no report":       {strings.Replace(report(to(own.String()), "delivery-status", enveloped(back), unasked), "multipart/report", "multipart/mixed", 1), "", "", false, 0},
		"envelope that came back":      {report(to(own.String()), "delivery-status", failed("anna@ente.example"), report(envelope, "delivery-status", enveloped(back), unasked)), "", "", false, 0},
		"envelope in the Message-ID":   {report("Return-Path: <>\r\n"+to(own.String()), "delivery-status", failed("anna@ente.example"), strings.Replace(original, questionToken, back, 1)), "", "", false, 0},
		"failure, by a message's id":   {report("Return-Path: <>\r\n"+to(own.String()), "delivery-status", failed("anna@ente.example"), unasked), "bounce", "o2345672345672345", true, 1},
		"failure, a lookalike":         {report(envelope, "delivery-status", failed("anna@\u0435nte.example"), original), "bounce", back, true, 0},
		"report of abuse":              {report(question+"In-Reply-To: "+about+"\r\n", "feedback-report", "Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n", original), "", "", false, 0},
		"report of reading":            {report(question+"In-Reply-To: "+about+"\r\n", "disposition-notification", "Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822;anna@ente.example\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n", original), "", "", false, 0},
		"reading, without saying so":   {report(question, "x", "Content-Type: message/disposition-notification\r\n\r\nDisposition: automatic-action/MDN-sent-automatically; displayed\r\n", original), "", "", false, 0},
		"«Letto:»":                     {"From: anna@ente.example\r\n" + question + "Subject: Letto: Vieni?\r\n\r\n1\r\n", "", "", false, 0},
		"«Conferma di lettura»":        {"From: anna@ente.example\r\n" + question + "Subject: Conferma di lettura: Vieni?\r\n\r\n1\r\n", "", "", false, 0},
		"«R: Letto»":                   {"From: anna@ente.example\r\n" + question + "Subject: R: Letto: Vieni?\r\n\r\n1\r\n", "reply", questionToken, false, 0},
		"challenge":                    {"From: guardiano@ente.example\r\n" + envelope + "Subject: Conferma il tuo messaggio\r\n\r\n1\r\n", "", "", false, 0},
		"receipt of certified mail":    {"From: posta-certificata@operatore.example\r\n" + to(own.String()) + "Subject: CONSEGNA\r\nX-Ricevuta: avvenuta-consegna\r\nX-Riferimento-Message-ID: " + about + "\r\n\r\nx\r\n", "", "", false, 0},
		"failure of certified mail":    {"From: posta-certificata@operatore.example\r\n" + to(own.String()) + "Subject: AVVISO\r\nX-Ricevuta: errore-consegna\r\nX-Riferimento-Message-ID: " + about + "\r\n\r\n<postacert errore=\"no-dest\"/>\r\n", "", "", false, 0},
		"receipt mark on an answer":    {"From: anna@ente.example\r\n" + question + "Subject: R: Vieni?\r\nX-Ricevuta: si\r\n\r\n1\r\n", "", "", false, 0},
		"failure named by a colleague": {"From: anna@ente.example\r\n" + question + "Subject: Undeliverable: Vieni?\r\nX-Failed-Recipients: bruno@ente.example\r\n\r\n550 5.1.1 no such user\r\n", "reply", questionToken, false, 0},
	} {
		in, verdict := take(t, &mail.Desk{Own: own}, c.raw)
		if (in != nil) != (c.sort != "") || verdict != mail.Done {
			t.Errorf("%s: %+v", name, in)
			continue
		}
		if in != nil && (in.Mail.Sort != c.sort || in.Mail.Token != c.token || in.Mail.Hard != c.hard || len(in.Mail.Recipients) != c.recipients) {
			t.Errorf("%s: %+v", name, in.Mail)
		}
	}
	// In the account of certified mail, a report from outside is no receipt.
	for name, c := range map[string]struct {
		head    string
		receipt bool
	}{"receipt": {"X-Ricevuta: errore-consegna\r\nX-Riferimento-Message-ID: " + about + "\r\n", true}, "report": {"", false}} {
		raw := strings.Replace(report(to(own.String()), "delivery-status", failed("anna@ente.example"), original), "Subject:", c.head+"Subject:", 1)
		raw = strings.Replace(raw, "Content-Type: text/plain\r\n\r\n1. sì", "Content-Type: application/xml\r\n\r\n<postacert errore=\"no-dest\"/>", 1)
		in, _ := take(t, &mail.Desk{Own: own, Certified: true}, raw)
		if (in != nil) != c.receipt || in != nil && (in.Mail.Sort != "bounce" || !in.Mail.Hard || in.Mail.Token != questionToken) {
			t.Errorf("%s in the account of certified mail: %+v", name, in)
		}
	}
}

// Whoever gets a message, forwarded or not, finds nothing in it that proves to
// the service that it came back.
func TestAMessageDoesNotShowItsEnvelope(t *testing.T) {
	back := "0" + strings.Repeat("a", 42)
	for name, letter := range map[string]mail.Letter{"plus": {From: own, Name: "ImperiaForma"}, "no plus": {From: own, Name: "ImperiaForma", NoPlus: true}} {
		s, err := mailtest.Start(own.String(), clock)
		must(t, err)
		sender := &mail.Sender{
			Endpoint: endpoint(t, s.SMTP()), Outbox: newOutbox(outsOf(2)...), Now: clock, Log: quiet(), Letter: letter,
			Render: func(_ context.Context, o dialog.Out) (dialog.Rendered, error) {
				r := dialog.Rendered{Address: "anna@ente.example", Subject: "prova", Body: "prova", Return: back, Unsubscribe: "1" + strings.Repeat("b", 32)}
				if o.ID == outsOf(1)[0].ID {
					r.Token = questionToken
				}
				return r, nil
			},
		}
		steps(t, sender.Step)
		letters := s.Box("anna@ente.example")
		if len(letters) != 2 {
			t.Fatalf("%s: %d letters", name, len(letters))
		}
		for _, l := range letters {
			if strings.Contains(string(l.Raw), back) {
				t.Errorf("%s: %s", name, l.Raw)
			}
		}
		sender.Close()
		must(t, s.Close())
	}
}
