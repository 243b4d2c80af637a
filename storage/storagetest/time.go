package storagetest

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
	"regia/storage"
)

func timers(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	ctx := context.Background()
	if _, found, err := h.store.Next(ctx); found || err != nil {
		t.Fatalf("something falls due: %v", err)
	}
	h.do("set", func(tx dialog.Tx) {
		tx.SetTimer("offer", "a:b", start.Add(time.Hour))
		tx.SetTimer("offer", "c", start.Add(2*time.Hour))
		tx.SetTimer("code", "d", start.Add(time.Minute))
		tx.ClearTimer("code", "d")
	})
	next, found, err := h.store.Next(ctx)
	if !found || !next.Equal(start.Add(time.Hour)) || err != nil {
		t.Fatalf("next %v %v %v", next, found, err)
	}
	due := func(now time.Time) []dialog.Timer {
		due, err := h.store.DueTimers(ctx, now, 10)
		if err != nil {
			t.Fatal(err)
		}
		return due
	}
	if d := due(start.Add(time.Hour - time.Millisecond)); len(d) != 0 {
		t.Fatalf("due too early: %v", d)
	}
	both := due(start.Add(3 * time.Hour))
	if len(both) != 2 || both[0].Kind != "offer" || both[0].ID != "a:b" || both[1].ID != "c" {
		t.Fatalf("due %v", both)
	}
	input := storage.TimerInput(both[0])
	if input.ID != "timer:offer:a:b@2027-03-11T10:00:00Z" {
		t.Fatalf("id %s", input.ID)
	}
	// The first is set anew by its own message; the second is set anew by
	// another message before its own is handled.
	h.on("timer", func(tx dialog.Tx, in dialog.In) error {
		if in.Timer.ID == "a:b" {
			tx.SetTimer("offer", "a:b", start.Add(4*time.Hour))
		}
		return add(tx, "fired:1", 1)
	})
	h.do("move", func(tx dialog.Tx) { tx.SetTimer("offer", "c", start.Add(5*time.Hour)) })
	h.send(storage.Committed, input, storage.TimerInput(both[1]))
	left := due(start.Add(9 * time.Hour))
	if len(left) != 2 || !left[0].At.Equal(start.Add(4*time.Hour)) || !left[1].At.Equal(start.Add(5*time.Hour)) {
		t.Fatalf("left %v", left)
	}
	h.send(storage.Committed, storage.TimerInput(left[0]), storage.TimerInput(left[1]))
	left = due(start.Add(9 * time.Hour))
	if len(left) != 1 || left[0].ID != "a:b" || h.number("fired:1") != 4 {
		t.Fatalf("left %v, fired %d", left, h.number("fired:1"))
	}
}

func slots(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	ctx := context.Background()
	if _, found, err := h.store.LastSlot(ctx, "digest"); found || err != nil {
		t.Fatalf("%v %v", found, err)
	}
	slot := func(at time.Time) storage.Input {
		return storage.Input{
			ID: "cron:digest@" + at.UTC().Format(time.RFC3339), Source: "cron",
			Decode: func() (dialog.In, error) {
				return dialog.In{At: at, Slot: &dialog.Slot{Job: "digest", At: at}}, nil
			},
		}
	}
	h.send(storage.Committed, slot(start), slot(start.Add(time.Hour)))
	h.send(storage.Already, slot(start), slot(start.Add(time.Hour)))
	last, found, err := h.store.LastSlot(ctx, "digest")
	if !found || !last.Equal(start.Add(time.Hour)) || err != nil {
		t.Fatalf("%v %v %v", last, found, err)
	}
}

// A timer whose message is over must not stay due: nothing behind it would move.
func timersEnd(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	ctx := context.Background()
	gone := func(what string) {
		t.Helper()
		if left, err := h.store.DueTimers(ctx, start.Add(time.Hour), 10); err != nil || len(left) != 0 {
			t.Fatalf("%s: still due: %v %v", what, left, err)
		}
	}
	set := func(id string) storage.Input {
		h.do(id, func(tx dialog.Tx) { tx.SetTimer("offer", "a:b", start) })
		due, err := h.store.DueTimers(ctx, start, 10)
		if err != nil || len(due) != 1 {
			t.Fatalf("due %v %v", due, err)
		}
		in := storage.TimerInput(due[0])
		raw, err := json.Marshal(dialog.In{ID: in.ID, At: start, Timer: &due[0]})
		if err != nil {
			t.Fatal(err)
		}
		in.Raw, in.Decode = raw, nil
		return in
	}
	h.send(storage.Committed, set("1"))
	gone("its message committed")
	h.send(storage.Already, set("2"))
	gone("set again to an instant that is over")

	// Its message was in hand at ten deaths of the process.
	if err := client.Del(ctx, "{"+province+"}:done:timer:offer:a:b@2027-03-11T09:00:00Z").Err(); err != nil {
		t.Fatal(err)
	}
	killer := set("3")
	if err := client.HSet(ctx, "{"+province+"}:tries", killer.ID, "10:a process before").Err(); err != nil {
		t.Fatal(err)
	}
	h.send(storage.Died, killer)
	gone("buried unread")
}
