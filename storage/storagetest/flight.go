package storagetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"regia/dialog"
	"regia/storage"
)

// flights hands random messages in together, while the store is lost now and
// then, and the same ones singly to a province of its own: each reads the same,
// and the same is stored.
func flights(t *testing.T, client redis.UniversalClient) {
	lossy := &losing{every: 5}
	client.AddHook(lossy)
	together, singly := newHouse(t, client), newHouse(t, Memory(t))
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		if round++; round%4 != 0 {
			return // more than one batch takes its time: a quarter of the checks
		}
		type step struct {
			verb string
			n    int
		}
		one := rapid.Custom(func(rt *rapid.T) step {
			verbs := []string{"add", "add", "delete", "passing", "past", "enlist", "delist", "timer", "clear", "undoable", "undo"}
			return step{rapid.SampledFrom(verbs).Draw(rt, "verb"), rapid.IntRange(0, 3).Draw(rt, "n")}
		})
		messages := rapid.SliceOfN(rapid.SliceOfN(one, 1, 4), 66, 90).Draw(rt, "messages")
		name := func(kind string, n int) string { return fmt.Sprintf("%s:%d-%d", kind, round, n) }
		answer := func(tx dialog.Tx, in dialog.In) error {
			var i int
			if _, err := fmt.Sscan(string(in.Command.Body), &i); err != nil {
				return err
			}
			var saw []any
			for n := range 4 {
				for _, kind := range []string{"n", "p"} {
					var have int
					if _, err := tx.Load(dialog.Ref(name(kind, n)), &have); err != nil {
						return err
					}
					saw = append(saw, have)
				}
			}
			first, err := tx.List(name("l", 0), "", 2)
			if err != nil {
				return err
			}
			for _, s := range messages[i] {
				ref := dialog.Ref(name("n", s.n))
				switch s.verb {
				case "add":
					err = add(tx, ref, i+1)
				case "delete":
					tx.Delete(ref)
				case "passing":
					tx.Save(dialog.Ref(name("p", s.n)), i+1, time.Hour)
				case "past":
					tx.Delete(dialog.Ref(name("p", s.n)))
				case "enlist":
					tx.Enlist(name("l", 0), fmt.Sprint(s.n))
				case "delist":
					tx.Delist(name("l", 0), fmt.Sprint(s.n))
				case "timer":
					tx.SetTimer("k", name("t", s.n), start.Add(time.Duration(i+1)*time.Second))
				case "clear":
					tx.ClearTimer("k", name("t", s.n))
				case "undoable":
					tx.Undoable(name("u", s.n), time.Hour)
				case "undo":
					inTheWay, found, e := tx.Undo(name("u", s.n))
					saw, err = append(saw, inTheWay, found), e
				}
				if err != nil {
					return err
				}
			}
			second, err := tx.List(name("l", 0), "", 3)
			tx.Save(dialog.Ref(name("saw", i)), append(saw, first, second), 2*time.Hour)
			return err
		}
		var inputs []storage.Input
		for i := range messages {
			inputs = append(inputs, storage.Input{ID: name("cli", i), Source: "cli", Decode: func() (dialog.In, error) {
				return dialog.In{At: start, Command: &dialog.Command{Name: "steps", Body: fmt.Append(nil, i)}}, nil
			}})
		}
		together.on("steps", answer)
		singly.on("steps", answer)
		lossy.lose.Store(true)
		for _, r := range together.writer.Submit(context.Background(), inputs) {
			if r.Err != nil || r.Outcome == storage.Died {
				rt.Fatal(r)
			}
		}
		lossy.lose.Store(false)
		for _, input := range inputs {
			singly.send(storage.Committed, input)
		}
		got, want := together.all(name("*", 0)), singly.all(name("*", 0))
		for key := range want {
			if got[key] != want[key] {
				rt.Fatalf("%s is %s, want %s", key, got[key], want[key])
			}
		}
		if len(got) != len(want) {
			rt.Fatalf("%d things are stored, want %d", len(got), len(want))
		}
	})
}

// all is what is stored under the names of a round, without versions.
func (h *house) all(pattern string) map[string]string {
	h.t.Helper()
	ctx := context.Background()
	pattern, _, _ = strings.Cut(pattern, "-")
	prefix := "{" + province + "}:"
	found := map[string]string{}
	must := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	names, err := h.keys(ctx, prefix+"*"+strings.TrimPrefix(pattern, "*")+"-*")
	must(err)
	for _, key := range names {
		switch rest := strings.TrimPrefix(key, prefix); {
		case strings.HasPrefix(rest, "doc:"):
			text, err := h.client.Get(ctx, key).Result()
			must(err)
			found[rest] = text[16:]
		case strings.HasPrefix(rest, "list:"):
			members, err := h.client.ZRange(ctx, key, 0, -1).Result()
			must(err)
			found[rest] = fmt.Sprint(members)
		}
	}
	timers, err := h.client.ZRangeWithScores(ctx, prefix+"timers", 0, -1).Result()
	must(err)
	found["timers"] = fmt.Sprint(timers)
	return found
}

func (h *house) keys(ctx context.Context, pattern string) ([]string, error) {
	cluster, ok := h.client.(*redis.ClusterClient)
	if !ok {
		return h.client.Keys(ctx, pattern).Result()
	}
	node, err := cluster.MasterForKey(ctx, pattern)
	if err != nil {
		return nil, err
	}
	return node.Keys(ctx, pattern).Result()
}
