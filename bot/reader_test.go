package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"regia/bot/bottest"
	"regia/dialog"
)

func reader(t *testing.T, s *bottest.Server, in Intake) *Reader {
	t.Helper()
	r, err := NewReader(config(s), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// readAll steps until nothing is left.
func readAll(t *testing.T, r *Reader) {
	t.Helper()
	for {
		n, err := r.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func TestNothingIsLostBetweenCommitAndOffset(t *testing.T) {
	s := serve(t, bottest.Options{})
	db := newStore()
	for i := range 250 {
		s.Say(int64(1+i%7), fmt.Sprint("testo ", i))
	}
	// Each reader dies after its commit, before it could confirm.
	for range 4 {
		if n, err := reader(t, s, db).Step(t.Context()); err != nil || n != 100 {
			t.Fatalf("Step = %d, %v", n, err)
		}
	}
	if s.Pending() != 250 {
		t.Fatalf("confirmed before the commit: %d left", s.Pending())
	}
	readAll(t, reader(t, s, db))
	if len(db.order) != 250 || s.Pending() != 0 {
		t.Fatalf("%d committed, %d pending", len(db.order), s.Pending())
	}
}

func TestAFailedCommitConfirmsNothing(t *testing.T) {
	s := serve(t, bottest.Options{})
	db := newStore()
	db.fail = errStore
	s.Say(1, "ciao")
	r := reader(t, s, db)
	for range 3 {
		if _, err := r.Step(t.Context()); !errors.Is(err, errStore) {
			t.Fatalf("err = %v", err)
		}
	}
	db.fail = nil
	readAll(t, r)
	if len(db.order) != 1 || s.Pending() != 0 {
		t.Fatalf("%d committed, %d pending", len(db.order), s.Pending())
	}
}

func TestOrderIsKeptInEveryChat(t *testing.T) {
	s := serve(t, bottest.Options{})
	db := newStore()
	for i := range 2000 {
		s.Say(int64(1+i%50), fmt.Sprint(i))
	}
	readAll(t, reader(t, s, db))
	for chat, texts := range db.texts(t, s.BotID()) {
		for i, text := range texts {
			if want := fmt.Sprint(int(chat) - 1 + 50*i); text != want {
				t.Fatalf("chat %d: message %d is %s, want %s", chat, i, text, want)
			}
		}
	}
}

func TestNoUpdateStopsTheLoop(t *testing.T) {
	broken := map[string]string{
		"a field of another type":  `{"update_id":%ID%,"message":{"message_id":"x","chat":7}}`,
		"not JSON":                 `{"update_id":%ID%,"message":{"text":"\q","chat":{`,
		"bytes that are no text":   "{\"update_id\":%ID%,\"message\":{\"text\":\"\x00\x01\"}}",
		"an id of another type":    `{"update_id":"%ID%"}`,
		"an unknown kind":          `{"update_id":%ID%,"hologram":{"depth":3}}`,
		"a kind that is null":      `{"update_id":%ID%,"message":null}`,
		"without an id":            `{"message":{"text":"x"}}`,
		"not even an object":       `17`,
		"nested beyond all bounds": `{"update_id":%ID%,"x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`,
	}
	for name, raw := range broken {
		t.Run(name, func(t *testing.T) {
			s := serve(t, bottest.Options{})
			db := newStore()
			s.Say(1, "prima")
			s.Inject(raw)
			s.Say(1, "dopo")
			readAll(t, reader(t, s, db))
			if got := db.texts(t, s.BotID())[1]; len(got) != 2 || got[1] != "dopo" {
				t.Errorf("texts = %q", got)
			}
			if s.Pending() != 0 {
				t.Errorf("%d pending", s.Pending())
			}
		})
	}
}

func TestUndecodableUpdatesReachTheIntake(t *testing.T) {
	s := serve(t, bottest.Options{})
	db := newStore()
	id := s.Inject(`{"update_id":%ID%,"message":{"text":"\q`)
	readAll(t, reader(t, s, db))
	u, ok := db.committed[fmt.Sprintf("tg:%d:%d", s.BotID(), id)]
	if !ok {
		t.Fatalf("committed: %v", db.committed)
	}
	if _, err := Decode(u.Raw, s.BotID(), time.Time{}); err == nil || errors.Is(err, ErrNothing) {
		t.Errorf("Decode: %v", err)
	}
}

func TestIdsMayBeginAnewBelowTheOldOnes(t *testing.T) {
	c := newClock()
	s := serve(t, bottest.Options{Clock: c.now})
	db := newStore()
	r := reader(t, s, db)
	s.NextID(900_000_000)
	s.Say(1, "prima")
	readAll(t, r)
	c.pass(8 * 24 * time.Hour)
	s.Say(1, "seconda")
	s.NextID(5)
	s.Say(1, "terza")
	s.Say(1, "quarta")
	for range 3 {
		if _, err := r.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := db.texts(t, s.BotID())[1]; len(got) != 4 {
		t.Errorf("texts = %q", got)
	}
}

func TestCallbacksAreAnsweredAfterTheCommit(t *testing.T) {
	s := serve(t, bottest.Options{})
	box := newOutbox()
	o := out(1, true, "Ti iscrivo?")
	o.Choices = []dialog.Choice{{Text: "Sì", Act: dialog.Act{Verb: "enroll", ID: "abc"}}}
	box.add(o)
	s.Open(1)
	send(t, s, box, Config{})
	m := received(s, 1)[0]
	query, err := s.Press(1, m.ID, m.Buttons[0][0].Data)
	if err != nil {
		t.Fatal(err)
	}
	db := newStore()
	db.seen = func([]Update) {
		if s.Answered(query) {
			t.Error("answered before the commit")
		}
	}
	db.fail = errStore
	r := reader(t, s, db)
	_, _ = r.Step(t.Context())
	if s.Answered(query) {
		t.Error("answered without a commit")
	}
	db.fail = nil
	readAll(t, r)
	if !s.Answered(query) {
		t.Error("not answered")
	}
	in, err := Decode(db.order[0].Raw, s.BotID(), time.Time{})
	if err != nil || in.Chat.Sort != "button" || in.Chat.Data != "1|enroll|abc" || in.Chat.Message != m.ID {
		t.Errorf("in = %+v, %v", in.Chat, err)
	}
}

func TestTroubleOfTheServerIsAnErrorAndNoEnd(t *testing.T) {
	s := serve(t, bottest.Options{})
	db := newStore()
	r := reader(t, s, db)
	s.Say(1, "ciao")
	for _, f := range []bottest.Failure{
		{Code: http.StatusBadGateway, Garbage: "<html>502</html>"},
		{Code: http.StatusOK, Garbage: "<html>a portal</html>"},
		{Code: http.StatusTooManyRequests, Description: "Too Many Requests", RetryAfter: 3},
		{Code: http.StatusConflict, Description: "Conflict"},
		{Code: http.StatusUnauthorized, Description: "Unauthorized"},
	} {
		s.Fault(func(bottest.Call) *bottest.Failure { return &f })
		_, err := r.Step(t.Context())
		if err == nil {
			t.Fatalf("no error for %d", f.Code)
		}
		if strings.Contains(err.Error(), s.Token()) {
			t.Error("the token is in the error")
		}
	}
	s.Fault(nil)
	readAll(t, r)
	if len(db.order) != 1 {
		t.Errorf("%d committed", len(db.order))
	}
}

func TestNoErrorHoldsTheToken(t *testing.T) {
	s := serve(t, bottest.Options{})
	r := reader(t, s, newStore())
	_ = s.Close()
	_, err := r.Step(t.Context())
	if err == nil || strings.Contains(err.Error(), s.Token()) {
		t.Errorf("err = %v", err)
	}
	if err = r.Setup(t.Context()); err == nil || strings.Contains(err.Error(), s.Token()) {
		t.Errorf("err = %v", err)
	}
}

func TestRunReadsAndConfirmsAtTheEnd(t *testing.T) {
	s := serve(t, bottest.Options{})
	db := newStore()
	taken := make(chan string, 10)
	db.seen = func(us []Update) {
		for _, u := range us {
			taken <- u.ID
		}
	}
	cfg := config(s)
	cfg.Commands = []Command{{Name: "aiuto", Description: "Che cosa posso fare"}}
	r, err := NewReader(cfg, db)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- r.Run(ctx) }()
	s.Say(1, "uno")
	<-taken
	s.Say(1, "due")
	<-taken
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v", err)
	}
	if s.Pending() != 0 {
		t.Errorf("%d pending", s.Pending())
	}
	if got := s.Commands(); len(got) != 1 || got[0].Command != "aiuto" {
		t.Errorf("commands = %v", got)
	}
}

func TestFilesAreKeptBeforeTheUpdateIsTakenIn(t *testing.T) {
	s := serve(t, bottest.Options{})
	db := newStore()
	cfg := config(s)
	var kept string
	cfg.Keep = func(_ context.Context, name, mime string, body io.Reader) (dialog.File, error) {
		raw, err := io.ReadAll(body)
		kept = string(raw)
		return dialog.File{SHA256: "hash", Name: name, Type: mime, Size: int64(len(raw))}, err
	}
	r, err := NewReader(cfg, db)
	if err != nil {
		t.Fatal(err)
	}
	s.SendFile(1, bottest.Document{Name: "../../etc/convenzione.pdf", Type: "application/pdf", Body: []byte("%PDF")}, "ecco")
	readAll(t, r)
	f := db.order[0].File
	if f == nil || f.SHA256 != "hash" || f.Name != "convenzione.pdf" || kept != "%PDF" {
		t.Fatalf("file = %+v, kept %q", f, kept)
	}
	in, err := Decode(db.order[0].Raw, s.BotID(), time.Time{})
	if err != nil || in.Chat.Sort != "file" || in.Chat.Text != "ecco" || in.Chat.File.Name != "convenzione.pdf" {
		t.Errorf("in = %+v, %v", in.Chat, err)
	}
	// A file that cannot be had stops nobody.
	s.Fault(func(c bottest.Call) *bottest.Failure {
		if c.Method == "getFile" {
			return &bottest.Failure{Code: 400, Description: "Bad Request: file is too big"}
		}
		return nil
	})
	s.SendFile(1, bottest.Document{Name: "b.pdf", Body: []byte("x")}, "")
	readAll(t, r)
	if len(db.order) != 2 || db.order[1].File != nil {
		t.Errorf("order = %d", len(db.order))
	}
}

func TestOnlyAnAddressWithTLSOrLoopback(t *testing.T) {
	for api, good := range map[string]bool{
		"": true, "https://api.telegram.org": true, "http://127.0.0.1:1": true, "http://localhost:1/": true,
		"http://api.telegram.org": false, "ftp://x": false, "api.telegram.org": false, "https://u:p@h": false,
	} {
		_, err := NewReader(Config{Token: "1:a", API: api}, newStore())
		if (err == nil) != good {
			t.Errorf("%q: %v", api, err)
		}
	}
	for _, token := range []string{"", "abc", "1:", ":a", "1:a/b", "1:a b"} {
		if _, err := NewReader(Config{Token: token}, newStore()); err == nil || token != "" && strings.Contains(err.Error(), token) {
			t.Errorf("%q: %v", token, err)
		}
	}
}
