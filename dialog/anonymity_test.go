package dialog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"regia/dialog/dialogtest"
	"regia/training"
)

// TestAnonymity: when the survey has closed nothing that is stored ties a
// person to an answer, and the figures are those of all together.
func TestAnonymity(t *testing.T) {
	w := dialogtest.NewWorld(service(), time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
	must := mustly(t)
	must(w.Import(roster[:6]...))
	var people []*dialogtest.Actor
	for i := range 6 {
		mail := fmt.Sprintf("persona%d@comune-pigna.example", i)
		must(w.Import(person("008043", fmt.Sprint("Nome", i), fmt.Sprint("Cognome", i), mail, nil)))
		chat := int64(500 + i)
		if i%2 == 0 {
			chat = 0
		}
		people = append(people, w.Actor(mail, chat))
	}
	carla := w.Actor(actors["carla"], 99)
	must(carla.Join())
	must(openCourse(carla, 20))
	for _, p := range people {
		must(p.Join())
		must(p.Say("corsi"))
		must(p.Press("1"))
		must(p.Press("Sì"))
	}
	must(w.Advance(time.Date(2027, 3, 11, 14, 0, 0, 0, training.Rome())))
	for i, p := range people {
		if p.Chat == 0 {
			must(p.Say("5 4 4 9"))
		} else {
			for range 3 {
				must(p.Press("4"))
			}
			must(p.Press("10"))
		}
		must(p.Say(fmt.Sprintf("parole segrete numero %d", i)))
		must(p.Press("Salta"))
	}
	if !strings.Contains(w.Dump(), "sheet:") {
		t.Fatal("the answers were not kept while the survey was open")
	}
	must(w.Advance(time.Date(2027, 3, 25, 9, 0, 0, 0, training.Rome())))
	if news := carla.News(); !strings.Contains(news, "6 risposte") || !strings.Contains(news, "Utilità 4,5 su 5") {
		t.Errorf("the office read:\n%s", news)
	}
	for _, ref := range append(w.Documents("sheet"), w.Documents("comments")...) {
		t.Errorf("%s is still stored", ref)
	}
	for line := range strings.Lines(w.Dump()) {
		if strings.Contains(line, "parole segrete") && (strings.Contains(line, "person") || !strings.HasPrefix(line, "comment:")) {
			t.Errorf("an answer stands in %s", line)
		}
	}
	comments := w.Documents("comment")
	if len(comments) != 6 {
		t.Fatalf("%d comments are kept", len(comments))
	}
	// Their names follow from chance, not from the order of the people.
	order := ""
	for _, ref := range comments {
		var c struct{ Text string }
		w.Find(ref, &c)
		order += c.Text[len(c.Text)-1:]
	}
	if order == "012345" || order == "543210" {
		t.Errorf("the comments stand in the order of the people: %s", order)
	}
	// A figure of fewer than five is not made.
	var few training.Tally
	for range 4 {
		few.Add(training.AnswerSheet{Numbers: map[string]int{"usefulness": 5}})
	}
	if _, ok := few.Mean("usefulness"); ok {
		t.Error("a figure of four answers is shown")
	}
}
