package training_test

import (
	"testing"
	"time"

	"regia/training"
)

func TestReadUrgency(t *testing.T) {
	for _, c := range []struct {
		said  string
		month time.Month
		want  training.Urgency
	}{
		{"Entro marzo", time.January, training.Soon},
		{"entro fine marzo, se potete", time.January, training.Soon},
		{"entro marzo", time.March, training.Soon},
		{"entro marzo", time.April, training.NoHurry},
		{"entro gennaio", time.December, training.Soon},
		{"verso ottobre", time.January, training.ThisYear},
		{"prima dell'estate", time.January, training.ThisYear},
		{"entro l’anno va bene", time.January, training.ThisYear},
		{"il prima possibile", time.January, training.Soon},
		{"È urgente!", time.January, training.Soon},
		{"non è urgente", time.January, training.NoHurry},
		{"Non abbiamo fretta", time.January, training.NoHurry},
		{"quando volete", time.January, training.NoHurry},
		{"l'anno prossimo", time.January, training.NoHurry},
		{"non subito", time.January, training.NoHurry},
		{"non è molto urgente", time.January, training.NoHurry},
		{"Non serve subito", time.January, training.NoHurry},
		{"c'è tempo", time.January, training.NoHurry},
		{"anno prossimo", time.January, training.NoHurry},
		{"con urgenza", time.January, training.Soon},
		{"subito dopo l'estate", time.January, training.ThisYear},
		{"entro la fine dell'anno", time.January, training.ThisYear},
		{"non prima di marzo", time.January, ""},
		{"non questo mese", time.January, ""},
		{"entro marzo 2028", time.January, ""},
		{"siamo in tre", time.January, ""},
		{"marzo", time.January, ""}, // of what: it is asked again
		{"corsi", time.January, ""},
	} {
		got, ok := training.ReadUrgency(c.said, time.Date(2027, c.month, 11, 9, 0, 0, 0, training.Rome()))
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%q in %s: %q, want %q", c.said, c.month, got, c.want)
		}
	}
}
