package dialog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"regia/dialog"
	"regia/dialog/dialogtest"
	"regia/training"
)

// A program that answers every answer is answered no more after a while; the
// office is told once, nobody else notices, and the next day all is as before.
func TestTwoProgramsDoNotTalkForEver(t *testing.T) {
	for _, address := range []string{actors["anna"], registry, "robot@altrove.example"} {
		w := dialogtest.NewWorld(service(), time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
		must := mustly(t)
		must(w.Import(roster...))
		carla, bruno := w.Actor(actors["carla"], 99), w.Actor(actors["bruno"], 0)
		must(carla.Join())
		carla.News()
		answered := func() (n int) {
			for _, m := range w.Got {
				if m.Rendered.Address == address {
					n++
				}
			}
			return n
		}
		robot := w.Actor(address, 0)
		for i := 0; ; i++ {
			before := answered()
			must(robot.Say(fmt.Sprintf("Grazie, abbiamo preso in carico la richiesta numero %d.", i)))
			if answered() == before {
				break
			}
			if i > 2*training.AllADay {
				t.Fatalf("%s: it does not end", address)
			}
		}
		t.Logf("%s: ends after %d answers", address, answered())
		must(robot.Say("Grazie."))
		if address != "robot@altrove.example" { // a stranger gets one answer a day anyway
			if news := carla.News(); strings.Count(news, "risponditore automatico") != 1 {
				t.Errorf("%s: the office heard %q", address, news)
			}
		}
		must(bruno.Say("le mie ore"))
		if bruno.News() == "" {
			t.Error("somebody else is not answered")
		}
		must(w.Advance(w.Now.Add(25 * time.Hour)))
		before := answered()
		must(robot.Say("corsi"))
		if answered() == before {
			t.Errorf("%s: not answered the next day", address)
		}
	}
}

// News of courses that nobody asked for carry the address that ends them; who
// wrote there gets no more, and still what they asked for.
func TestAnnouncementsEnd(t *testing.T) {
	w := dialogtest.NewWorld(service(), time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
	must := mustly(t)
	must(w.Import(roster...))
	carla, anna, bruno := w.Actor(actors["carla"], 99), w.Actor(actors["anna"], 0), w.Actor(actors["bruno"], 0)
	must(carla.Join())
	// Bruno's office is one of the topic's; Anna asks for it.
	for _, text := range []string{"mi serve un corso sul codice della strada", "1", "solo io", "subito"} {
		must(anna.Say(text))
	}
	open := func() {
		t.Helper()
		must(carla.Say("nuovo corso: Codice della strada; 11 marzo ore 9-13; Sala; 20 posti"))
		must(carla.Press("Apri il corso"))
		anna.News()
		bruno.News()
		must(w.Advance(w.Now.Add(time.Hour)))
	}
	open()
	news := lastMail(w, actors["bruno"], "edition.for_office")
	if news == nil || news.Rendered.Unsubscribe == "" || !strings.Contains(news.Rendered.Body, "basta avvisi") {
		t.Fatalf("bruno got %+v", news)
	}
	if m := lastMail(w, actors["anna"], "edition.invite"); m == nil || m.Rendered.Unsubscribe != "" {
		t.Fatalf("anna got %+v", m)
	}
	end := func(from, token string) {
		t.Helper()
		must(w.Handle(dialog.In{Mail: &dialog.Mail{From: from, Sort: "unsubscribe", Token: token, Subject: "basta avvisi"}}))
	}
	before := len(w.Got)
	end(actors["anna"], news.Rendered.Unsubscribe) // it was forwarded
	end(actors["bruno"], news.Rendered.Unsubscribe[:32]+"a")
	end(actors["bruno"], "1")
	if len(w.Got) != before {
		t.Error("a forged end was answered")
	}
	end(actors["bruno"], news.Rendered.Unsubscribe)
	if heard := bruno.News(); !strings.Contains(heard, "non ti avviso più") || !strings.Contains(heard, "avvisami") {
		t.Errorf("bruno heard %q", heard)
	}
	open()
	if heard := bruno.News(); heard != "" {
		t.Errorf("bruno heard %q", heard)
	}
	must(bruno.Say("avvisami"))
	open()
	if heard := bruno.News(); !strings.Contains(heard, "Un corso per il tuo ufficio") {
		t.Errorf("bruno heard %q", heard)
	}
	must(bruno.Say("basta avvisi"))
	if heard := bruno.News(); !strings.Contains(heard, "non ti avviso più") {
		t.Errorf("bruno heard %q", heard)
	}
}
