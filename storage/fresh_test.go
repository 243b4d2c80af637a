package storage_test

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"regia/dialog"
	"regia/storage"
)

// atCommit calls f whenever a commit became true and the store does not know
// it yet.
type atCommit struct{ f func() }

func (a atCommit) DialHook(next redis.DialHook) redis.DialHook { return next }

func (a atCommit) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		a.answered(cmd)
		return err
	}
}

func (a atCommit) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		err := next(ctx, cmds)
		for _, cmd := range cmds {
			a.answered(cmd)
		}
		return err
	}
}

func (a atCommit) answered(cmd redis.Cmder) {
	if c, ok := cmd.(*redis.Cmd); ok && (c.Name() == "evalsha" || c.Name() == "eval") && c.Err() == nil {
		if text, err := c.StringSlice(); err == nil && len(text) == 2 && text[0] == "ok" {
			a.f()
		}
	}
}

// A sender claims on its own, and may have the message of a commit in hand
// before the writer knows that it was made true.
func TestWhatIsReadAfterACommitIsWhatItWrote(t *testing.T) {
	server := miniredis.RunT(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr()})
	t.Cleanup(func() { _ = client.Close() })
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	store, err := storage.Open(t.Context(), storage.Options{
		Client: client, Province: "prova", Secret: []byte("a secret of the tests"), Data: t.TempDir(), Zone: time.UTC, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	ref := dialog.MakeRef("person", "anna")
	n := 0
	write := func(tx dialog.Tx, _ dialog.In) error {
		var have int
		if _, err := tx.Load(ref, &have); err != nil {
			return err
		}
		tx.Save(ref, n, 0)
		return nil
	}
	writer := storage.NewWriter(store, write, write, log)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- writer.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })

	now := time.Date(2027, 3, 11, 9, 0, 0, 0, time.UTC)
	var read []int
	other := redis.NewClient(&redis.Options{Addr: server.Addr()})
	t.Cleanup(func() { _ = other.Close() })
	client.AddHook(atCommit{func() {
		if have, err := other.Get(ctx, "{prova}:doc:"+string(ref)).Result(); err != nil || len(have) < 17 {
			return // another script
		}
		var got int
		if _, err := store.Reader(ctx).Load(ref, &got); err != nil {
			t.Error(err)
		}
		read = append(read, got)
	}})
	for n = 1; n <= 3; n++ {
		id := "cli:write:" + string(rune('0'+n))
		for _, r := range writer.Submit(ctx, []storage.Input{{
			ID: id, Source: "cli", At: now,
			Decode: func() (dialog.In, error) { return dialog.In{At: now, Command: &dialog.Command{Name: "write"}}, nil },
		}}) {
			if r.Err != nil {
				t.Fatal(r.Err)
			}
		}
		if len(read) == 0 || read[len(read)-1] != n {
			t.Fatalf("after commit %d the store reads %v", n, read)
		}
	}
}
