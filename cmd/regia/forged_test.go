package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"regia/mail/mailtest"
)

// TestForgedMail: with the own server's name configured, what it does not vouch
// for is asked back at the address of the roster, whichever way a verdict is
// forged; what it vouches for is done.
func TestForgedMail(t *testing.T) {
	s := newStage(t, serviceConfig+"\n[mail]\nauthserv_id = \"mx.provincia.example\"\n")
	post := newPostOffice(t, s)
	days := courseDays(time.Now())
	newRehearsing(t, s, days.monday)
	s.showLog()
	if out, err := s.run("import", "--organizations", s.file("enti.csv", serviceOrganizations), "--people", s.file("persone.csv", servicePeople), "--apply"); err != nil {
		t.Fatalf("import: %v\n%s", err, out)
	}
	carla := &chatter{s: s, chat: 101, name: "carla"}
	carla.join("carla.ferrari@provincia.example", post.code)
	carla.opens("Codice della strada", days, 20)
	bruno := &writer{t: t, post: post, address: "bruno.bianchi@comune-pigna.example"}
	n := 0
	// put lays a mail into the mailbox as the server leaves it there.
	put := func(head, to, body string) {
		t.Helper()
		n++
		must(t, post.dovecot.Append(mailtest.ServiceUser, []byte(fmt.Sprintf("Received: from x by mx.provincia.example; x\r\n%sFrom: Bruno <%s>\r\n"+
			"To: <%s>\r\nSubject: Re: corso\r\nMessage-ID: <f%d@comune-pigna.example>\r\n\r\n%s\r\n", head, bruno.address, to, n, body))))
	}
	const (
		ours   = "Authentication-Results: mx.provincia.example; "
		passed = "dmarc=pass header.from=comune-pigna.example"
	)
	put(ours+passed+"\r\n", serviceAddress, "corsi")
	list := bruno.gets("Codice della strada")
	put(ours+passed+"\r\n", list.ReplyTo, "1")
	question := bruno.gets("Ti iscrivo?")
	for _, forged := range []string{
		"", ours + "spf=none; dkim=none; dmarc=none\r\n" + ours + passed + "\r\n",
		"Authentication-Results: mx.evil.example; " + passed + "\r\n",
		ours + "dmarc=fail header.from=comune-pigna.example\r\n",
		ours + `spf=pass smtp.mailfrom="x; ` + passed + `"@evil.example` + "\r\n",
		ours + "dmarc=pass header.from=evil.example; dkim=pass header.d=evil.example\r\n",
	} {
		put(forged, question.ReplyTo, "sì")
		if l := bruno.gets("Per sicurezza: ci hai scritto tu «sì»"); l.To != bruno.address {
			t.Errorf("asked %s", l.To)
		}
	}
	put(ours+passed+"\r\n", serviceAddress, "le mie iscrizioni")
	bruno.gets("Ora non hai iscrizioni")
	put(ours+passed+"\r\n", question.ReplyTo, "sì")
	bruno.gets("Iscrizione fatta")
	until(t, "the mailbox is worked off", func() bool { return post.dovecot.Count(mailtest.ServiceUser, "INBOX") == 0 })
	if out, err := s.run("dead", "list"); err != nil || !strings.Contains(out, "Nessun messaggio") {
		t.Errorf("dead letters: %v\n%s", err, out)
	}
}
