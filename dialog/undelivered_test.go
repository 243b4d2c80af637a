package dialog_test

import (
	"strings"
	"testing"
	"time"

	"regia/dialog"
	"regia/dialog/dialogtest"
	"regia/training"
)

// reminded is a province on the morning of a reminder: Anna reads mail alone,
// Bruno has a chat too and wants mail, Franca is their focal point.
func reminded(t *testing.T) (w *dialogtest.World, report func(to, text string, hard bool)) {
	t.Helper()
	w = dialogtest.NewWorld(service(), time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
	must := mustly(t)
	must(w.Import(roster...))
	carla, anna, bruno := w.Actor(actors["carla"], 99), w.Actor(actors["anna"], 0), w.Actor(actors["bruno"], 98)
	must(carla.Join())
	must(bruno.Join())
	must(bruno.Say("preferisco email"))
	must(openCourse(carla, 20))
	for _, who := range []*dialogtest.Actor{anna, bruno} {
		for _, text := range []string{"corsi", "1", "sì"} {
			must(who.Say(text))
		}
	}
	must(w.Advance(time.Date(2027, 3, 9, 12, 0, 0, 0, training.Rome())))
	return w, func(to, text string, hard bool) {
		t.Helper()
		m := lastMail(w, to, text)
		if m == nil {
			t.Fatalf("no %s to %s", text, to)
		}
		must(w.Handle(dialog.In{Mail: &dialog.Mail{From: "mailer-daemon@mx.example", Sort: "bounce", Token: m.Rendered.Return, Hard: hard}}))
	}
}

func lastMail(w *dialogtest.World, to, text string) *dialogtest.Message {
	for i := len(w.Got) - 1; i >= 0; i-- {
		if m := w.Got[i]; m.Rendered.Address == to && m.Out.Channel == dialog.ByMail && m.Out.Text == text {
			return &m
		}
	}
	return nil
}

// A mail that came back for good reaches its person in chat, or through the
// focal point; the address is not written to any more.
func TestAMailThatCameBackGoesAnotherWay(t *testing.T) {
	w, report := reminded(t)
	bruno, franca := w.Actor(actors["bruno"], 98), w.Actor(actors["franca"], 0)
	bruno.News()
	report(actors["bruno"], "reminder", true)
	if news := bruno.News(); !strings.Contains(news, "Prova") {
		t.Errorf("bruno heard %q", news)
	}
	franca.News()
	report(actors["anna"], "reminder", true)
	if news := franca.News(); !strings.Contains(news, "Per Anna Rossi") || !strings.Contains(news, "Vieni?") {
		t.Errorf("franca heard %q", news)
	}
	report(actors["anna"], "reminder", true) // reported twice
	if news := franca.News(); news != "" {
		t.Errorf("franca heard it again: %q", news)
	}
	before := len(w.Got)
	if err := w.Advance(time.Date(2027, 3, 13, 12, 0, 0, 0, training.Rome())); err != nil {
		t.Fatal(err)
	}
	for _, m := range w.Got[before:] {
		if m.Rendered.Address == actors["anna"] && m.Out.Channel == dialog.ByMail {
			t.Errorf("%s still goes to a dead address", m.Out.Text)
		}
	}
	anna := w.Actor(actors["anna"], 0)
	anna.News()
	if err := anna.Say("le mie ore"); err != nil { // it works again: she writes from it
		t.Fatal(err)
	}
	if news := anna.News(); !strings.Contains(news, "ore di formazione") {
		t.Errorf("anna heard %q", news)
	}
}

// A mail that came back for now is sent again on the next days, and then goes
// another way; the address stays.
func TestAFullMailboxIsTriedAgain(t *testing.T) {
	w, report := reminded(t)
	carla, franca := w.Actor(actors["carla"], 99), w.Actor(actors["franca"], 0)
	for _, err := range []error{carla.Say("corsi"), carla.Say("1"), carla.Press("Cambia data o luogo"), carla.Say("25 marzo ore 9-13"), w.Advance(w.Now.Add(time.Hour))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	franca.News()
	for day := range 2 {
		report(actors["anna"], "edition.changed", false)
		before := len(w.Got)
		if err := w.Advance(w.Now.Add(26 * time.Hour)); err != nil {
			t.Fatal(err)
		}
		again := 0
		for _, m := range w.Got[before:] {
			if m.Out.Text == "edition.changed" && m.Rendered.Address == actors["anna"] {
				again++
			}
		}
		if again != 1 {
			t.Fatalf("day %d: sent again %d times", day, again)
		}
	}
	report(actors["anna"], "edition.changed", false)
	if err := w.Advance(w.Now.Add(24 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	if news := franca.News(); !strings.Contains(news, "Per Anna Rossi") {
		t.Errorf("franca heard %q", news)
	}
	for _, ref := range w.Documents("person") {
		var p training.Person
		if w.Find(ref, &p); p.First == "Anna" && p.Addresses[0].Dead {
			t.Error("the address is dead")
		}
	}
}

// What a stranger makes up about a message changes nothing, and a reply is told
// to nobody else.
func TestAForgedReportChangesNothing(t *testing.T) {
	w, report := reminded(t)
	before, heard := w.Dump(), len(w.Got)
	good := lastMail(w, actors["anna"], "reminder").Rendered.Return
	other := lastMail(w, actors["bruno"], "reminder").Rendered.Return
	for _, token := range []string{"", "0", strings.Repeat("a", 48), good[:33] + other[33:], good[:42] + "2", good + "a", good[1:]} {
		if token == good {
			continue
		}
		if err := w.Handle(dialog.In{Mail: &dialog.Mail{From: "mailer-daemon@mx.example", Sort: "bounce", Token: token, Hard: true}}); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.Got) != heard || len(w.Dump()) != len(before) {
		t.Error("something changed")
	}
	report(actors["anna"], "enrol.done", true)
	for _, m := range w.Got[heard:] {
		t.Errorf("%s to %s", m.Out.Text, m.Rendered.Address)
	}
	// The token of an address is no answer to the question that went there.
	if err := w.Handle(dialog.In{Mail: &dialog.Mail{From: actors["anna"], Sort: "reply", Token: good, Text: "Rinuncio"}}); err != nil {
		t.Fatal(err)
	}
}

// A server that refuses a message closes the address that the message went to,
// and no other that the person has meanwhile.
func TestARefusalClosesTheAddressItWasAbout(t *testing.T) {
	w, _ := reminded(t)
	m := lastMail(w, actors["anna"], "reminder")
	refused := func(back string) bool {
		t.Helper()
		mustly(t)(w.Handle(dialog.In{Sent: &dialog.Sent{Out: m.Out, Outcome: dialog.Bounced, Return: back}}))
		return strings.Contains(w.Dump(), `"dead":true`)
	}
	if refused(dialog.ReturnToken(dialogtest.MAC, m.Out.To, m.Out.ID, "anna@prima.example")) {
		t.Error("a refusal of another address closed hers")
	}
	if !refused(m.Rendered.Return) {
		t.Error("a refusal does not close her address")
	}
}
