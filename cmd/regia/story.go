package main

import (
	"fmt"
	"strings"
	"time"
)

// story is «Guarda in un minuto»: four steps, each a few actions of people in
// the same world that the page shows. Nothing in it is prepared: every answer
// is the service's.
type story struct {
	step    int
	running bool
	caption string
	person  string // whom it speaks of now
	channel string // chat or mail
}

func (s story) view() storyView {
	return storyView{Step: s.step, Of: len(storySteps), Caption: s.caption, Running: s.running, Person: s.person, Channel: s.channel}
}

// storyStep is one of the four, told in one sentence.
type storyStep struct {
	caption string
	act     func(t *teller) error
}

var storySteps = []storyStep{
	{"Tre Comuni chiedono la stessa cosa, ognuno con parole sue: due in chat, uno per email.", storyNeeds},
	{"Lunedì alle 8:30 l'ufficio legge la settimana. Un tocco, tre righe, e il corso è aperto.", storyOpens},
	{"I posti si riempiono. C'è chi rinuncia, e il posto passa da solo a chi segue.", storySeats},
	{"Il giorno passa: promemoria, corso, questionario. L'ufficio vede solo i totali.", storyTotals},
}

// tellStory starts the story, goes to its next step, or ends it.
func (d *demo) tellStory(action string) error {
	d.acting.Lock()
	defer d.acting.Unlock()
	d.mu.RLock()
	s := d.story
	d.mu.RUnlock()
	switch action {
	case "stop":
		d.setStory(func(s *story) { s.running, s.person, s.channel = false, "", "" })
		return nil
	case "start":
		if s.step > 0 {
			w, err := newWorld(d.ctx, d.log)
			if err != nil {
				return err
			}
			d.mu.Lock()
			old := d.w
			d.w, d.files = w, map[string]demoFile{}
			d.mu.Unlock()
			if err := old.Close(); err != nil {
				d.log.Warn("demo: the old world", "err", err)
			}
		}
		return d.tell(0)
	case "next":
		if !s.running {
			return errPage{"La storia non è cominciata."}
		}
		if s.step >= len(storySteps) {
			d.setStory(func(s *story) { s.running, s.person, s.channel = false, "", "" })
			return nil
		}
		return d.tell(s.step)
	}
	return errPage{"La storia si può cominciare, continuare o fermare."}
}

func (d *demo) setStory(change func(*story)) {
	d.mu.Lock()
	change(&d.story)
	d.mu.Unlock()
	d.changes.ring()
}

func (d *demo) tell(n int) error {
	step := storySteps[n]
	d.setStory(func(s *story) { *s = story{step: n + 1, running: true, caption: step.caption} })
	err := step.act(&teller{d: d, w: d.world(), ctx: d.ctx})
	if err != nil {
		d.setStory(func(s *story) { s.running = false })
		return fmt.Errorf("la storia si è fermata: %w", err)
	}
	d.changes.ring()
	return nil
}

// first runs actions until one fails.
func first(actions ...func() error) error {
	for _, a := range actions {
		if err := a(); err != nil {
			return err
		}
	}
	return nil
}

const storyTopic = "Codice dei contratti"

func storyNeeds(t *teller) error {
	return first(
		func() error {
			return t.does("anna-rossi", "mi serve capire gli appalti sotto soglia e gli affidamenti diretti")
		},
		func() error { return t.taps("anna-rossi", storyTopic, "2–3", "Subito") },
		func() error {
			return t.writes("giulia-ricci", "Buongiorno,\ncome si fa un affidamento diretto sotto soglia?\n\nGrazie\nGiulia")
		},
		func() error { return t.taps("giulia-ricci", storyTopic, "2–3", "Entro") },
		func() error {
			return t.does("marco-conti", "mi serve un corso sul codice dei contratti e gli affidamenti")
		},
		func() error { return t.taps("marco-conti", storyTopic, "Solo io", "Subito") },
	)
}

func storyOpens(t *teller) error {
	return first(
		func() error { return t.until(time.January, 11, 8, 31) },
		func() error { return t.taps("marta-ferrari", "Apri 1") },
		func() error {
			return t.does("marta-ferrari", "giovedì 28 gennaio ore 9-13", "Provincia di Imperia, sala al piano terra", "6 posti")
		},
		func() error { return t.taps("marta-ferrari", "Apri il corso") },
	)
}

func storySeats(t *teller) error {
	return first(
		func() error { return t.until(time.January, 11, 9, 0) },
		func() error { return t.taps("anna-rossi", "Sì") },
		func() error { return t.taps("giulia-ricci", "Sì") },
		func() error { return t.taps("marco-conti", "Sì") },
		func() error { return t.does("sara-costa", "corsi", "1") },
		func() error { return t.taps("sara-costa", "Sì") },
		func() error { return t.does("davide-greco", "corsi", "1") },
		func() error { return t.taps("davide-greco", "Sì") },
		func() error { return t.writes("franca-lanteri", "corsi") },
		func() error { return t.does("franca-lanteri", "1") },
		func() error { return t.taps("franca-lanteri", "Sì") },
		func() error { return t.does("chiara-moretti", "corsi", "1") },
		func() error { return t.taps("chiara-moretti", "Sì") },
		func() error { return t.does("marco-conti", "rinuncio") },
		func() error { return t.taps("marco-conti", "Sì") },
		func() error { return t.taps("chiara-moretti", "Sì") },
	)
}

// storyGoers are those who have a seat when the day comes.
var storyGoers = []string{"anna-rossi", "giulia-ricci", "sara-costa", "davide-greco", "franca-lanteri", "chiara-moretti"}

func storyTotals(t *teller) error {
	if err := t.until(time.January, 26, 9, 30); err != nil {
		return err
	}
	if err := t.taps("anna-rossi", "Sì"); err != nil {
		return err
	}
	if err := t.until(time.January, 28, 14, 0); err != nil {
		return err
	}
	answers := []string{"5 4 4 9", "5 5 4 10", "4 4 3 8", "5 4 5 9", "4 5 4 9", "5 5 5 10"}
	for i, id := range storyGoers {
		r, err := t.w.resident(id)
		if err != nil {
			return err
		}
		if r.chatID == 0 {
			err = t.does(id, answers[i])
		} else {
			err = t.taps(id, append(strings.Fields(answers[i]), "Salta", "Salta")...)
		}
		if err != nil {
			return err
		}
	}
	r, err := t.w.resident("marta-ferrari")
	if err != nil {
		return err
	}
	if err := t.untilWritten(r, "è chiuso"); err != nil {
		return err
	}
	t.show(r, "chat")
	return nil
}
