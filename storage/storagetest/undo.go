package storagetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
	"regia/storage"
)

// action is what a coordinator does and may take back.
func action(tx dialog.Tx, in dialog.In) error {
	tx.Undoable("u1", time.Hour)
	if err := add(tx, "n:kept", 1); err != nil {
		return err
	}
	tx.Save("n:new", 5, 0)
	tx.Delete("n:old")
	tx.Enlist("l", "new")
	tx.Delist("l", "old")
	tx.Enlist("l", "both")
	tx.SetTimer("k", "moved", start.Add(2*time.Hour))
	tx.SetTimer("k", "new", start.Add(2*time.Hour))
	waits := out("waits", "a", false)
	waits.NotBefore, waits.Undo = start.Add(10*time.Minute), "u1"
	tx.Send(waits)
	return nil
}

func before(tx dialog.Tx) {
	tx.Save("n:kept", 7, 0)
	tx.Save("n:old", 8, 0)
	tx.Enlist("l", "old")
	tx.Enlist("l", "both")
	tx.SetTimer("k", "moved", start.Add(time.Hour))
}

func undo(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	h.do("before", before)
	h.on("action", action)
	h.on("undo", func(tx dialog.Tx, in dialog.In) error {
		inTheWay, found, err := tx.Undo("u1")
		if len(inTheWay) > 0 || !found {
			t.Errorf("in the way %v, found %v", inTheWay, found)
		}
		return err
	})
	check := func() {
		t.Helper()
		if h.number("n:kept") != 7 || h.number("n:old") != 8 || h.number("n:new") != 0 {
			t.Fatalf("documents %d %d %d", h.number("n:kept"), h.number("n:old"), h.number("n:new"))
		}
		if l := h.list("l"); !slices.Equal(l, []string{"both", "old"}) {
			t.Fatalf("list %v", l)
		}
		timers, err := h.store.DueTimers(t.Context(), start.Add(9*time.Hour), 10)
		if err != nil || len(timers) != 1 || !timers[0].At.Equal(start.Add(time.Hour)) {
			t.Fatalf("timers %v %v", timers, err)
		}
		if n, err := h.store.Due(t.Context(), start.Add(time.Hour)); n != 0 || err != nil {
			t.Fatalf("%d messages go out all the same, %v", n, err)
		}
	}
	h.send(storage.Committed, command("1", "action"))
	if h.number("n:kept") != 8 || h.number("n:old") != 0 {
		t.Fatal("nothing was done")
	}
	h.send(storage.Committed, command("1", "undo"))
	check()
	// The same in one batch.
	h.send(storage.Committed, command("2", "action"), command("2", "undo"))
	check()
	// Once only.
	h.on("undo", func(tx dialog.Tx, in dialog.In) error {
		if _, found, err := tx.Undo("u1"); found || err != nil {
			t.Errorf("found %v %v", found, err)
		}
		return nil
	})
	h.send(storage.Committed, command("3", "undo"))
}

func undoInTheWay(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	h.do("before", before)
	h.on("action", action)
	h.on("build", func(tx dialog.Tx, in dialog.In) error { return add(tx, "n:new", 1) })
	asked := 0
	h.on("undo", func(tx dialog.Tx, in dialog.In) error {
		asked++
		inTheWay, found, err := tx.Undo("u1")
		if !slices.Equal(inTheWay, []dialog.Ref{"n:new"}) || !found {
			t.Errorf("in the way %v, found %v", inTheWay, found)
		}
		return err
	})
	h.send(storage.Committed, command("1", "action"), command("1", "build"), command("1", "undo"))
	h.send(storage.Committed, command("2", "undo"))
	if asked != 2 || h.number("n:new") != 6 || h.number("n:kept") != 8 {
		t.Fatalf("asked %d, documents %d %d", asked, h.number("n:new"), h.number("n:kept"))
	}
}

// What is passing takes no part in an undo, wherever it stands when the action
// comes: stored, or written by a message whose commit is on its way.
func undoPassing(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	h.on("fill", func(tx dialog.Tx, in dialog.In) error { return add(tx, "fill:1", 1) })
	h.on("ask", func(tx dialog.Tx, in dialog.In) error { tx.Save("talk:1", 1, time.Hour); return nil })
	h.on("lasts", func(tx dialog.Tx, in dialog.In) error { tx.Save("talk:2", 1, 0); return nil })
	h.on("action", func(tx dialog.Tx, in dialog.In) error {
		tx.Undoable("u"+string(in.Command.Body), time.Hour)
		tx.Delete("talk:1")
		tx.Delete("never:1")
		return add(tx, "talk:2", 1)
	})
	h.on("never", func(tx dialog.Tx, in dialog.In) error { tx.Save("never:1", 1, time.Hour); return nil })
	h.on("undo", func(tx dialog.Tx, in dialog.In) error {
		inTheWay, found, err := tx.Undo("u" + string(in.Command.Body))
		if len(inTheWay) > 0 || !found {
			t.Errorf("in the way %v, found %v", inTheWay, found)
		}
		return err
	})
	fill := func(n int, inputs ...storage.Input) []storage.Input {
		for range n {
			inputs = append(inputs, command(fmt.Sprint(len(inputs)), "fill"))
		}
		return inputs
	}
	for i, inputs := range [][]storage.Input{
		{command("0", "ask"), command("0", "lasts"), command("0", "action")},
		append(fill(62, command("1", "ask"), command("1", "lasts")), command("1", "action")), // in the next batch
	} {
		h.do(fmt.Sprint("before", i), func(tx dialog.Tx) { tx.Save("talk:2", 1, time.Hour) })
		for _, r := range h.writer.Submit(t.Context(), inputs) {
			if r.Err != nil || r.Outcome == storage.Died {
				t.Fatal(r)
			}
		}
		h.send(storage.Committed, command(fmt.Sprint("since", i), "ask"), command(fmt.Sprint(i), "never"))
		h.send(storage.Committed, command(fmt.Sprint(i), "undo"))
		if h.number("talk:2") != 1 || h.number("talk:1") != 1 || h.number("never:1") != 1 {
			t.Fatalf("documents %d %d %d", h.number("talk:2"), h.number("talk:1"), h.number("never:1"))
		}
		if ttl, err := client.PTTL(t.Context(), "{"+province+"}:doc:talk:2").Result(); ttl > 0 || err != nil {
			t.Fatalf("what was kept for ever is kept for %v, %v", ttl, err)
		}
	}
}

// Who is erased is not kept for an undo either, and comes back by none; other
// actions can still be undone.
func undoErased(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	h.do("before", func(tx dialog.Tx) {
		tx.Save("person:anna0001", "Anna Rossi", 0)
		tx.Save("note:77", []string{"anna0001", "words of Anna Rossi"}, 0)
		tx.Save("n:1", 1, 0)
	})
	h.on("action", func(tx dialog.Tx, in dialog.In) error {
		id := string(in.Command.Body)
		tx.Undoable(id, time.Hour)
		if id == "other" {
			return add(tx, "n:1", 1)
		}
		tx.Save("person:anna0001", "Anna Rossi, away", 0)
		tx.Delete("note:77")
		return nil
	})
	h.on("erase", func(tx dialog.Tx, in dialog.In) error {
		tx.Delete("person:anna0001")
		tx.RewriteLog()
		return nil
	})
	h.on("undo", func(tx dialog.Tx, in dialog.In) error {
		inTheWay, found, err := tx.Undo(string(in.Command.Body))
		if found != (string(in.Command.Body) == "other") || len(inTheWay) > 0 {
			t.Errorf("%s: in the way %v, found %v", in.Command.Body, inTheWay, found)
		}
		return err
	})
	for i, together := range []bool{true, false} {
		inputs := []storage.Input{command("anna", "action"), command("other", "action"), command("1", "erase")}
		for j := range inputs {
			inputs[j].ID += fmt.Sprint(i)
		}
		if together {
			h.send(storage.Committed, inputs...)
		} else {
			for _, input := range inputs {
				h.send(storage.Committed, input)
			}
		}
		names, err := h.keys(t.Context(), "{"+province+"}:doc:*")
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range names {
			if text, err := client.Get(t.Context(), key).Result(); err != nil || strings.Contains(text, "Anna") {
				t.Errorf("%s holds %q, %v", key, text, err)
			}
		}
		undo := []storage.Input{command("anna", "undo"), command("other", "undo")}
		for j := range undo {
			undo[j].ID += fmt.Sprint(i)
		}
		h.send(storage.Committed, undo...)
		if h.number("n:1") != 1 {
			t.Errorf("the other action was not undone: %d", h.number("n:1"))
		}
	}
}
