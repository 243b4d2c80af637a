package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"regia/training"
)

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
				err := t.w.reply(t.ctx, r.id(), box[i].ID, labelOf(b))
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
