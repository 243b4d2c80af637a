package main

import (
	"strings"
	"testing"
	"time"

	"regia/mail/mailtest"
)

const gone = `ente;nome;cognome;email;rapporto;referente;ufficio
008024;Sara;Rossi;sparito@comune-dolcedo.example;dipendente;;Polizia locale
008024;Anna;Verdi;anna.verdi@comune-dolcedo.example;dipendente;sì;
`

// TestMailThatComesBack: a notice that asked nothing of anybody's before comes
// back from a real server, and the focal point is told in its place; with plus
// addresses and without.
func TestMailThatComesBack(t *testing.T) {
	for name, config := range map[string]string{"plus": "", "no plus": "\n[mail]\nno_plus = true\n"} {
		t.Run(name, func(t *testing.T) { mailComesBack(t, serviceConfig+config) })
	}
}

func mailComesBack(t *testing.T, config string) {
	s := newStage(t, config)
	post := newPostOffice(t, s)
	days := courseDays(time.Now())
	r := newRehearsing(t, s, days.monday)
	s.showLog()
	if out, err := s.run("import", "--organizations", s.file("enti.csv", serviceOrganizations), "--people", s.file("persone.csv", gone), "--apply"); err != nil {
		t.Fatalf("import: %v\n%s", err, out)
	}
	carla := &chatter{s: s, chat: 101, name: "carla"}
	carla.join("carla.ferrari@provincia.example", post.code)
	carla.opens("Codice della strada", days, 20)
	r.move(days.monday.Add(2 * time.Hour))
	anna := &writer{t: t, post: post, address: "anna.verdi@comune-dolcedo.example"}
	if text := flat(anna.gets("Un corso per il tuo ufficio").Text); !strings.Contains(text, "Per Sara Rossi") {
		t.Errorf("anna reads %q", text)
	}
	bounces := 0
	for _, raw := range post.dovecot.Messages(mailtest.ServiceUser, "Processed") {
		if strings.Contains(string(raw), "report-type=delivery-status") {
			bounces++
		}
	}
	if bounces != 1 {
		t.Errorf("%d reports", bounces)
	}
}
