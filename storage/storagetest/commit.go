package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
	"regia/storage"
)

func commitOnce(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	h.on("add", func(tx dialog.Tx, _ dialog.In) error { return add(tx, "n:1", 1) })
	h.send(storage.Committed, command("a", "add"))
	h.send(storage.Already, command("a", "add"))

	// The same mail, delivered twice, has two ids and one that both carry.
	mail := func(id string) storage.Input {
		return storage.Input{ID: id, Source: "mail", Decode: func() (dialog.In, error) {
			return dialog.In{At: start, Also: "mail-again:x", Command: &dialog.Command{Name: "add"}}, nil
		}}
	}
	results := h.writer.Submit(context.Background(), []storage.Input{mail("mail:1"), mail("mail:2"), mail("mail:1")})
	outcomes := []storage.Outcome{results[0].Outcome, results[1].Outcome, results[2].Outcome}
	if want := []storage.Outcome{storage.Committed, storage.Already, storage.Already}; !slices.Equal(outcomes, want) {
		t.Fatalf("outcomes %v, want %v", outcomes, want)
	}
	if n := h.number("n:1"); n != 2 {
		t.Fatalf("handled %d times, want 2", n)
	}
	// However often it comes, it is not counted among what fails.
	for range 12 {
		h.send(storage.Already, mail("mail:2"))
	}
	if left, err := client.HLen(context.Background(), "{"+province+"}:tries").Result(); left != 0 || err != nil {
		t.Fatalf("attempts of %d inputs are still counted: %v", left, err)
	}
}

func batchInOrder(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	h.on("note", func(tx dialog.Tx, in dialog.In) error {
		var notes []string
		if _, err := tx.Load("notes:1", &notes); err != nil {
			return err
		}
		// What the batch before wrote is seen, its commit on its way or not.
		listed, err := tx.List("notes", "", 1000)
		if err != nil || len(listed) != len(notes) {
			t.Errorf("%d notes, %d in the list: %v", len(notes), len(listed), err)
		}
		tx.Enlist("notes", string(in.Command.Body))
		tx.Save("notes:1", append(notes, string(in.Command.Body)), 0)
		return nil
	})
	var inputs []storage.Input
	var want []string
	for i := range 600 {
		inputs = append(inputs, command(fmt.Sprint(i), "note"))
		want = append(want, fmt.Sprint(i))
	}
	h.send(storage.Committed, inputs...)
	var notes []string
	if _, err := h.store.Reader(context.Background()).Load("notes:1", &notes); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(notes, want) {
		t.Fatalf("order %v", notes)
	}
}

func failureIsAlone(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	h.on("add", func(tx dialog.Tx, _ dialog.In) error { return add(tx, "n:1", 1) })
	h.on("panic", func(tx dialog.Tx, _ dialog.In) error {
		_ = add(tx, "n:1", 100)
		tx.Enlist("list", "never")
		tx.Send(out("never", "p", true))
		return []error{}[len(tx.NewID("x"))-16]
	})
	h.on("unwritable", func(tx dialog.Tx, _ dialog.In) error { tx.Save("n:1", func() {}, 0); return nil })
	results := h.writer.Submit(context.Background(), []storage.Input{
		command("1", "add"), command("2", "panic"), command("3", "add"), command("4", "unwritable"), command("5", "add"),
	})
	for i, want := range []storage.Outcome{storage.Committed, storage.Died, storage.Committed, storage.Died, storage.Committed} {
		if results[i].Outcome != want {
			t.Fatalf("%d: %v, want %s", i, results[i], want)
		}
	}
	if n := h.number("n:1"); n != 3 {
		t.Fatalf("n is %d, want 3", n)
	}
	if l := h.list("list"); len(l) > 0 {
		t.Fatalf("list has %v", l)
	}
	if outs := h.claim(dialog.ByChat, 10, start); len(outs) > 0 {
		t.Fatalf("sent %s", ids(outs))
	}
}

func deadLetter(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	ctx := context.Background()
	calls := 0
	h.on("bad", func(dialog.Tx, dialog.In) error { calls++; return errors.New("words of a person") })
	input := command("a", "bad")
	h.send(storage.Died, input)
	h.send(storage.Already, input) // it comes again: nobody is told twice
	if calls != 3 || !slices.Equal(h.sorry, []string{input.ID}) {
		t.Fatalf("%d attempts, sorry %v", calls, h.sorry)
	}
	if outs := h.claim(dialog.ByMail, 10, start); len(outs) != 1 {
		t.Fatalf("%d sentences, want 1", len(outs))
	}
	letters, err := h.store.DeadList(ctx, 10)
	if err != nil || len(letters) != 1 {
		t.Fatalf("%v %v", letters, err)
	}
	d := letters[0]
	if d.ID != input.ID || d.Source != "cli" || string(d.Raw) != "raw of a" || d.Class != "*errors.errorString" || !d.At.Equal(start) {
		t.Fatalf("dead letter %+v", d)
	}
	if n, err := h.store.DeadCount(ctx, start); n != 1 || err != nil {
		t.Fatalf("%d dead, %v", n, err)
	}

	// Mended, it is handed in again and goes through.
	h.on("bad", func(tx dialog.Tx, _ dialog.In) error { return add(tx, "n:1", 1) })
	if again, err := h.store.DeadRetry(ctx, input.ID); !again || err != nil {
		t.Fatalf("retry: %v %v", again, err)
	}
	inputs, err := h.store.Pending(ctx, 10)
	if err != nil || len(inputs) != 1 || string(inputs[0].Raw) != "raw of a" {
		t.Fatalf("pending %v %v", inputs, err)
	}
	inputs[0].Decode = input.Decode
	h.send(storage.Committed, inputs...)
	if inputs, err := h.store.Pending(ctx, 10); len(inputs) != 0 || err != nil {
		t.Fatalf("still pending: %v %v", inputs, err)
	}
	if _, found, err := h.store.Dead(ctx, input.ID); found || err != nil {
		t.Fatalf("still dead: %v", err)
	}

	// What cannot even be read dies too; a message of its own tells of it, and
	// none of that one.
	h.send(storage.Died, storage.Input{ID: "tg:1:1", Source: "tg", Raw: []byte("{"), At: start})
	inputs, err = h.store.Pending(ctx, 10)
	if err != nil || len(inputs) != 1 || inputs[0].ID != "dead:tg:1:1" || inputs[0].Source != storage.DeadSource || string(inputs[0].Raw) != "{" {
		t.Fatalf("pending %v %v", inputs, err)
	}
	h.send(storage.Died, inputs...)
	if inputs, err := h.store.Pending(ctx, 10); len(inputs) != 0 || err != nil || len(h.sorry) != 1 {
		t.Fatalf("pending %v %v, sorry %v", inputs, err, h.sorry)
	}
}

func crash(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	input := command("a", "add")
	h.on("add", func(tx dialog.Tx, _ dialog.In) error { return add(tx, "n:1", 1) })
	// Ten processes counted it and were killed by it.
	key := "{" + province + "}:tries"
	if err := client.HSet(context.Background(), key, input.ID, "10:a process before").Err(); err != nil {
		t.Fatal(err)
	}
	h.send(storage.Died, input)
	h.send(storage.Committed, command("b", "add"))
	left, err := client.HLen(context.Background(), key).Result()
	if err != nil || left != 0 {
		t.Fatalf("attempts of %d inputs are still counted: %v", left, err)
	}
}

func temporary(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	calls := 0
	h.on("later", func(tx dialog.Tx, _ dialog.In) error {
		if calls++; calls < 6 {
			return fmt.Errorf("%w: disk full", storage.ErrTemporary)
		}
		return add(tx, "n:1", 1)
	})
	h.send(storage.Committed, command("a", "later"))
	if calls != 6 {
		t.Fatalf("%d attempts", calls)
	}
}

func conflict(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	ctx := context.Background()
	h.do("seed", func(tx dialog.Tx) { tx.Save("n:1", 1, 0) })
	calls := 0
	h.on("add", func(tx dialog.Tx, in dialog.In) error {
		err := add(tx, "n:1", 1)
		if calls++; calls == 2 || calls == 5 {
			// Behind the back of the writer.
			version := fmt.Sprintf("%016d", 1000+calls)
			if err := client.Set(ctx, "{"+province+"}:doc:n:1", version+fmt.Sprint(100*calls), 0).Err(); err != nil {
				t.Error(err)
			}
		}
		return err
	})
	h.send(storage.Committed, command("a", "add"), command("b", "add"), command("c", "add"))
	if n := h.number("n:1"); n != 503 {
		t.Fatalf("n is %d, want 503", n)
	}

	// A missing document is read too: nobody may have made it since.
	h.on("make", func(tx dialog.Tx, in dialog.In) error {
		found, err := tx.Load("m:1", new(int))
		if calls++; calls == 10 {
			if err := client.Set(ctx, "{"+province+"}:doc:m:1", "00000000000020007", 0).Err(); err != nil {
				t.Error(err)
			}
		}
		if !found {
			tx.Save("m:1", 1, 0)
		}
		return err
	})
	calls = 9
	h.send(storage.Committed, command("d", "make"))
	if n := h.number("m:1"); n != 7 {
		t.Fatalf("m is %d, want 7", n)
	}
}

func pure(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	var seen []string
	h.on("ids", func(tx dialog.Tx, in dialog.In) error {
		seen = append(seen, tx.NewID("a")+tx.NewID("a")+fmt.Sprint(tx.Rand().Uint64())+tx.MAC("x", "y")+tx.Now().String())
		if len(tx.NewID("a")) != 16 || len(tx.MAC("x")) != 26 || tx.MAC("xy", "") == tx.MAC("x", "y") {
			t.Error("ids or codes of another form")
		}
		if len(seen) == 1 {
			return errors.New("once more")
		}
		return nil
	})
	h.send(storage.Committed, command("a", "ids"), command("b", "ids"))
	if len(seen) != 3 || seen[0] != seen[2] && seen[0] != seen[1] || seen[1] == seen[2] {
		t.Fatalf("ids %v", seen)
	}
}

func tooManyOuts(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	h.on("many", func(tx dialog.Tx, in dialog.In) error {
		n := 0
		if _, err := fmt.Sscan(string(in.Command.Body), &n); err != nil {
			return err
		}
		for i := range n {
			tx.Send(out(fmt.Sprintf("%d-%d", n, i), fmt.Sprintf("p%d", i), false))
		}
		return nil
	})
	h.send(storage.Died, command("501", "many"))
	h.send(storage.Committed, command("500", "many"), command("499", "many"), command("1", "many"))
	total := 0
	for done := []dialog.Out(nil); ; {
		done = h.claim(dialog.ByChat, 100, start, done...)
		if total += len(done); len(done) == 0 {
			break
		}
	}
	if total != 1000 {
		t.Fatalf("%d messages, want 1000", total)
	}
}
