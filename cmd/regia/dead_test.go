package main

import (
	"strings"
	"testing"
	"time"

	"regia/bot/bottest"
	"regia/dialog"
	"regia/storage"
	"regia/training"
)

// TestWhatNobodyCouldReadIsToldToWhoeverWroteIt: an update that does not decode
// and one that ended the process again and again get a sentence each, and count
// in the one summary of the day, as does a message that could not leave.
func TestWhatNobodyCouldReadIsToldToWhoeverWroteIt(t *testing.T) {
	d := newTestDemo(t)
	w := d.world()
	ctx := t.Context()
	anna, err := w.resident("anna-rossi")
	if err != nil {
		t.Fatal(err)
	}
	const broken = `{"update_id":%ID%,"message":{"message_id":1,"from":{"id":1003},"chat":{"id":1003,"type":"private"},"text":7}}`
	before := len(w.chat.Messages(anna.chatID))
	w.chat.Inject(broken)
	w.chat.Inject(strings.ReplaceAll(broken, "1003", "-1003")) // in a group: nobody is told
	if err := w.now(ctx); err != nil {
		t.Fatal(err)
	}
	w.chat.NextID(77_000_000)
	deadly := "tg:" + w.chat.Token()[:strings.Index(w.chat.Token(), ":")] + ":77000000"
	w.redis.HSet("{imperia}:tries", deadly, "10:a process before")
	if err := w.say(ctx, "anna-rossi", "corsi"); err != nil {
		t.Fatal(err)
	}
	w.redis.HSet("{imperia}:outs", "o2345672345672345", "a shape of another day")
	if _, err := w.redis.ZAdd("{imperia}:waiting", 0, "o2345672345672345"); err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, m := range w.chat.Messages(anna.chatID)[before:] {
		if m.FromBot {
			if !strings.Contains(m.Text, "Non siamo riusciti a leggere il tuo messaggio") {
				t.Errorf("anna reads %q", m.Text)
			}
			told++
		}
	}
	if told != 2 {
		t.Errorf("anna was told %d times of 2 messages", told)
	}
	if err := w.move(ctx, time.Date(2027, 1, 11, 18, 0, 0, 0, training.Rome())); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"marta-ferrari", "paolo-bianco"} {
		got := read(t, d, id)
		for _, line := range []string{"3 messaggi non sono stati letti", "Un nostro messaggio non è potuto partire", "Chi lo cura lo trova con regia dead list"} {
			if strings.Count(strings.ReplaceAll(got, "*", ""), line) != 1 {
				t.Errorf("%s misses %q in %q", id, line, got)
			}
		}
	}
}

// TestAFileOutlivesItsDeadLetter: tried again, the message has its file.
func TestAFileOutlivesItsDeadLetter(t *testing.T) {
	d := newTestDemo(t)
	w := d.world()
	ctx := t.Context()
	w.chat.NextID(88_000_000)
	id := "tg:" + w.chat.Token()[:strings.Index(w.chat.Token(), ":")] + ":88000000"
	w.redis.HSet("{imperia}:tries", id, "10:a process before")
	w.chat.SendFile(1003, bottest.Document{Name: "convenzione.pdf", Type: "application/pdf", Body: []byte("%PDF")}, "")
	if err := w.now(ctx); err != nil {
		t.Fatal(err)
	}
	letter, found, err := w.store.Dead(ctx, id)
	if err != nil || !found {
		t.Fatalf("no dead letter: %v", err)
	}
	in, err := w.e.decode(id, letter.Raw)()
	if err != nil || in.Chat == nil || in.Chat.File == nil {
		t.Fatalf("%+v %v", in.Chat, err)
	}
	if body, err := w.store.Files().Open(in.Chat.File.SHA256); err != nil {
		t.Error(err)
	} else if err := body.Close(); err != nil {
		t.Error(err)
	}
	if ok, err := w.store.DeadRetry(ctx, id); !ok || err != nil {
		t.Fatal(err)
	}
	if err := w.now(ctx); err != nil {
		t.Fatal(err)
	}
	if text := read(t, d, "anna-rossi"); !strings.Contains(text, "Qui leggo solo parole scritte") {
		t.Errorf("tried again: %q", text)
	}
}

func TestOnlyTheWriterIsReadOfWhatCouldNotBeHandled(t *testing.T) {
	for id, c := range map[string]struct {
		raw  string
		want dialog.Unread
	}{
		"dead:tg:1:2":                {`{"update_id":2,"message":{"chat":{"first_name":"a \"id\":9","id":7,"type":"private"},"text":7}`, dialog.Unread{Chat: 7}},
		"dead:tg:1:3":                {`{"update_id":3,"message":{"chat":{"id":-7},"text":"\"chat\":{\"id\":8}"}}`, dialog.Unread{}},
		"dead:tg:1:4":                {"\x00", dialog.Unread{}},
		"dead:mail:h:INBOX:1.2":      {`{"mail":{"from":"anna@x.example","text":"words"}}`, dialog.Unread{From: "anna@x.example"}},
		"dead:out:o2345672345672345": {"mail:notice:p\n{\"to\":\"p\"", dialog.Unread{Leaving: true}},
		"dead:timer:offer:a@today":   {`{"timer":{"kind":"offer"}}`, dialog.Unread{}},
	} {
		in := unread(storage.Input{ID: id, Source: storage.DeadSource, Raw: []byte(c.raw)})
		if in.ID != id || in.Unread == nil || *in.Unread != c.want {
			t.Errorf("%s: %+v, want %+v", id, in.Unread, c.want)
		}
	}
}
