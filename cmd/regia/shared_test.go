package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"regia/mail/mailtest"
)

// TestMailboxOfTheOffice: in a mailbox that people read too the service does what
// is for it and leaves the rest there, unread and unanswered, also when it starts
// anew; an answer to somebody else's invitation goes the same way.
func TestMailboxOfTheOffice(t *testing.T) {
	s := newStage(t, serviceConfig+"\n[mail]\nshared = true\n")
	post := newPostOffice(t, s)
	days := courseDays(time.Now())
	r := newRehearsing(t, s, days.monday)
	s.showLog()
	if out, err := s.run("import", "--organizations", s.file("enti.csv", serviceOrganizations), "--people", s.file("persone.csv", servicePeople), "--apply"); err != nil {
		t.Fatalf("import: %v\n%s", err, out)
	}
	bruno := &writer{t: t, post: post, address: "bruno.bianchi@comune-pigna.example"}
	stranger := &writer{t: t, post: post, address: "sindaco@comune-airole.example"}
	n := 0
	put := func(from, text string) {
		t.Helper()
		n++
		must(t, post.dovecot.Append(mailtest.ServiceUser, []byte(fmt.Sprintf(
			"From: <%s>\r\nTo: <%s>\r\nSubject: lettera\r\nMessage-ID: <l%d@x.example>\r\n%s\r\n", from, serviceAddress, n, text))))
	}
	letter := "Content-Type: text/plain; charset=utf-8\r\n\r\n"
	put(stranger.address, letter+"Buongiorno, vi mandiamo la convenzione firmata.")
	put(bruno.address, letter+"Come d'accordo ci vediamo domani per il sopralluogo.")
	put(bruno.address, "Content-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"+
		"UID:riunione@provincia.example\r\nSEQUENCE:0\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:"+bruno.address+"\r\nEND:VEVENT\r\nEND:VCALENDAR")
	put(bruno.address, letter+"Buongiorno,\r\nle mie iscrizioni\r\nGrazie")
	bruno.gets("Ora non hai iscrizioni")

	in := func(folder string) int { return post.dovecot.Count(mailtest.ServiceUser, folder) }
	until(t, "three letters stay, one was moved", func() bool { return in("INBOX") == 3 && in("Processed") == 1 && in("Quarantine") == 0 })
	for _, f := range post.dovecot.Files(mailtest.ServiceUser, "INBOX") {
		if _, flags, _ := strings.Cut(filepath.Base(f), ":2,"); strings.Contains(flags, "S") {
			t.Errorf("%s was marked as read", f)
		}
	}
	r.p.stop(t)
	newRehearsing(t, s, days.monday)
	put(bruno.address, letter+"le mie iscrizioni")
	bruno.gets("Ora non hai iscrizioni")
	until(t, "that one was moved too", func() bool { return in("INBOX") == 3 && in("Processed") == 2 })
	if got := post.box(stranger.address); len(got) != 0 {
		t.Errorf("a letter that is for people was answered: %s", got[0].Text)
	}
}
