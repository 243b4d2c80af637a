package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"regia/mail/mailtest"
)

const certifiedAddress = "formazione@pec.provincia.example"

// TestCertifiedMail: an office that the roster knows by an address of certified
// mail is written to through that account, answers from inside a certified
// envelope, and finds everything still in the box; what did not arrive is told.
func TestCertifiedMail(t *testing.T) {
	s := newStage(t, serviceConfig)
	post := newPostOffice(t, s)
	s.env["REGIA_PEC_IMAP_URL"] = post.dovecot.URL("imaps", mailtest.PECUser)
	s.env["REGIA_PEC_SMTP_URL"] = post.postfix.URL("smtp")
	s.env["REGIA_PEC_ADDRESS"] = certifiedAddress
	if out, _ := s.run("check"); !strings.Contains(out, "bene    PEC in arrivo") || !strings.Contains(out, "bene    PEC in uscita") ||
		!strings.Contains(out, "bene    identità di chi scrive: [mail] authserv_id è vuoto") {
		t.Errorf("check:\n%s", out)
	}
	days := courseDays(time.Now())
	r := newRehearsing(t, s, days.monday)
	s.showLog()
	people := servicePeople + "Pigna;Pina;Sasso;protocollo@pec.comune-pigna.example;dipendente;\n"
	people = strings.Replace(people, "rapporto;referente", "rapporto;referente;tipo_indirizzo;ufficio", 1)
	people = strings.ReplaceAll(people, "dipendente;\n", "dipendente;;;\n")
	people = strings.ReplaceAll(people, "dipendente;sì\n", "dipendente;sì;;\n")
	people = strings.Replace(people, "protocollo@pec.comune-pigna.example;dipendente;;;", "protocollo@pec.comune-pigna.example;dipendente;;pec;Polizia locale", 1)
	people += "Pigna;Muta;Casella;muta@pec.comune-pigna.example;dipendente;;pec;Polizia locale\n" // no receipts come from it
	if out, err := s.run("import", "--organizations", s.file("enti.csv", serviceOrganizations), "--people", s.file("persone.csv", people), "--apply"); err != nil {
		t.Fatalf("import: %v\n%s", err, out)
	}
	carla := &chatter{s: s, chat: 101, name: "carla"}
	carla.join("carla.ferrari@provincia.example", post.code)
	carla.opens("Codice della strada", days, 20)
	box := func() int { return post.dovecot.Count(mailtest.PECUser, "INBOX") }

	// An old letter of the office, which is none of ours, stays as it is.
	post.send("cittadino@pec.altrove.example", certifiedAddress, "POSTA CERTIFICATA: istanza", "Chiedo un certificato.")
	r.move(days.monday.Add(2 * time.Hour))
	pina := &writer{t: t, post: post, address: "protocollo@pec.comune-pigna.example"}
	l := pina.gets("Un corso per il tuo ufficio")
	if l.From != certifiedAddress || l.ReplyTo != certifiedAddress || !strings.Contains(l.Subject, "[#") {
		t.Errorf("from %q, answers to %q, %q", l.From, l.ReplyTo, l.Subject)
	}
	if back := post.envelope(l.ID); back != certifiedAddress {
		t.Errorf("the envelope says %q", back)
	}
	post.receipt("accettazione", "nessuno", l.ID)
	post.receipt("avvenuta-consegna", "nessuno", l.ID)
	answer := fmt.Sprintf("From: <%s>\r\nTo: <%s>\r\nSubject: R: %s\r\nMessage-ID: <r1@pec.comune-pigna.example>\r\n"+
		"Content-Type: text/plain; charset=utf-8\r\n\r\nsì\r\n", pina.address, certifiedAddress, l.Subject)
	post.certified(pina.address, l.Subject, answer)
	l = pina.gets("Chi scrive?") // several read such a box
	if l.From != certifiedAddress {
		t.Errorf("the question came from %q", l.From)
	}
	if n := box(); n != 4 || post.dovecot.Count(mailtest.PECUser, "Processed") != 0 {
		t.Errorf("%d in the box, want 4", n)
	}
	carla.mark = s.ears.count(carla.chat)
	r.move(days.monday.AddDate(0, 0, 3))
	if text := carla.hears("Un messaggio PEC non risulta consegnato"); !strings.Contains(text, "Muta Casella") || strings.Contains(text, "Pina") {
		t.Errorf("the office reads\n%s", text)
	}
	r.p.stop(t)
}

// envelope is the envelope sender of a letter, as the server noted it.
func (p *postOffice) envelope(id string) string {
	for _, raw := range p.dovecot.Messages(mailtest.PeopleUser, "INBOX") {
		if mailtest.ReadLetter(raw).ID == id {
			_, rest, _ := strings.Cut(string(raw), "Return-Path: <")
			back, _, _ := strings.Cut(rest, ">")
			return back
		}
	}
	return ""
}

// receipt is what the operator of certified mail says of a letter.
func (p *postOffice) receipt(sort, fault, about string) {
	p.send("posta-certificata@operatore.example", certifiedAddress, strings.ToUpper(sort), "<postacert errore=\""+fault+"\"/>",
		"X-Ricevuta: "+sort, "X-Riferimento-Message-ID: <"+about+">")
}

// certified hands over a message in the envelope of certified mail.
func (p *postOffice) certified(from, subject, raw string) {
	p.t.Helper()
	must(p.t, p.dovecot.Append(mailtest.PECUser, []byte(fmt.Sprintf("From: \"Per conto di: %s\" <posta-certificata@operatore.example>\r\nReply-To: %s\r\n"+
		"To: <%s>\r\nSubject: POSTA CERTIFICATA: %s\r\nMessage-ID: <opec1@operatore.example>\r\nX-Trasporto: posta-certificata\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/mixed; boundary=busta\r\n\r\n--busta\r\nContent-Type: text/plain\r\n\r\nMessaggio di posta certificata\r\n"+
		"--busta\r\nContent-Type: message/rfc822; name=postacert.eml\r\n\r\n%s\r\n--busta--\r\n", from, from, certifiedAddress, subject, raw))))
}
