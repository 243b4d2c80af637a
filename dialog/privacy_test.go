package dialog_test

import (
	"strings"
	"testing"
	"time"

	"regia/dialog"
	"regia/dialog/dialogtest"
	"regia/training"
)

// TestEraseTakesDrafts: words of a need that was never confirmed are among
// one's data, and go when the person goes.
func TestEraseTakesDrafts(t *testing.T) {
	w := dialogtest.NewWorld(service(), time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
	must := mustly(t)
	must(w.Import(roster...))
	anna := w.Actor(actors["anna"], 0)
	must(anna.Join())
	must(anna.Say("mi serve capire gli appalti segreti sotto soglia"))
	must(anna.Say("annulla"))
	if !strings.Contains(w.Dump(), "appalti segreti") {
		t.Fatal("the words of a draft were not kept")
	}
	must(anna.Say("cancellami"))
	must(anna.Press("Sì"))
	if news := anna.News(); !strings.Contains(news, "sono stati cancellati") {
		t.Fatalf("anna heard:\n%s", news)
	}
	for line := range strings.Lines(w.Dump()) {
		if strings.Contains(line, "appalti segreti") {
			t.Errorf("words of who was erased stand in %s", line)
		}
	}
}

// TestUndoAfterTheClose: an absence taken back after the survey has closed
// brings back no answers.
func TestUndoAfterTheClose(t *testing.T) {
	w := dialogtest.NewWorld(service(), time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
	must := mustly(t)
	must(w.Import(roster...))
	carla, anna := w.Actor(actors["carla"], 1), w.Actor(actors["anna"], 2)
	must(carla.Join())
	must(anna.Join())
	must(openCourse(carla, 20))
	must(anna.Say("corsi"))
	must(anna.Press("1"))
	must(anna.Press("Sì"))
	must(w.Advance(time.Date(2027, 3, 11, 14, 0, 0, 0, training.Rome())))
	must(anna.Press("4"))
	var survey training.SatisfactionSurvey
	w.Find(dialog.Ref(w.Documents("survey")[0]), &survey)
	must(w.Advance(survey.Closes.Add(-5 * time.Minute)))
	must(carla.Say("assenti: Anna Rossi"))
	must(w.Advance(survey.Closes.Add(3 * time.Minute)))
	must(carla.Say("annulla"))
	if news := carla.News(); !strings.Contains(news, "tutto come prima") {
		t.Fatalf("carla heard:\n%s", news)
	}
	if left := w.Documents("sheet"); len(left) > 0 {
		t.Errorf("answers came back: %v", left)
	}
}
