package storagetest

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
	"regia/storage"
)

// A call or an answer that is lost on its way says nothing: what was committed counts as
// done, what was not is done again, and nothing is counted twice.
func lostAnswers(t *testing.T, client redis.UniversalClient) {
	lossy := &losing{every: 3}
	client.AddHook(lossy)
	h := newHouse(t, client)
	h.on("add", func(tx dialog.Tx, _ dialog.In) error { return add(tx, "n:1", 1) })
	lossy.lose.Store(true)
	for i := range 5 {
		var inputs []storage.Input
		for j := range 70 {
			inputs = append(inputs, command(fmt.Sprint(i, j), "add"))
		}
		for _, r := range h.writer.Submit(context.Background(), inputs) {
			if r.Err != nil || r.Outcome == storage.Died {
				t.Fatal(r)
			}
		}
	}
	lossy.lose.Store(false)
	if n := h.number("n:1"); n != 350 {
		t.Fatalf("n is %d, want 350", n)
	}
}

// losing loses every nth call of a script: its answer, or the call on its way.
type losing struct {
	lose  atomic.Bool
	every int32
	calls atomic.Int32
}

func (l *losing) lost() (before, after bool) {
	if !l.lose.Load() {
		return false, false
	}
	n := l.calls.Add(1)
	return n%(2*l.every) == 0, n%(2*l.every) == l.every
}

func (l *losing) DialHook(next redis.DialHook) redis.DialHook { return next }

func (l *losing) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) (err error) {
		if cmd.Name() != "evalsha" {
			return next(ctx, cmd)
		}
		before, after := l.lost()
		if !before {
			err = next(ctx, cmd)
		}
		if before || after && err == nil {
			err = io.ErrUnexpectedEOF
			cmd.SetErr(err)
		}
		return err
	}
}

func (l *losing) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) (err error) {
		// What only reads is not lost: a batch that reads often would be handled
		// for ever.
		if !slices.ContainsFunc(cmds, func(cmd redis.Cmder) bool { return cmd.Name() == "evalsha" }) {
			return next(ctx, cmds)
		}
		before, after := l.lost()
		if !before {
			err = next(ctx, cmds)
		}
		if before || after && err == nil {
			err = io.ErrUnexpectedEOF
			for _, cmd := range cmds {
				cmd.SetErr(err)
			}
		}
		return err
	}
}
