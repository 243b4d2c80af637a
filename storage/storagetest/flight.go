package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"regia/dialog"
	"regia/storage"
)

// flights hands random messages in together, while the store is lost now and
// then, and the same ones singly to a province of its own: each reads the same
// and ends the same, and the same is stored. While nothing is lost none is
// handled once more than that takes.
func flights(t *testing.T, client redis.UniversalClient) {
	lossy, late := &losing{every: 5}, late{make(chan struct{}, 1)}
	client.AddHook(lossy)
	client.AddHook(late)
	together, singly := newHouse(t, client), newHouse(t, Memory(t))
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		if rapid.IntRange(0, 9).Draw(rt, "skip") > 0 {
			return // several batches take their time: a tenth of the checks
		}
		// In fair weather nothing has to be handled again; a twin of what was
		// committed before the last two batches costs its batch that.
		weather := rapid.SampledFrom([]string{"fair", "twins", "losses"}).Draw(rt, "weather")
		type step struct {
			verb string
			n    int
		}
		one := rapid.Custom(func(rt *rapid.T) step {
			verbs := []string{"add", "add", "delete", "passing", "past", "enlist", "delist", "timer", "clear", "undoable", "undo", "send", "later"}
			return step{rapid.SampledFrom(verbs).Draw(rt, "verb"), rapid.IntRange(0, 3).Draw(rt, "n")}
		})
		type message struct {
			steps []step
			outs  int // more than a commit takes, all together
			sort  string
			also  int
		}
		messages := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) message {
			return message{
				rapid.SliceOfN(one, 1, 4).Draw(rt, "steps"), rapid.SampledFrom([]int{0, 0, 0, 40}).Draw(rt, "outs"),
				rapid.SampledFrom([]string{"", "", "", "", "", "", "", "twin", "bad"}).Draw(rt, "sort"), rapid.IntRange(0, 9).Draw(rt, "also"),
			}
		}), 130, 150).Draw(rt, "messages")
		name := func(kind string, n int) string { return fmt.Sprintf("%s:%d-%d", kind, round, n) }
		handled := 0
		answer := func(tx dialog.Tx, in dialog.In) error {
			handled++
			defer late.ring()
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
			send := func(n int, more func(*dialog.Out)) {
				o := out(tx.NewID("out"), name("r", n), false)
				more(&o)
				tx.Send(o)
			}
			for range messages[i].outs {
				send(4, func(*dialog.Out) {})
			}
			for _, s := range messages[i].steps {
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
				case "send":
					send(s.n, func(o *dialog.Out) { o.Reply = true })
				case "later":
					send(s.n, func(o *dialog.Out) { o.NotBefore, o.Undo = start.Add(time.Minute), name("u", s.n) })
				}
				if err != nil {
					return err
				}
			}
			second, err := tx.List(name("l", 0), "", 3)
			tx.Save(dialog.Ref(name("saw", i)), append(saw, first, second), 2*time.Hour)
			if messages[i].sort == "bad" {
				return errors.New("bad")
			}
			return err
		}
		var inputs []storage.Input
		sent := 0
		for i, m := range messages {
			sent += m.outs + len(m.steps)
			inputs = append(inputs, storage.Input{ID: name("cli", i), Source: "cli", Decode: func() (dialog.In, error) {
				in := dialog.In{At: start, Command: &dialog.Command{Name: "steps", Body: fmt.Append(nil, i)}}
				if m.sort == "twin" && weather != "fair" {
					in.Also = name("also", m.also)
				}
				return in, nil
			}})
		}
		together.on("steps", answer)
		singly.on("steps", answer)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		lossy.lose.Store(weather == "losses")
		outcomes := together.writer.Submit(ctx, inputs)
		lossy.lose.Store(false)
		took := handled
		handled = 0
		for i, input := range inputs {
			alone := singly.writer.Submit(ctx, []storage.Input{input})[0]
			if got := outcomes[i]; got.Err != nil || alone.Err != nil || got.Outcome != alone.Outcome && weather != "losses" {
				rt.Fatalf("message %d: %v, singly %v", i, got, alone)
			}
		}
		// Whoever finds a commit full is handled again.
		if full := sent / 456; weather == "fair" && took > handled+full {
			rt.Fatalf("handled %d times, singly %d", took, handled)
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

// late holds each script back until a message has been handled since it was
// called: the next batch is handled while the commit is on its way. There may be
// none, so it does not wait for long.
type late struct{ handled chan struct{} }

func (l late) ring() {
	select {
	case l.handled <- struct{}{}:
	default:
	}
}

func (l late) wait() {
	select {
	case <-l.handled:
	default:
	}
	select {
	case <-l.handled:
	case <-time.After(3 * time.Millisecond):
	}
}

func (l late) DialHook(next redis.DialHook) redis.DialHook { return next }

func (l late) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() == "evalsha" {
			l.wait()
		}
		return next(ctx, cmd)
	}
}

func (l late) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if slices.ContainsFunc(cmds, func(cmd redis.Cmder) bool { return cmd.Name() == "evalsha" }) {
			l.wait()
		}
		return next(ctx, cmds)
	}
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
		case strings.HasPrefix(rest, "lane:"):
			ids, err := h.client.LRange(ctx, key, 0, -1).Result()
			must(err)
			found[rest] = fmt.Sprint(ids)
		}
	}
	for _, name := range []string{"timers", "waiting"} {
		all, err := h.client.ZRangeWithScores(ctx, prefix+name, 0, -1).Result()
		must(err)
		found[name] = fmt.Sprint(all)
	}
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
