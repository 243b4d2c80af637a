package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"regia/mail/mailtest"
)

// resident is a person of the sample and what the page remembers of them.
type resident struct {
	samplePerson
	chatID int64 // 0 without chat

	mu       sync.Mutex
	written  []written
	readChat int // messages seen by whoever looks at the page
	readMail int
}

// written is a mail that the person sent, with how many letters were in the
// mailbox then: the clock stands still, so instants do not tell the order.
type written struct {
	after         int
	at            time.Time
	subject, text string
}

// resident finds a person by the name that the page uses.
func (w *world) resident(id string) (*resident, error) {
	i := slices.IndexFunc(w.folk, func(r *resident) bool { return r.id() == id })
	if i < 0 {
		return nil, errPage{"Questa persona non c'è."}
	}
	return w.folk[i], nil
}

// maxChatText is where a chat program cuts a long text into several messages.
const maxChatText = 4096

// say writes in the person's chat.
func (w *world) say(ctx context.Context, id, text string) error {
	r, err := w.resident(id)
	if err != nil {
		return err
	}
	if r.chatID == 0 {
		return errPage{r.first + " non usa la chat: scrivi un'email."}
	}
	words := []rune(text)
	if len(words) == 0 {
		return errPage{"Scrivi qualcosa."}
	}
	for len(words) > 0 {
		n := min(len(words), maxChatText)
		w.chat.Say(r.chatID, string(words[:n]))
		words = words[n:]
	}
	return w.now(ctx)
}

// press presses a button in the person's chat.
func (w *world) press(ctx context.Context, id string, message int, data string) error {
	r, err := w.resident(id)
	if err != nil {
		return err
	}
	if _, err := w.chat.Press(r.chatID, message, data); err != nil {
		return errPage{"Questo bottone non c'è più."}
	}
	return w.now(ctx)
}

// reply answers a letter, or writes a new one when it names none.
func (w *world) reply(ctx context.Context, id, letter, text string) error {
	r, err := w.resident(id)
	if err != nil {
		return err
	}
	if text == "" {
		return errPage{"Scrivi qualcosa."}
	}
	box := w.post.Box(r.mail())
	subject := "Una domanda"
	if letter == "" {
		err = w.post.Write(r.mail(), subject, text)
	} else {
		i := slices.IndexFunc(box, func(l mailtest.Letter) bool { return l.ID == letter })
		if i < 0 {
			return errPage{"Questa email non c'è più."}
		}
		subject = "Re: " + box[i].Subject
		err = w.post.Reply(r.mail(), letter, text)
	}
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.written = append(r.written, written{after: len(box), at: w.clock.Now(), subject: subject, text: text})
	r.mu.Unlock()
	return w.now(ctx)
}
