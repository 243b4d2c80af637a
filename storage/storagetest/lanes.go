package storagetest

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
	"regia/storage"
)

func lanes(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	h.do("send", func(tx dialog.Tx) {
		tx.Send(out("n1", "a", false))
		tx.Send(out("n2", "a", false))
		tx.Send(out("n3", "b", false))
		tx.Send(out("r1", "b", true))
		tx.Send(out("r2", "b", true))
		mail := out("m1", "a", true)
		mail.Channel = dialog.ByMail
		tx.Send(mail)
	})
	first := h.claim(dialog.ByChat, 10, start)
	if ids(first) != "r1 n1 n3 " {
		t.Fatalf("first %s", ids(first))
	}
	if none := h.claim(dialog.ByChat, 10, start); len(none) > 0 {
		t.Fatalf("a lane gave two at once: %s", ids(none))
	}
	if next := h.claim(dialog.ByChat, 1, start, first[0], first[1]); ids(next) != "r2 " {
		t.Fatalf("next %s", ids(next))
	}
	if next := h.claim(dialog.ByChat, 10, start); ids(next) != "n2 " {
		t.Fatalf("next %s", ids(next))
	}
	if mail := h.claim(dialog.ByMail, 10, start); ids(mail) != "m1 " {
		t.Fatalf("mail %s", ids(mail))
	}
	select {
	case <-h.store.Ready(dialog.ByChat):
	default:
		t.Fatal("the sender was not woken")
	}
}

func leases(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	h.do("send", func(tx dialog.Tx) {
		tx.Send(out("1", "a", true))
		tx.Send(out("2", "a", true))
	})
	held := h.claim(dialog.ByChat, 10, start)
	later := start.Add(time.Hour)
	again := h.claim(dialog.ByChat, 10, later)
	if ids(held) != "1 " || ids(again) != "1 " {
		t.Fatalf("held %s, again %s", ids(held), ids(again))
	}
	// The first sender was only slow: its Done counts, and the second's too.
	if next := h.claim(dialog.ByChat, 10, later, held...); ids(next) != "2 " {
		t.Fatalf("next %s", ids(next))
	}
	if next := h.claim(dialog.ByChat, 10, later, again...); len(next) != 0 {
		t.Fatalf("message 2 was given to two: %s", ids(next))
	}
}

func holds(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	ctx := context.Background()
	h.do("send", func(tx dialog.Tx) {
		tx.Send(out("n1", "a", false))
		tx.Send(out("n2", "a", false))
		tx.Send(out("n3", "b", false))
	})
	first := h.claim(dialog.ByChat, 1, start)
	retry := start.Add(30 * time.Second)
	if err := h.store.Outbox().Fail(ctx, dialog.ByChat, first[0], dialog.Failure{Temporary: true, RetryAt: retry}, start); err != nil {
		t.Fatal(err)
	}
	h.do("reply", func(tx dialog.Tx) { tx.Send(out("r1", "a", true)) })
	if others := h.claim(dialog.ByChat, 10, start); ids(others) != "n3 " {
		t.Fatalf("during the hold %s", ids(others))
	}
	if next, found, err := h.store.Next(ctx); !found || !next.Equal(retry) || err != nil {
		t.Fatalf("next %v %v %v", next, found, err)
	}
	after := h.claim(dialog.ByChat, 10, retry)
	if ids(after) != "r1 n1 " || after[1].Tries != 1 || !after[1].FirstTry.Equal(start) {
		t.Fatalf("after the hold %s %+v", ids(after), after)
	}
	if last := h.claim(dialog.ByChat, 10, retry, after...); ids(last) != "n2 " {
		t.Fatalf("last %s", ids(last))
	}
}

func lastingFailure(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	ctx := context.Background()
	h.do("send", func(tx dialog.Tx) {
		tx.Send(out("1", "a", false))
		tx.Send(out("2", "a", false))
	})
	failed := h.claim(dialog.ByChat, 1, start)[0]
	for range 2 { // the sender may have died after the first
		if err := h.store.Outbox().Fail(ctx, dialog.ByChat, failed, dialog.Failure{Outcome: dialog.Unreachable}, start); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-h.store.Todo():
	default:
		t.Fatal("nobody was told")
	}
	var got dialog.Sent
	h.on("sent", func(tx dialog.Tx, in dialog.In) error { got = *in.Sent; return nil })
	inputs, err := h.store.Pending(ctx, 10)
	if err != nil || len(inputs) != 1 || inputs[0].ID != "sent:1:unreachable" {
		t.Fatalf("pending %v %v", inputs, err)
	}
	h.send(storage.Committed, inputs...)
	if got.Out.ID != "1" || got.Out.To != "a" || got.Outcome != dialog.Unreachable {
		t.Fatalf("got %+v", got)
	}
	if inputs, err := h.store.Pending(ctx, 10); len(inputs) != 0 || err != nil {
		t.Fatalf("still pending %v %v", inputs, err)
	}
	if next := h.claim(dialog.ByChat, 10, start); ids(next) != "2 " {
		t.Fatalf("next %s", ids(next))
	}
}

func waiting(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	ctx := context.Background()
	at := start.Add(10 * time.Minute)
	h.do("send", func(tx dialog.Tx) {
		late := out("late", "a", false)
		late.NotBefore = at
		tx.Send(late)
		past := out("past", "a", false)
		past.NotBefore = start
		tx.Send(past)
	})
	if now := h.claim(dialog.ByChat, 10, start); ids(now) != "past " {
		t.Fatalf("now %s", ids(now))
	}
	if next, found, err := h.store.Next(ctx); !found || !next.Equal(at) || err != nil {
		t.Fatalf("next %v %v %v", next, found, err)
	}
	if n, err := h.store.Due(ctx, at.Add(-time.Second)); n != 0 || err != nil {
		t.Fatalf("%d moved too early, %v", n, err)
	}
	if n, err := h.store.Due(ctx, at); n != 1 || err != nil {
		t.Fatalf("%d moved, %v", n, err)
	}
	if _, found, _ := h.store.Next(ctx); found {
		t.Fatal("it still waits")
	}
	if now := h.claim(dialog.ByChat, 10, at, out("past", "a", false)); ids(now) != "late " {
		t.Fatalf("then %s", ids(now))
	}
}

// after calls a function when a script has run.
type after struct {
	losing
	script func()
}

func (a *after) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		if cmd.Name() == "evalsha" && err == nil {
			a.script()
		}
		return err
	}
}

// What cannot be read (it is from a newer program, it is broken, it names no
// lane) leaves its lane to the others, and goes once it can be read.
func unreadable(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	ctx := context.Background()
	at := start.Add(10 * time.Minute)
	h.do("send", func(tx dialog.Tx) {
		for _, id := range []string{"newer", "broken", "elsewhere", "1"} {
			tx.Send(out(id, "a", false))
		}
		tx.Send(out("2", "b", true))
		for _, id := range []string{"nowhere", "3"} {
			late := out(id, "c", false)
			late.NotBefore = at
			tx.Send(late)
		}
	})
	outs, dead := "{"+province+"}:outs", "{"+province+"}:dead"
	good, err := client.HGet(ctx, outs, "newer").Result()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.HSet(ctx, outs, "newer", strings.Replace(good, `"schema":1`, `"schema":99`, 1),
		"broken", "chat:notice:a\n{\"id\"", "elsewhere", strings.Replace(good, ":a", ":b", 1), "nowhere", "\x00").Err(); err != nil {
		t.Fatal(err)
	}
	left := ""
	for range 5 {
		claimed := h.claim(dialog.ByChat, 10, start)
		left += ids(claimed)
		if len(h.claim(dialog.ByChat, 0, start, claimed...)) > 0 {
			t.Fatal("nothing was asked for")
		}
	}
	if left != "2 1 " {
		t.Fatalf("left %s", left)
	}
	// The program dies as it is about to set one aside: it is found again.
	dying, die := context.WithCancel(ctx)
	client.AddHook(&after{script: die})
	if _, err := h.store.Due(dying, at); err == nil {
		t.Fatal("nothing ended it")
	}
	if letters, err := h.store.DeadList(ctx, 10); len(letters) != 3 || err != nil {
		t.Fatalf("%d set aside too early, %v", len(letters), err)
	}
	if _, err := h.store.Due(ctx, at); err != nil {
		t.Fatal(err)
	}
	if late := h.claim(dialog.ByChat, 10, at); ids(late) != "3 " {
		t.Fatalf("late %s", ids(late))
	}
	letters, err := h.store.DeadList(ctx, 10)
	if err != nil || len(letters) != 4 {
		t.Fatalf("%d set aside, %v", len(letters), err)
	}
	why := map[string]string{}
	for _, d := range letters {
		why[d.ID] = d.Class
	}
	if why["out:newer"] != "decode: newer schema" || why["out:nowhere"] != "decode: no lane" {
		t.Fatalf("why %v", why)
	}

	told, err := h.store.Pending(ctx, 10)
	if err != nil || len(told) != 4 {
		t.Fatalf("told of %d, %v", len(told), err)
	}
	for _, in := range told {
		if _, letter := why[strings.TrimPrefix(in.ID, storage.DeadSource+":")]; !letter || in.Source != storage.DeadSource {
			t.Errorf("told of %q", in.ID)
		}
	}
	if again, err := h.store.DeadRetry(ctx, "out:newer"); again || !errors.Is(err, storage.ErrNewer) {
		t.Fatalf("still not to be read: %v %v", again, err)
	}
	letter, _, err := h.store.Dead(ctx, "out:newer")
	if err != nil {
		t.Fatal(err)
	}
	letter.Raw = []byte(good)
	text, err := json.Marshal(letter)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.HSet(ctx, dead, "out:newer", text).Err(); err != nil {
		t.Fatal(err)
	}
	if again, err := h.store.DeadRetry(ctx, "out:newer"); !again || err != nil {
		t.Fatalf("retried: %v %v", again, err)
	}
	if now := h.claim(dialog.ByChat, 10, at); ids(now) != "newer " {
		t.Fatalf("now %s", ids(now))
	}
}
