package bot

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regia/bot/bottest"
)

// With a strict server, a long queue of notices and people who write
// meanwhile: never a 429, at least 27 a second in all, one notice a second for
// each person, and no reply waits a second.
func TestLimitsAreKeptAndRepliesDoNotWait(t *testing.T) {
	c := newClock()
	s := serve(t, bottest.Options{Clock: c.now, Limits: bottest.Telegram, Forget: true})
	box := newOutbox()
	const notices, persons = 10_000, 3_000
	for i := range notices {
		chat := int64(1 + i%persons)
		s.Open(chat)
		box.add(out(chat, false, "avviso"))
	}
	snd := newSender(t, s, box, Config{}, c.now)
	const seconds, tick = 60, 5 * time.Millisecond
	var slowest time.Duration
	asked := map[string]time.Time{}
	for i := range seconds * int(time.Second/tick) {
		if i%60 == 0 { // someone writes, some three times a second
			o := out(int64(1+i%persons), true, "risposta")
			s.Say(int64(1+i%persons), "ciao")
			box.add(o)
			asked[o.ID] = c.now()
		}
		if _, err := snd.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, id := range box.done {
			if at, ok := asked[id]; ok {
				slowest = max(slowest, c.now().Sub(at))
				delete(asked, id)
			}
		}
		box.done = box.done[:0]
		c.pass(tick)
	}
	st := s.Stats()
	if st.TooMany != 0 {
		t.Errorf("%d answers with 429", st.TooMany)
	}
	if rate := float64(st.Sent) / seconds; rate < 27 {
		t.Errorf("%.1f a second", rate)
	}
	if slowest >= time.Second || len(asked) > 1 {
		t.Errorf("the slowest reply took %v; %d without", slowest, len(asked))
	}
}

func TestFewPersonsWithManyNoticesDoNotHideAReply(t *testing.T) {
	c := newClock()
	s := serve(t, bottest.Options{Clock: c.now, Limits: bottest.Telegram, Forget: true})
	box := newOutbox()
	for i := range 2_000 {
		chat := int64(1 + i%200)
		s.Open(chat)
		box.add(out(chat, false, "avviso"))
	}
	snd := newSender(t, s, box, Config{}, c.now)
	var replied time.Time
	var asked time.Time
	for i := range 1000 {
		if i == 500 {
			s.Say(9999, "ciao")
			o := out(9999, true, "risposta")
			box.add(o)
			asked = c.now()
		}
		if _, err := snd.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		if replied.IsZero() && slices.Contains(box.done, lastOut) && i >= 500 {
			replied = c.now()
		}
		c.pass(5 * time.Millisecond)
	}
	if wait := replied.Sub(asked); replied.IsZero() || wait >= time.Second {
		t.Errorf("the reply took %v", wait)
	}
	if st := s.Stats(); st.TooMany != 0 || st.Sent < 27*5 {
		t.Errorf("%d sent, %d refused", st.Sent, st.TooMany)
	}
}

// Whatever the way there and back takes, no second at the server holds more
// than 30 messages, and none of a person's more than one notice.
func TestNoSecondHoldsMoreThanThirty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type flight struct {
			who   string
			ends  time.Time
			reply bool
		}
		p := newPace(false)
		now := newClock().now()
		var flights []flight
		var arrivals []time.Time
		chats := map[string][]time.Time{}
		delay := rapid.IntRange(0, 400)
		who := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g", "h"})
		for range rapid.IntRange(100, 600).Draw(t, "turns") {
			p.tidy(now)
			person, reply := who.Draw(t, "who"), rapid.IntRange(0, 3).Draw(t, "kind") > 0
			if reply && p.reply(now) || !reply && p.anyNotice(now) && p.noticeTo(person, now) {
				p.begin(person, reply, now)
				there := time.Duration(delay.Draw(t, "there")) * time.Millisecond
				back := time.Duration(delay.Draw(t, "back")) * time.Millisecond
				flights = append(flights, flight{who: person, ends: now.Add(there + back), reply: reply})
				arrivals = append(arrivals, now.Add(there))
				if !reply {
					chats[person] = append(chats[person], now.Add(there))
				}
			}
			now = now.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "pass")) * time.Millisecond)
			slices.SortFunc(flights, func(a, b flight) int { return a.ends.Compare(b.ends) })
			for len(flights) > 0 && !flights[0].ends.After(now) {
				p.end(flights[0].who, true, now)
				flights = flights[1:]
			}
		}
		check := func(at []time.Time, most int) {
			slices.SortFunc(at, time.Time.Compare)
			for i := most; i < len(at); i++ {
				if d := at[i].Sub(at[i-most]); d < time.Second {
					t.Fatalf("%d messages in %v", most+1, d)
				}
			}
		}
		check(arrivals, overall)
		for _, at := range chats {
			check(at, 1)
		}
	})
}
