package dialog_test

import (
	"strings"
	"testing"
	"time"

	"regia/dialog/dialogtest"
	"regia/training"
)

// TestTheModelSaysWhatComesFirst: courses or needs for whoever joins, and for
// the office what many ask or what is mandatory.
func TestTheModelSaysWhatComesFirst(t *testing.T) {
	for model, want := range map[training.ServiceModel]struct{ welcome, help, decision string }{
		training.SharedDelivery:      {"Puoi scrivere *corsi*", "*corsi*", "Informatica di base"},
		training.TerritorialSteering: {"Scrivici con parole tue", "*mi serve*", "Informatica di base"},
		training.Academy:             {"Scrivici con parole tue", "*mi serve*", "Informatica di base"},
		training.Pilot:               {"Puoi scrivere *corsi*", "*corsi*", "Anticorruzione"},
	} {
		s := service()
		s.Model, s.Decision = model, 1
		w := dialogtest.NewWorld(s, time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
		must := mustly(t)
		must(w.Import(roster...))
		asks := func(who string, chat int64, text, topic string) *dialogtest.Actor {
			a := w.Actor(actors[who], chat)
			must(a.Join())
			if news := a.News(); !strings.Contains(news, want.welcome) {
				t.Errorf("%s: joining says %q", model, news)
			}
			must(a.Say(text))
			for _, choice := range []string{topic, "Solo io", "Subito"} {
				must(a.Press(choice))
			}
			return a
		}
		anna := asks("anna", 1, "mi serve un corso di excel", "Informatica di base e strumenti d'ufficio")
		asks("marco", 2, "mi serve un corso di excel", "Informatica di base e strumenti d'ufficio")
		asks("lidia", 3, "mi serve la formazione anticorruzione", "Anticorruzione, etica e codice di comportamento")
		anna.News()
		must(anna.Say("aiuto"))
		if news := anna.News(); !strings.HasPrefix(news, "Puoi scrivere:\n"+want.help) {
			t.Errorf("%s: the help begins %.60q", model, news)
		}
		carla := w.Actor(actors["carla"], 4)
		must(carla.Join())
		carla.News()
		must(carla.Say("settimana"))
		_, first, _ := strings.Cut(carla.News(), "1) ")
		if line, _, _ := strings.Cut(first, "\n"); !strings.Contains(line, want.decision) {
			t.Errorf("%s: the first decision is %q", model, line)
		}
	}
}
