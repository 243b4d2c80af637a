package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"regia/bot/bottest"
	"regia/dialog"
)

func newSender(t testing.TB, s *bottest.Server, box dialog.Outbox, c Config, now func() time.Time) *Sender {
	t.Helper()
	c.Token, c.API = s.Token(), s.URL()
	snd, err := NewSender(c, box, words, now)
	if err != nil {
		t.Fatal(err)
	}
	return snd
}

// send makes one Step of a sender without limits.
func send(t testing.TB, s *bottest.Server, box dialog.Outbox, c Config) int {
	t.Helper()
	c.NoLimits = true
	n, err := newSender(t, s, box, c, time.Now).Step(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestALongMessageLeavesInPartsWithTheButtonsUnderTheLast(t *testing.T) {
	s := serve(t, bottest.Options{})
	s.Open(1)
	box := newOutbox()
	o := out(1, true, strings.Repeat(strings.Repeat("è", 999)+"\n\n", 6)+"*fine* <b>")
	o.Choices = []dialog.Choice{{Text: "Sì", Act: dialog.Act{Verb: "yes"}}}
	o.Attach = []string{"attestato"}
	box.add(o)
	if n := send(t, s, box, Config{}); n != 1 {
		t.Fatalf("sent %d", n)
	}
	ms := received(s, 1)
	if len(ms) != 3 || len(ms[0].Buttons) != 0 || len(ms[1].Buttons) != 1 || !strings.HasSuffix(ms[1].Text, "fine <b>") || ms[1].Bold[0].Text != "fine" {
		t.Fatalf("%d messages: %+v", len(ms), ms)
	}
	if d := ms[2].Document; d == nil || d.Name != "attestato.pdf" || string(d.Body) != "attestato" {
		t.Errorf("document = %+v", d)
	}
}

func TestOnlyThePressedMessageIsEdited(t *testing.T) {
	c := newClock()
	s := serve(t, bottest.Options{Clock: c.now})
	s.Open(1)
	box := newOutbox()
	first := out(1, true, "Quante persone?")
	first.Choices = []dialog.Choice{{Text: "1", Act: dialog.Act{Verb: "n", Arg: "1"}}}
	box.add(first)
	send(t, s, box, Config{})
	m := received(s, 1)[0]

	edit := func(body string) []bottest.Message {
		o := out(1, true, body)
		o.Edit = m.ID
		box.add(o)
		if n := send(t, s, box, Config{}); n != 1 {
			t.Fatalf("sent %d", n)
		}
		return received(s, 1)
	}
	if ms := edit("Segnato."); len(ms) != 1 || ms[0].Text != "Segnato." || len(ms[0].Buttons) != 0 || ms[0].Before[0] != "Quante persone?" {
		t.Fatalf("after the edit: %+v", ms)
	}
	if ms := edit("Segnato."); len(ms) != 1 {
		t.Errorf("the same again: %+v", ms)
	}
	c.pass(72 * time.Hour)
	if ms := edit("Cancellato."); len(ms) != 2 || ms[1].Text != "Cancellato." {
		t.Errorf("too old to edit: %+v", ms)
	}
	m.ID = 999
	if ms := edit("Non c'è più."); len(ms) != 3 {
		t.Errorf("gone: %+v", ms)
	}
}

func TestALastingFailureEndsTheMessageAndFreesTheLane(t *testing.T) {
	s := serve(t, bottest.Options{})
	for _, chat := range []int64{1, 3, 4} {
		s.Open(chat)
	}
	s.Block(1)
	box := newOutbox()
	blocked, unknown, nobody := out(1, false, "x"), out(2, true, "x"), out(0, true, "x")
	nobody.To = "erased"
	empty, after, tooLong := out(3, true, " \n"), out(3, true, "dopo"), out(4, true, "x")
	tooLong.Choices = []dialog.Choice{{Text: "lungo", Act: dialog.Act{Verb: strings.Repeat("v", 65)}}}
	box.add(blocked, unknown, nobody, empty, after, tooLong)
	if n := send(t, s, box, Config{}); n != 2 {
		t.Errorf("sent %d", n)
	}
	want := map[string]dialog.Outcome{blocked.ID: dialog.Unreachable, unknown.ID: dialog.Unreachable, empty.ID: dialog.GivenUp}
	if fmt.Sprint(box.ended) != fmt.Sprint(want) {
		t.Errorf("ended = %v, want %v", box.ended, want)
	}
	if box.left() != 0 || len(received(s, 3)) != 1 || len(received(s, 4)) != 1 {
		t.Errorf("%d left", box.left())
	}
}

func TestRetryAfterHoldsThePersonAndNobodyElse(t *testing.T) {
	c := newClock()
	s := serve(t, bottest.Options{Clock: c.now})
	s.Open(1)
	s.Open(2)
	hit := false
	s.Fault(func(call bottest.Call) *bottest.Failure {
		if call.Chat != 1 || hit {
			return nil
		}
		hit = true
		return &bottest.Failure{Code: http.StatusTooManyRequests, Description: "Too Many Requests: retry after 7", RetryAfter: 7}
	})
	box := newOutbox()
	box.add(out(1, true, "a"), out(1, true, "b"), out(2, true, "c"))
	snd := newSender(t, s, box, Config{}, c.now)
	step := func() {
		t.Helper()
		if _, err := snd.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	step()
	c.pass(6999 * time.Millisecond)
	step()
	if len(received(s, 1)) != 0 || len(received(s, 2)) != 1 {
		t.Fatalf("before its time: %d and %d", len(received(s, 1)), len(received(s, 2)))
	}
	c.pass(time.Millisecond)
	step()
	if ms := received(s, 1); len(ms) != 2 || ms[0].Text != "a" || ms[1].Text != "b" {
		t.Errorf("after: %+v", ms)
	}
}

func TestTroubleIsTriedAgainAndAfterTwoDaysGivenUp(t *testing.T) {
	c := newClock()
	s := serve(t, bottest.Options{Clock: c.now})
	s.Open(1)
	down := true
	s.Fault(func(bottest.Call) *bottest.Failure {
		if down {
			return &bottest.Failure{Code: http.StatusBadGateway, Garbage: "<html>"}
		}
		return nil
	})
	box := newOutbox()
	o := out(1, true, "a")
	box.add(o)
	snd := newSender(t, s, box, Config{}, c.now)
	run := func(d time.Duration) {
		t.Helper()
		for end := c.now().Add(d); c.now().Before(end); c.pass(time.Minute) {
			if _, err := snd.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	run(24 * time.Hour)
	if n := s.Stats().Calls["sendMessage"]; n < 400 || n > 800 {
		t.Errorf("%d attempts in a day", n)
	}
	down = false
	run(time.Hour)
	if len(received(s, 1)) != 1 || box.left() != 0 {
		t.Fatalf("not delivered")
	}
	down = true
	late := out(1, true, "b")
	box.add(late)
	run(49 * time.Hour)
	if box.ended[late.ID] != dialog.GivenUp || box.left() != 0 {
		t.Errorf("ended = %v", box.ended)
	}
}

func TestWhatWasDeliveredOfAMessageIsNotRepeated(t *testing.T) {
	c := newClock()
	s := serve(t, bottest.Options{Clock: c.now})
	s.Open(1)
	n := 0
	s.Fault(func(bottest.Call) *bottest.Failure {
		if n++; n == 2 {
			return &bottest.Failure{Code: http.StatusInternalServerError, Description: "Internal Server Error"}
		}
		return nil
	})
	box := newOutbox()
	box.add(out(1, true, strings.Repeat("a", 5000)))
	snd := newSender(t, s, box, Config{}, c.now)
	_, _ = snd.Step(t.Context())
	c.pass(time.Minute)
	if _, err := snd.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ms := received(s, 1); len(ms) != 2 || len(ms[1].Text) != 904 {
		t.Errorf("%d messages", len(ms))
	}
}

func TestADeadSendersMessagesLeaveWithTheNextOne(t *testing.T) {
	s := serve(t, bottest.Options{})
	box := newOutbox()
	for i := range int64(20) {
		s.Open(i + 1)
		box.add(out(i+1, false, "avviso"))
	}
	// Killed after it claimed and before it sent.
	if outs, err := box.Claim(t.Context(), dialog.ByChat, 50, time.Now()); err != nil || len(outs) != 20 {
		t.Fatal(err)
	}
	box.expire()
	if n := send(t, s, box, Config{}); n != 20 || box.left() != 0 {
		t.Errorf("sent %d, %d left", n, box.left())
	}
}

func TestAPanicInRenderingIsAFailureOfThatMessage(t *testing.T) {
	c := newClock()
	s := serve(t, bottest.Options{Clock: c.now})
	s.Open(1)
	s.Open(2)
	var logged bytes.Buffer
	cfg := config(s)
	cfg.Log = slog.New(slog.NewTextHandler(&logged, nil))
	box := newOutbox()
	bad := out(1, true, "rosa.bianchi")
	box.add(bad, out(2, true, "b"))
	snd, err := NewSender(cfg, box, func(ctx context.Context, o dialog.Out) (dialog.Rendered, error) {
		if o.ID == bad.ID {
			panic(o.Args["body"])
		}
		return words(ctx, o)
	}, c.now)
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if _, err := snd.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.pass(10 * time.Minute)
	}
	if len(received(s, 2)) != 1 || box.ended[bad.ID] != dialog.GivenUp {
		t.Errorf("ended = %v", box.ended)
	}
	if l := logged.String(); strings.Contains(l, "bianchi") || !strings.Contains(l, bad.ID) {
		t.Errorf("log: %s", l)
	}
}

func TestOrderIsKeptInEveryLane(t *testing.T) {
	s := serve(t, bottest.Options{})
	box := newOutbox()
	for i := range 300 {
		chat := int64(1 + i%10)
		s.Open(chat)
		box.add(out(chat, true, fmt.Sprint(i)))
	}
	c := Config{NoLimits: true}
	snd := newSender(t, s, box, c, time.Now)
	arrived, cancelSub := s.Subscribe()
	defer cancelSub()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- snd.Run(ctx) }()
	last := map[int64]int{}
	for range 300 {
		m := <-arrived
		var n int
		_, _ = fmt.Sscan(m.Text, &n)
		if before, ok := last[m.Chat]; ok && n != before+10 {
			t.Errorf("chat %d: %d after %d", m.Chat, n, before)
		}
		last[m.Chat] = n
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if box.left() != 0 || len(box.done) != 300 {
		t.Errorf("%d left, %d done", box.left(), len(box.done))
	}
}

func TestRunGivesBackWhatItClaimedAndDidNotSend(t *testing.T) {
	c := newClock() // stands still: the second notice has to wait for ever
	s := serve(t, bottest.Options{Clock: c.now})
	s.Open(1)
	s.Open(2)
	box := newOutbox()
	box.add(out(1, false, "a"), out(2, false, "b"))
	snd := newSender(t, s, box, Config{}, c.now)
	arrived, cancelSub := s.Subscribe()
	defer cancelSub()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- snd.Run(ctx) }()
	<-arrived
	cancel()
	<-ended
	if len(box.leased) != 0 || box.left() != 1 {
		t.Errorf("%d leased, %d left", len(box.leased), box.left())
	}
}
