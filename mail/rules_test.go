package mail_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"regia/mail"
)

func TestURLsOfServers(t *testing.T) {
	e, err := mail.ParseURL("imaps://nome%40ente.example:p%2Fs%3As@posta.example/Corsi")
	must(t, err)
	if e.User != "nome@ente.example" || e.Addr() != "posta.example:993" || e.Mailbox != "Corsi" || e.TLS != mail.TLSImplicit {
		t.Errorf("%+v", e)
	}
	for _, shown := range []string{e.String(), fmt.Sprintf("%v %+v %#v", e, e, e)} {
		if strings.Contains(shown, "p/s") {
			t.Errorf("the password shows in %q", shown)
		}
	}
	if e, err = mail.ParseURL("smtp://u:p@posta.example"); err != nil || e.TLS != mail.TLSStart || e.Port != 587 {
		t.Errorf("%v %v", e, err)
	}
	if e, err = mail.ParseURL("imaps://u@outlook.example?auth=xoauth2&token_file=/run/token"); err != nil || e.TokenFile != "/run/token" {
		t.Errorf("%v %v", e, err)
	}
	for _, bad := range []string{
		"", "http://x", "imaps://", "imaps://posta.example", "imap://u:p@posta.example?tls=off", "imap://u:p@posta.example?tls=insecure",
		"smtp://localhost.example.org?tls=off", "imaps://u:p@h?auth=xoauth2", "imaps://u:p@h?token_file=x", "imaps://u:p@h:99999",
		"imaps://u:p@h?colour=red", "imaps://u:se%gret@h", "imaps://u:p%0d%0aX@h", "imap://u:p@127.0.0.1?tls=maybe",
	} {
		if _, err := mail.ParseURL(bad); err == nil {
			t.Errorf("%q accepted", bad)
		} else if strings.Contains(err.Error(), "gret") {
			t.Errorf("secret in %q", err)
		}
	}
}

func TestTheTokenIsFoundWhereverItWasCarried(t *testing.T) {
	const token = "abcdefgh23456777"
	for name, head := range map[string]string{
		"plus address":   "To: Formazione <formazione+" + token + "@provincia.example>",
		"capitals":       "To: FORMAZIONE+" + strings.ToUpper(token) + "@Provincia.Example",
		"delivered to":   "To: altri@x.example\r\nDelivered-To: formazione+" + token + "@provincia.example",
		"references":     "To: formazione@provincia.example\r\nReferences: <a@b> <o2345672345672345." + token + "@provincia.example>",
		"subject":        "To: formazione@provincia.example\r\nSubject: R: Un posto per te [#" + token + "]",
		"subject, coded": "To: formazione@provincia.example\r\nSubject: =?utf-8?q?R=3A_Perch=C3=A9_no_=5B=23" + token + "=5D?=",
	} {
		m, err := mail.Understand([]byte(head+"\r\nFrom: anna@ente.example\r\n\r\nsì\r\n"), own, day)
		must(t, err)
		if m.Token != token || strings.Contains(m.Subject, "#") {
			t.Errorf("%s: token %q subject %q", name, m.Token, m.Subject)
		}
	}
	for name, head := range map[string]string{
		"another domain": "To: formazione+" + token + "@evil.example",
		"another person": "To: altri+" + token + "@provincia.example",
		"malformed":      "To: formazione+a!b@provincia.example",
	} {
		m, _ := mail.Understand([]byte(head+"\r\nFrom: anna@ente.example\r\n\r\nsì\r\n"), own, day)
		if m.Token != "" {
			t.Errorf("%s: token %q", name, m.Token)
		}
	}
}

func TestDepthAndSizeAreBounded(t *testing.T) {
	var deep strings.Builder
	deep.WriteString("From: a@ente.example\r\n")
	for i := range 3000 {
		fmt.Fprintf(&deep, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	deep.WriteString("Content-Type: text/plain\r\n\r\nfondo\r\n")
	var many strings.Builder
	many.WriteString("From: a@ente.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n")
	for range 50000 {
		many.WriteString("--b\r\n\r\nx\r\n")
	}
	for name, raw := range map[string]string{
		"deep": deep.String(), "many": many.String(),
		"long line":  "From: a@ente.example\r\n\r\n" + strings.Repeat("x", 10<<20),
		"html":       "From: a@ente.example\r\nContent-Type: text/html\r\n\r\n" + strings.Repeat("<div><blockquote>", 200000),
		"heads":      "From: a@ente.example\r\nContent-Type: text/html\r\n\r\n" + strings.Repeat("<head>x", 60000),
		"flowed":     "From: a@ente.example\r\nContent-Type: text/plain; format=flowed\r\n\r\n" + strings.Repeat("x \r\n", 60000),
		"open tag":   "From: a@ente.example\r\nContent-Type: text/html\r\n\r\n" + strings.Repeat("<a b=\"", 100000),
		"head":       strings.Repeat("X: y\r\n", 200000) + "From: a@ente.example\r\n\r\nsì",
		"quotes":     "From: a@ente.example\r\n\r\n" + strings.Repeat("> 1. x?\r\ny\r\n", 50000),
		"attributes": "From: a@ente.example\r\n\r\n" + strings.Repeat("Il 11/03/2027 09:02 x\r\n", 20000),
		"fields":     "From: a@ente.example\r\n\r\n" + strings.Repeat("Da: x\r\n", 40000),
	} {
		began := time.Now()
		m, err := mail.Understand([]byte(raw), own, day)
		t.Logf("%s: %d bytes in %v", name, len(raw), time.Since(began).Round(time.Millisecond))
		if err != nil || len(m.Text) > 20000 {
			t.Errorf("%s: %v, %d bytes", name, err, len(m.Text))
		}
	}
}

func TestFlowedTextIsAsItWasWritten(t *testing.T) {
	raw := "From: a@ente.example\r\nContent-Type: text/plain; format=flowed\r\n\r\nUna frase lunga che \r\nva a capo.\r\nFine\r\n-- \r\nAnna\r\n"
	m, err := mail.Understand([]byte(raw), own, day)
	must(t, err)
	if m.Text != "Una frase lunga che va a capo.\nFine" {
		t.Errorf("%q", m.Text)
	}
}

// An answer that belongs to nothing quoted is not numbered by accident.
func TestNumbersThatAreNoAnswers(t *testing.T) {
	for text, want := range map[string]int{
		"3": 0, "5 4 4 9": 0, "9:30 va bene\n10:30 no": 0, "10 persone\n2 uffici": 0, "il 3. o il 4. giugno": 0,
		"1. sì\n2. no": 2, "1) sì\n\n2) no\n\n3) non so": 3, "1 sì\n2 no": 2, "1=3; 2=0": 2, "Domanda 1: sì\nDomanda 2: no": 2,
	} {
		_, answers := mail.Reply(text)
		if len(answers) != want {
			t.Errorf("%q: %v", text, answers)
		}
	}
}

func TestAttachmentsAreHandedOn(t *testing.T) {
	raw := "From: a@ente.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\necco\r\n--b\r\n" +
		"Content-Type: application/pdf; name=\"../../etc/../delibera.pdf\"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--b--\r\n"
	m, err := mail.Understand([]byte(raw), own, day)
	must(t, err)
	if len(m.Files) != 1 || m.Files[0].Name != "delibera.pdf" || string(m.Files[0].Body) != "%PDF-" || m.Text != "ecco" {
		t.Errorf("%q %+v", m.Text, m.Files)
	}
}

func TestExplainSaysWhatWasUnderstood(t *testing.T) {
	raw, err := os.ReadFile("testdata/between-it.eml")
	must(t, err)
	x := mail.Explain("between-it.eml", raw, own, "", day)
	if x.Kind != mail.KindReply || len(x.Answers) != 3 || x.File != "between-it.eml" || x.From == "" || x.Reply == "" || x.Token == "" {
		t.Errorf("%+v", x)
	}
	if x := mail.Explain("-", nil, own, "", day); x.Kind != mail.KindRejected || x.Error == "" {
		t.Errorf("%+v", x)
	}
}

func BenchmarkUnderstand(b *testing.B) {
	raw, err := os.ReadFile("testdata/gmail-html.eml")
	must(b, err)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = mail.Understand(raw, own, day)
	}
}

// A note without a report is a bounce where it comes to the envelope sender of
// a message, and lasting where it quotes a server that says so; whatever else
// comes there is automatic, and the address that ends announcements is one of
// its own.
func TestWhatComesToTheAddressesOfAMessage(t *testing.T) {
	back, end := "0"+strings.Repeat("a", 42), "1"+strings.Repeat("b", 32)
	for name, c := range map[string]struct {
		head, body string
		kind       mail.Kind
		sort       string
		hard       bool
	}{
		"note, lasting":      {"From: postmaster@mx.example\r\nTo: formazione+" + back + "@provincia.example\r\nSubject: Mail rifiutata", "Il server remoto: 550 5.1.1 utente sconosciuto", mail.KindBounce, "bounce", true},
		"note, full":         {"From: postmaster@mx.example\r\nTo: formazione+" + back + "@provincia.example\r\nSubject: Undeliverable: prova", "552 5.2.2 casella piena", mail.KindBounce, "bounce", false},
		"note, no reason":    {"From: assistenza@mx.example\r\nTo: formazione+" + back + "@provincia.example\r\nSubject: Undeliverable: prova", "non ce l'ho fatta", mail.KindBounce, "bounce", false},
		"a robot":            {"From: anna@comune.example\r\nTo: formazione+" + back + "@provincia.example\r\nSubject: Re: prova", "Abbiamo ricevuto la tua richiesta", mail.KindAutoReply, "", false},
		"end":                {"From: anna@comune.example\r\nTo: formazione+" + end + "@provincia.example\r\nSubject: basta avvisi", "basta avvisi", mail.KindReply, "unsubscribe", false},
		"end, by a program":  {"From: anna@comune.example\r\nTo: formazione+" + end + "@provincia.example\r\nAuto-Submitted: auto-generated\r\nSubject: unsubscribe", "Sent automatically", mail.KindReply, "unsubscribe", false},
		"end, from ourself":  {"From: formazione@provincia.example\r\nTo: formazione+" + end + "@provincia.example\r\nSubject: x", "x", mail.KindRejected, "", false},
		"answer to a notice": {"From: anna@comune.example\r\nTo: formazione@provincia.example\r\nIn-Reply-To: <o1." + back + "@provincia.example>\r\nSubject: Re: prova", "grazie", mail.KindReply, "reply", false},
	} {
		m, err := mail.Understand([]byte(c.head+"\r\nMessage-ID: <x@mx.example>\r\n\r\n"+c.body+"\r\n"), own, day)
		must(t, err)
		in, ok, err := m.ToIn("mail:x", day, "", func(...string) string { return "" }, nil)
		must(t, err)
		if m.Kind != c.kind || ok != (c.sort != "") {
			t.Errorf("%s: %s (%s) %v", name, m.Kind, m.Reason, ok)
			continue
		}
		if ok && (in.Mail.Sort != c.sort || in.Mail.Hard != c.hard || c.sort == "bounce" && in.Mail.Token != back || c.sort == "reply" && in.Mail.Token != "") {
			t.Errorf("%s: %+v", name, in.Mail)
		}
	}
}

// A prompt that comes back as it went, quoted in any way, answers nothing.
func TestAPromptDoesNotAnswerItself(t *testing.T) {
	prompts := []string{
		"C'è un posto per te. Vieni?\n\n1. Sì, vengo\n2. No, lascio il posto",
		"Com'è andata?\n\n1. Quanto ti sarà utile? (1–5)\n2. Chi insegnava è stato chiaro? (1–5)\n3. L'organizzazione? (1–5)\n4. Lo consiglieresti? (0–10)\n\nRispondi con 4 numeri, per esempio: 5 4 4 9\n\n1. Salta",
		"Quale di questi temi?\n\n1. Strade\n2. Appalti\n3. Altro",
		"I prossimi corsi:\n1. Scavi – giovedì 18 marzo, ore 9–13, Imperia, 8 posti\n2. Privacy – online\n\nScrivi il numero per i dettagli.",
		"Servono 4 minuti.\n\n1. Quante persone si occupano di strade?\n2. Serve un corso? Se sì, quando?\n3. Avete una sala?",
	}
	head := "Da: ImperiaForma <formazione@provincia.example>\nInviato: giovedì 11 marzo 2027 09:02\nA: Anna Verdi\nOggetto: prova\n\n"
	intro := "Il 11/03/2027 09:02, ImperiaForma ha scritto:\n"
	for _, p := range prompts {
		marked := mail.Marker + "\n\n" + p
		bars := "> " + strings.ReplaceAll(marked, "\n", "\n> ")
		for _, text := range []string{marked, head + marked, head + p, "________________________________\n" + head + marked, intro + bars, intro + "\n" + bars + "\n", bars, "-----Messaggio originale-----\n" + head + p} {
			if got, answers := mail.Reply(text); got != "" || answers != nil {
				t.Errorf("%q answers %q %v", text, got, answers)
			}
			if got, answers := mail.Reply("Vedi sotto\n\n" + text); got != "Vedi sotto" || answers != nil {
				t.Errorf("%q under words answers %q %v", text, got, answers)
			}
		}
	}
}
