package dialog_test

import (
	"strings"
	"testing"
	"time"

	"regia/dialog"
	"regia/dialog/dialogtest"
	"regia/training"
)

// What left by certified mail and did not arrive within a day is in the one
// summary of the office, with what became of it and the date; what did arrive,
// and what left by ordinary mail, is not.
func TestWhatCertifiedMailDidNotDeliverIsTold(t *testing.T) {
	s := service()
	s.Certified = true
	w := dialogtest.NewWorld(s, time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
	must := mustly(t)
	must(w.Import(roster...))
	boxes := map[string]string{}
	for _, name := range []string{"Arrivo", "Ferma", "Muta", "Persa"} {
		boxes[name] = "protocollo@pec." + strings.ToLower(name) + ".example"
		must(w.Import(org(name, name, training.Municipality, ""), person(name, "Ente", name, boxes[name], func(p *training.PersonRow) {
			p.Address.Kind, p.Address.PEC, p.Office = training.Shared, true, "Polizia locale"
		})))
	}
	carla := w.Actor(actors["carla"], 99)
	must(carla.Join())
	must(carla.Say("nuovo corso: Codice della strada; 11 marzo ore 9-13; Sala; 20 posti"))
	must(carla.Press("Apri il corso"))
	must(w.Advance(time.Date(2027, 1, 11, 12, 0, 0, 0, training.Rome())))
	receipt := func(name, sort string, hard bool) {
		t.Helper()
		m := lastMail(w, boxes[name], "edition.for_office")
		if m == nil || !m.Rendered.Certified {
			t.Fatalf("%s got %+v", name, m)
		}
		must(w.Handle(dialog.In{Mail: &dialog.Mail{
			From: "posta-certificata@operatore.example", Sort: sort, Token: m.Rendered.Token, Hard: hard, Certified: true,
		}}))
	}
	for _, name := range []string{"Arrivo", "Ferma", "Persa"} {
		receipt(name, "accepted", false)
	}
	receipt("Arrivo", "delivered", false)
	receipt("Persa", "bounce", true)
	carla.News()
	must(w.Advance(time.Date(2027, 1, 18, 12, 0, 0, 0, training.Rome())))
	news := carla.News()
	for _, want := range []string{
		"– Ente Ferma: lunedì 11 gennaio, accettato, non consegnato dopo 24 ore",
		"– Ente Muta: lunedì 11 gennaio, senza ricevute dopo 24 ore",
		"– Ente Persa: lunedì 11 gennaio, tornato indietro",
	} {
		if strings.Count(news, want) != 1 {
			t.Errorf("%q is %d times in\n%s", want, strings.Count(news, want), news)
		}
	}
	if strings.Contains(news, "Arrivo") || strings.Contains(news, "Bruno") || strings.Contains(news, "regia dead list") {
		t.Errorf("the office reads\n%s", news)
	}
}

// What was called off before it left is awaited by nobody.
func TestWhatIsOverIsNotMissed(t *testing.T) {
	s := service()
	s.Certified = true
	saturday := time.Date(2027, 1, 9, 9, 0, 0, 0, training.Rome())
	w := dialogtest.NewWorld(s, saturday)
	must := mustly(t)
	must(w.Import(roster...))
	box := "protocollo@pec.dolcedo.example"
	must(w.Import(person("Dolcedo", "Ente", "Muto", box, func(p *training.PersonRow) {
		p.Address.Kind, p.Address.PEC, p.Office = training.Shared, true, "Polizia locale"
	})))
	carla := w.Actor(actors["carla"], 99)
	must(carla.Join())
	must(carla.Say("nuovo corso: Codice della strada; 11 marzo ore 9-13; Sala; 20 posti"))
	must(carla.Press("Apri il corso"))
	must(w.Advance(saturday.Add(24 * time.Hour)))
	must(carla.Say("cancella corso codice"))
	must(carla.Press("Sì"))
	carla.News()
	must(w.Advance(time.Date(2027, 1, 18, 12, 0, 0, 0, training.Rome())))
	if news := carla.News(); strings.Contains(news, "PEC") {
		t.Errorf("the office reads\n%s", news)
	}
	if lastMail(w, box, "edition.for_office") != nil {
		t.Error("it left")
	}
}
