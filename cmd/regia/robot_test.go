package main

import (
	"strings"
	"testing"
	"time"

	"regia/mail/mailtest"
)

const robots = `ente;nome;cognome;email;rapporto;referente
008024;Robot;Rossi;robot@comune-dolcedo.example;dipendente;
008024;Assente;Conti;assente@comune-dolcedo.example;dipendente;
008024;Anna;Verdi;anna.verdi@comune-dolcedo.example;dipendente;
`

// TestRobots: a program that answers everything, and takes no notice of what
// marks an automatic message, is answered no more after a while; the vacation
// program of Dovecot is never answered. Both are real, behind a real Postfix.
func TestRobots(t *testing.T) {
	s := newStage(t, serviceConfig)
	post := newPostOffice(t, s)
	must(t, post.dovecot.Away(post.postfix, "Sono in ferie fino a lunedì."))
	newRehearsing(t, s, courseDays(time.Now()).monday)
	s.showLog()
	if out, err := s.run("import", "--organizations", s.file("enti.csv", serviceOrganizations), "--people", s.file("persone.csv", robots), "--apply"); err != nil {
		t.Fatalf("import: %v\n%s", err, out)
	}
	carla := &chatter{s: s, chat: 101, name: "carla"}
	carla.join("carla.ferrari@provincia.example", post.code)
	carla.mark = s.ears.count(carla.chat)

	// One message begins the exchange; the office hears when it has ended.
	post.send("robot@comune-dolcedo.example", serviceAddress, "ciao", "La tua richiesta ci sta a cuore.")
	carla.hears("Dall'indirizzo di Robot Rossi arrivano molti messaggi")
	until(t, "the mailbox is worked off", func() bool { return post.dovecot.Count(mailtest.ServiceUser, "INBOX") == 0 })
	came := 0
	for _, raw := range post.dovecot.Messages(mailtest.ServiceUser, "Processed") {
		if strings.Contains(string(raw), "ci sta a cuore") {
			came++
		}
	}
	t.Logf("the robot wrote %d times", came)
	if came < 3 || came > 30 {
		t.Errorf("the robot wrote %d times", came)
	}

	// The vacation program answers a person; that is what it looks like. The
	// service's own mail it leaves alone, as it is marked.
	assente := &writer{t: t, post: post, address: "assente@comune-dolcedo.example"}
	away := func() int { return post.dovecot.Count(mailtest.AwayUser, "INBOX") }
	assente.write("corsi")
	until(t, "the answer", func() bool { return away() == 1 })
	post.send(serviceAddress, assente.address, "una domanda di una persona", "Ci sei?") // no mark: it is answered
	until(t, "the vacation answer", func() bool {
		for _, raw := range post.dovecot.Messages(mailtest.ServiceUser, "Processed") {
			if strings.Contains(string(raw), "Sono in ferie") {
				return true
			}
		}
		return false
	})
	anna := &writer{t: t, post: post, address: "anna.verdi@comune-dolcedo.example"}
	anna.write("le mie ore") // handled after it, in order: what it would have caused is there
	anna.gets("ore di formazione")
	if n := away(); n != 2 {
		t.Errorf("%d messages to somebody out of office, want the answer and the person's", n)
	}
}
