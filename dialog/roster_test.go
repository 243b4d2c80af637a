package dialog_test

import (
	"strings"
	"testing"
	"time"

	"regia/dialog/dialogtest"
	"regia/training"
)

// A roster is imported again whenever something in it changes; who holds two
// posts keeps two, however often.
func TestRosterImportedAgainAddsNothing(t *testing.T) {
	w := dialogtest.NewWorld(service(), time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
	posts := []training.Row{
		person("008024", "Anna", "Rossi", actors["anna"], func(p *training.PersonRow) { p.Office = "Anagrafe" }),
		person("008024", "Anna", "Rossi", actors["anna"], func(p *training.PersonRow) { p.Office = "Tributi" }),
		person("008043", "Anna", "Rossi", actors["anna"], func(p *training.PersonRow) { p.Role = "segretaria" }),
	}
	for range 3 {
		if err := w.Import(append(roster[:5:5], posts...)...); err != nil {
			t.Fatal(err)
		}
		w.Now = w.Now.Add(24 * time.Hour)
	}
	people := w.Documents("person")
	var anna training.Person
	if len(people) != 1 || !w.Find(people[0], &anna) {
		t.Fatalf("people %v", people)
	}
	var held []string
	for _, p := range anna.Positions {
		held = append(held, p.Organization+p.Office+p.Role)
	}
	if got := strings.Join(held, " "); got != "008024Anagrafe 008024Tributi 008043segretaria" {
		t.Errorf("positions %s", got)
	}
}
