package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"regia/training"
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
	{"I posti si riempiono. Uno rinuncia, e il suo posto passa da solo a chi segue.", storySeats},
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

// teller plays people.
type teller struct {
	d   *demo
	w   *world
	ctx context.Context
}

// show lets the page follow a person, and waits for whoever watches.
func (t *teller) show(r *resident, channel string) {
	t.d.setStory(func(s *story) { s.person, s.channel = r.id(), channel })
	if t.d.pace <= 0 {
		return
	}
	pause := time.NewTimer(t.d.pace)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-t.ctx.Done():
	}
}

// does lets a person write something: in chat, or by mail as an answer to the
// last letter that asks for one.
func (t *teller) does(id string, texts ...string) error {
	r, err := t.w.resident(id)
	if err != nil {
		return err
	}
	for _, text := range texts {
		if r.chatID != 0 {
			err = t.w.say(t.ctx, id, text)
			t.show(r, "chat")
		} else {
			err = t.w.reply(t.ctx, id, t.lastLetter(r), text)
			t.show(r, "mail")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
	}
	return nil
}

func (t *teller) lastLetter(r *resident) string {
	box := t.w.post.Box(r.mail())
	if len(box) == 0 {
		return ""
	}
	return box[len(box)-1].ID
}

// writes lets a person write a letter of their own.
func (t *teller) writes(id, text string) error {
	r, err := t.w.resident(id)
	if err != nil {
		return err
	}
	err = t.w.reply(t.ctx, id, "", text)
	t.show(r, "mail")
	return err
}

// taps lets a person choose, one after the other, the choices whose labels
// begin so: a button in chat, the same word by mail.
func (t *teller) taps(id string, labels ...string) error {
	r, err := t.w.resident(id)
	if err != nil {
		return err
	}
	for _, label := range labels {
		if r.chatID != 0 {
			err = t.tapChat(r, label)
		} else {
			err = t.tapMail(r, label)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *teller) tapChat(r *resident, label string) error {
	messages := t.w.chat.Messages(r.chatID)
	for i := len(messages) - 1; i >= 0; i-- {
		for _, row := range messages[i].Buttons {
			for _, b := range row {
				if strings.HasPrefix(b.Label, label) {
					err := t.w.press(t.ctx, r.id(), messages[i].ID, b.Data)
					t.show(r, "chat")
					return err
				}
			}
		}
	}
	return fmt.Errorf("%s non ha il bottone «%s»", r.id(), label)
}

func (t *teller) tapMail(r *resident, label string) error {
	box := t.w.post.Box(r.mail())
	for i := len(box) - 1; i >= 0; i-- {
		for _, b := range box[i].Buttons {
			if strings.HasPrefix(labelOf(b), label) {
				err := t.w.reply(t.ctx, r.id(), box[i].ID, strings.TrimSpace(b.Body))
				t.show(r, "mail")
				return err
			}
		}
	}
	return fmt.Errorf("%s non ha la scelta «%s»", r.id(), label)
}

// until moves the clock.
func (t *teller) until(month time.Month, day, hour, minute int) error {
	err := t.w.move(t.ctx, time.Date(2027, month, day, hour, minute, 0, 0, training.Rome()))
	t.d.changes.ring()
	return err
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

// untilWritten moves the clock from event to event until the service wrote
// the words in the person's chat.
func (t *teller) untilWritten(r *resident, words string) error {
	seen := len(t.w.chat.Messages(r.chatID))
	for range 60 {
		if err := t.w.forward(t.ctx, "next"); err != nil {
			return err
		}
		messages := t.w.chat.Messages(r.chatID)
		for ; seen < len(messages); seen++ {
			if strings.Contains(messages[seen].Text, words) {
				return nil
			}
		}
	}
	return fmt.Errorf("nessuno ha scritto «%s» a %s", words, r.id())
}
