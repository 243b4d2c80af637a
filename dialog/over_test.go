package dialog_test

import (
	"testing"
	"time"

	"regia/dialog"
	"regia/dialog/dialogtest"
	"regia/training"
)

// What was held up on its way leaves while there is something to answer, and is
// dropped once there is not.
func TestWhatIsOverLeavesNoMore(t *testing.T) {
	w := dialogtest.NewWorld(service(), time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
	must := mustly(t)
	must(w.Import(roster...))
	carla, anna, bruno := w.Actor(actors["carla"], 99), w.Actor(actors["anna"], 0), w.Actor(actors["bruno"], 0)
	franca := w.Actor(actors["franca"], 0)
	must(carla.Join())
	must(openCourse(carla, 1))
	for _, who := range []*dialogtest.Actor{anna, bruno} {
		for _, text := range []string{"corsi", "1", "sì"} {
			must(who.Say(text))
		}
	}
	must(franca.Say("iscrivi al corso 1: piero"))
	must(anna.Say("rinuncio"))
	must(anna.Say("sì"))
	leaves := func(to, text string) bool {
		t.Helper()
		m := lastMail(w, to, text)
		if m == nil {
			t.Fatalf("no %s to %s", text, to)
		}
		_, err := w.Service.Render(w.Reader(), dialogtest.MAC, w.Now, m.Out)
		if err != nil && err != dialog.ErrNoRecipient {
			t.Fatal(err)
		}
		return err == nil
	}
	if !leaves(bruno.Mail, "offer.made") {
		t.Error("an open offer does not leave")
	}
	must(w.Advance(w.Now.Add(30 * time.Hour))) // past the deadline: it went to the next
	if leaves(bruno.Mail, "offer.made") {
		t.Error("an offer leaves after its deadline")
	}
	if !leaves(franca.Mail, "offer.made") {
		t.Error("an open offer to somebody without an address does not leave")
	}
	must(franca.Say("sì"))
	if leaves(franca.Mail, "offer.made") {
		t.Error("an offer that was taken leaves")
	}
	must(w.Advance(time.Date(2027, 3, 9, 12, 0, 0, 0, training.Rome())))
	if !leaves(franca.Mail, "reminder") {
		t.Error("a reminder does not leave")
	}
	must(carla.Say("cancella corso prova"))
	must(carla.Press("Sì"))
	if leaves(franca.Mail, "reminder") {
		t.Error("a reminder of a course that was called off leaves")
	}
}

// A survey and an invitation that were held up past their end leave no more.
func TestASurveyThatClosedIsNotAskedFor(t *testing.T) {
	w, _ := reminded(t)
	must := mustly(t)
	must(w.Advance(time.Date(2027, 3, 11, 14, 0, 0, 0, training.Rome())))
	survey := lastMail(w, actors["anna"], "survey.mail").Out
	reminder := lastMail(w, actors["anna"], "reminder").Out
	for _, step := range []struct {
		at      time.Time
		out     dialog.Out
		dropped bool
	}{{w.Now, survey, false}, {w.Now, reminder, true}, {w.Now.AddDate(0, 2, 0), survey, true}} {
		must(w.Advance(step.at))
		if _, err := w.Service.Render(w.Reader(), dialogtest.MAC, w.Now, step.out); (err == dialog.ErrNoRecipient) != step.dropped {
			t.Errorf("%s at %s: %v", step.out.Text, step.at, err)
		}
	}
}
