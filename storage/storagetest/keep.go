package storagetest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
	"regia/storage"
)

func fencing(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	h.on("add", func(tx dialog.Tx, _ dialog.In) error { return add(tx, "n:1", 1) })
	h.send(storage.Committed, command("1", "add"))

	second := storage.NewWriter(open(t, client, h.data), h.answer, nil, silent)
	run(t, second)
	answered := make(chan []storage.Result, 1)
	go func() {
		answered <- second.Submit(context.Background(), []storage.Input{command("2", "add")})
	}()
	h.send(storage.Committed, command("3", "add")) // the first still writes
	select {
	case r := <-answered:
		t.Fatalf("two writers at once: %v", r)
	default:
	}
	// The first loses its lease without knowing.
	if err := client.Del(context.Background(), "{"+province+"}:lease").Err(); err != nil {
		t.Fatal(err)
	}
	if r := <-answered; r[0].Outcome != storage.Committed {
		t.Fatalf("second writer: %v", r)
	}
	r := h.writer.Submit(context.Background(), []storage.Input{command("4", "add")})
	if !errors.Is(r[0].Err, storage.ErrFenced) {
		t.Fatalf("the writer before: %v", r)
	}
	if n := h.number("n:1"); n != 3 {
		t.Fatalf("n is %d, want 3", n)
	}
}

func aftermath(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	file, err := h.store.Files().Put(strings.NewReader("a register"), 100, "r.pdf", "application/pdf")
	if err != nil || file.Size != 10 {
		t.Fatalf("%+v %v", file, err)
	}
	h.do("make", func(tx dialog.Tx) { tx.Save("person:a", "Anna", 0); tx.Enlist("people", "a") })
	h.do("erase", func(tx dialog.Tx) {
		tx.Delete("person:a")
		tx.Delist("people", "a")
		tx.DetachFile(file.SHA256)
		tx.RewriteLog()
	})
	h.do("after", func(dialog.Tx) {}) // what was left is done before the next batch
	if _, err := h.store.Files().Open(file.SHA256); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("the file is still there: %v", err)
	}
	raw, err := os.ReadFile(filepath.Join(h.data, "erased"))
	if err != nil || !bytes.Contains(raw, []byte("person:a")) || bytes.Contains(raw, []byte("Anna")) {
		t.Fatalf("erased: %s %v", raw, err)
	}
	if n, err := client.LLen(context.Background(), "{"+province+"}:aftermath").Result(); n != 0 || err != nil {
		t.Fatalf("%d things left to do, %v", n, err)
	}
}

func backup(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	ctx := context.Background()
	file, err := h.store.Files().Put(strings.NewReader("kept"), 100, "k.pdf", "application/pdf")
	if err != nil {
		t.Fatal(err)
	}
	h.do("make", func(tx dialog.Tx) {
		tx.Save("person:a", 1, 0)
		tx.Save("person:b", 2, time.Hour)
		tx.Enlist("people", "a")
		tx.Enlist("people", "b")
		tx.SetTimer("k", "i", start.Add(time.Hour))
		tx.Send(out("1", "a", true))
		late := out("2", "a", true)
		late.NotBefore = start.Add(time.Hour)
		tx.Send(late)
	})
	var saved bytes.Buffer
	if err := h.store.Backup(ctx, &saved, start); err != nil {
		t.Fatal(err)
	}
	h.do("erase", func(tx dialog.Tx) { tx.Delete("person:a"); tx.Delist("people", "a"); tx.RewriteLog() })
	h.do("after", func(dialog.Tx) {})
	if err := storage.Restore(ctx, client, province, h.data, bytes.NewReader(saved.Bytes())); !errors.Is(err, storage.ErrNotEmpty) {
		t.Fatalf("restored over a province: %v", err)
	}

	h.stop()
	if err := client.FlushAll(ctx).Err(); err != nil {
		t.Fatal(err)
	}
	if err := h.store.Files().Remove(file.SHA256); err != nil {
		t.Fatal(err)
	}
	if err := storage.Restore(ctx, client, province, h.data, &saved); err != nil {
		t.Fatal(err)
	}
	h.store = open(t, client, h.data)
	h.work()
	if h.number("person:a") != 0 || h.number("person:b") != 2 || !slices.Equal(h.list("people"), []string{"b"}) {
		t.Fatalf("a %d, b %d, people %v", h.number("person:a"), h.number("person:b"), h.list("people"))
	}
	if body, err := h.store.Files().Open(file.SHA256); err != nil {
		t.Fatal(err)
	} else if err := body.Close(); err != nil {
		t.Fatal(err)
	}
	h.send(storage.Already, command("make", "do")) // ids are kept
	if ttl, err := client.PTTL(ctx, "{"+province+"}:doc:person:b").Result(); err != nil || ttl <= 0 {
		t.Fatalf("kept for %v, %v", ttl, err)
	}
	if outs := h.claim(dialog.ByChat, 10, start); ids(outs) != "1 " {
		t.Fatalf("messages %s", ids(outs))
	}
	if n, err := h.store.Due(ctx, start.Add(time.Hour)); n != 1 || err != nil {
		t.Fatalf("%d waited, %v", n, err)
	}
	if timers, err := h.store.DueTimers(ctx, start.Add(time.Hour), 9); len(timers) != 1 || err != nil {
		t.Fatalf("timers %v %v", timers, err)
	}
	h.do("goes on", func(tx dialog.Tx) { _ = add(tx, "person:b", 1) })
	if h.number("person:b") != 3 {
		t.Fatal("the restored province does not go on")
	}
}

func newerSchema(t *testing.T, client redis.UniversalClient) {
	ctx := context.Background()
	if err := client.Set(ctx, "{"+province+"}:schema", storage.Schema+1, 0).Err(); err != nil {
		t.Fatal(err)
	}
	_, err := storage.Open(ctx, storage.Options{Client: client, Province: province, Secret: []byte("a secret of the tests")})
	if !errors.Is(err, storage.ErrNewer) {
		t.Fatalf("opened: %v", err)
	}
}

func pending(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	ctx := context.Background()
	raw := []byte(`{"at":"2027-03-11T09:00:00Z","command":{"name":"add"}}`)
	h.on("add", func(tx dialog.Tx, _ dialog.In) error { return add(tx, "n:1", 1) })
	for _, id := range []string{"cli:b", "cli:a", "cli:b"} {
		if _, err := h.store.Enqueue(ctx, storage.Input{ID: id, Source: "cli", Raw: raw}); err != nil {
			t.Fatal(err)
		}
	}
	inputs, err := h.store.Pending(ctx, 10)
	if err != nil || len(inputs) != 2 || inputs[0].ID != "cli:b" {
		t.Fatalf("%v %v", inputs, err)
	}
	h.send(storage.Committed, inputs...)
	h.send(storage.Already, inputs...)
	if again, err := h.store.Enqueue(ctx, storage.Input{ID: "cli:a", Source: "cli", Raw: raw}); again || err != nil {
		t.Fatalf("done, and pending again: %v", err)
	}
	if inputs, err := h.store.Pending(ctx, 10); len(inputs) != 0 || err != nil {
		t.Fatalf("%v %v", inputs, err)
	}
	if h.number("n:1") != 2 {
		t.Fatalf("handled %d times", h.number("n:1"))
	}
}

func pause(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	ctx := context.Background()
	h.do("send", func(tx dialog.Tx) { tx.Send(out("1", "a", true)) })
	key := "{" + province + "}:pause"
	if err := client.Set(ctx, key, "another backup", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if err := h.store.Backup(ctx, &bytes.Buffer{}, start); err == nil {
		t.Fatal("two backups at once")
	}
	soon, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if outs, err := h.store.Outbox().Claim(soon, dialog.ByChat, 1, start); len(outs) != 0 || err == nil {
		t.Fatalf("claimed %v during a backup", outs)
	}
	h.on("add", func(tx dialog.Tx, _ dialog.In) error { return add(tx, "n:1", 1) })
	results := make(chan []storage.Result, 1)
	go func() { results <- h.writer.Submit(ctx, []storage.Input{command("1", "add")}) }()
	if n := h.number("n:1"); n != 0 {
		t.Fatal("committed during a backup")
	}
	if err := client.Del(ctx, key).Err(); err != nil {
		t.Fatal(err)
	}
	if r := <-results; r[0].Outcome != storage.Committed {
		t.Fatal(r)
	}
	if outs := h.claim(dialog.ByChat, 1, start); len(outs) != 1 {
		t.Fatal("the message is gone")
	}
}
