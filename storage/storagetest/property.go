package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"regia/dialog"
	"regia/storage"
)

// sums lets random batches move money between accounts: some fail, some fail at
// first, some come twice, some documents change behind the writer's back. In
// the end each message that went through did so once.
func sums(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		account := func(i int) dialog.Ref { return dialog.Ref(fmt.Sprintf("account:%d-%d", round, i)) }
		type move struct{ from, to, fails, also int }
		moves := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) move {
			return move{
				rapid.IntRange(0, 3).Draw(rt, "from"), rapid.IntRange(4, 7).Draw(rt, "to"),
				rapid.SampledFrom([]int{0, 0, 0, 0, 1, 2, 3, 9}).Draw(rt, "fails"),
				rapid.IntRange(0, 40).Draw(rt, "also"),
			}
		}), 1, 300).Draw(rt, "moves")
		touch := rapid.IntRange(0, 500).Draw(rt, "touch")
		calls, failures := 0, map[string]int{}
		h.on("move", func(tx dialog.Tx, in dialog.In) error {
			var i int
			if _, err := fmt.Sscan(string(in.Command.Body), &i); err != nil {
				return err
			}
			m := moves[i]
			err := errors.Join(add(tx, account(m.from), -1), add(tx, account(m.to), 1))
			if calls++; calls == touch {
				// A change that leaves the value as it is, under another version.
				key := "{" + province + "}:doc:" + string(account(m.from))
				raw, _ := client.Get(context.Background(), key).Result()
				if len(raw) > 16 {
					client.Set(context.Background(), key, "9"+raw[1:], 0)
				}
			}
			if m.fails > failures[in.ID] {
				failures[in.ID]++
				if m.fails == 3 {
					panic("bad")
				}
				return errors.New("bad")
			}
			return err
		})
		var inputs []storage.Input
		for i, m := range moves {
			input := storage.Input{ID: fmt.Sprintf("cli:%d:%d", round, i), Source: "cli", Decode: func() (dialog.In, error) {
				in := dialog.In{At: start, Command: &dialog.Command{Name: "move", Body: fmt.Append(nil, i)}}
				if m.also < 10 {
					in.Also = fmt.Sprintf("also:%d:%d", round, m.also)
				}
				return in, nil
			}}
			inputs = append(inputs, input)
			if m.also == 20 {
				inputs = append(inputs, input)
			}
		}
		want, committed, seen := map[dialog.Ref]int{}, 0, map[string]bool{}
		for j, r := range h.writer.Submit(context.Background(), inputs) {
			var i int
			if _, err := fmt.Sscanf(inputs[j].ID, fmt.Sprintf("cli:%d:%%d", round), &i); err != nil || r.Err != nil {
				rt.Fatal(err, r.Err)
			}
			m := moves[i]
			switch r.Outcome {
			case storage.Committed:
				if seen[r.ID] || m.fails >= 3 {
					rt.Fatalf("%s committed", r.ID)
				}
				seen[r.ID] = true
				committed++
				want[account(m.from)]--
				want[account(m.to)]++
			case storage.Died:
				if m.fails < 3 {
					rt.Fatalf("%s died after %d failures", r.ID, m.fails)
				}
			}
		}
		for i := range 8 {
			if got := h.number(account(i)); got != want[account(i)] {
				rt.Fatalf("%s is %d, want %d", account(i), got, want[account(i)])
			}
		}
	})
}

// deliveries lets senders claim, finish, fail, and die at random, while messages
// are sent. Each message leaves at least once; the first deliveries of a lane
// are in order; and no lane is in two hands within one lease.
func deliveries(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	ctx := context.Background()
	box := h.store.Outbox()
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		now := start.Add(time.Duration(round) * 24 * time.Hour)
		sent := map[string][]string{} // by lane, in the order of the commits
		left := map[string][]string{}
		lane := func(o dialog.Out) string { return fmt.Sprint(o.To, o.Reply) }
		total, inHand := 0, []dialog.Out(nil)
		deliver := func(o dialog.Out) {
			if !slices.Contains(left[lane(o)], o.ID) {
				left[lane(o)] = append(left[lane(o)], o.ID)
			}
		}
		claim := func(n int, done ...dialog.Out) {
			outs, err := box.Claim(ctx, dialog.ByChat, n, now, done...)
			if err != nil {
				rt.Fatal(err)
			}
			reply := true
			for _, o := range outs {
				if o.Reply && !reply {
					rt.Fatal("a reply after a notice")
				}
				reply = o.Reply
				for _, other := range inHand {
					if lane(other) == lane(o) {
						rt.Fatalf("%s and %s of one lane in hand", other.ID, o.ID)
					}
				}
			}
			inHand = append(inHand, outs...)
		}
		take := func() (o dialog.Out, ok bool) {
			if len(inHand) == 0 {
				return o, false
			}
			i := rapid.IntRange(0, len(inHand)-1).Draw(rt, "which")
			o = inHand[i]
			inHand = slices.Delete(slices.Clone(inHand), i, i+1)
			return o, true
		}
		rt.Repeat(map[string]func(*rapid.T){
			"send": func(rt *rapid.T) {
				n := rapid.IntRange(1, 5).Draw(rt, "n")
				var outs []dialog.Out
				for range n {
					total++
					o := out(fmt.Sprintf("%d-%d", round, total), rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "to"), rapid.Bool().Draw(rt, "reply"))
					outs = append(outs, o)
					sent[lane(o)] = append(sent[lane(o)], o.ID)
				}
				h.on("send", func(tx dialog.Tx, in dialog.In) error {
					for _, o := range outs {
						tx.Send(o)
					}
					return nil
				})
				h.send(storage.Committed, command(fmt.Sprintf("%d-%d", round, total), "send"))
			},
			"claim": func(rt *rapid.T) { claim(rapid.IntRange(1, 4).Draw(rt, "n")) },
			"done": func(rt *rapid.T) {
				if o, ok := take(); ok {
					deliver(o)
					claim(rapid.IntRange(0, 2).Draw(rt, "n"), o)
				}
			},
			"die after": func(rt *rapid.T) {
				if o, ok := take(); ok {
					deliver(o)
					inHand = nil
					now = now.Add(time.Hour) // every lease ends
				}
			},
			"fail": func(rt *rapid.T) {
				if o, ok := take(); ok {
					f := dialog.Failure{Temporary: true, RetryAt: now.Add(time.Minute)}
					if rapid.IntRange(0, 3).Draw(rt, "lasting") == 0 {
						f = dialog.Failure{Outcome: dialog.Bounced}
						deliver(o)
					}
					if err := box.Fail(ctx, dialog.ByChat, o, f, now); err != nil {
						rt.Fatal(err)
					}
				}
			},
		})
		for idle := 0; idle < 2; {
			now = now.Add(time.Hour)
			inHand = nil
			claim(100)
			if idle++; len(inHand) > 0 {
				idle = 0
			}
			for _, o := range inHand {
				deliver(o)
			}
			if err := box.Done(ctx, dialog.ByChat, now, inHand...); err != nil {
				rt.Fatal(err)
			}
		}
		for l := range sent {
			if !slices.Equal(sent[l], left[l]) {
				rt.Fatalf("lane %s: sent %v, left %v", l, sent[l], left[l])
			}
		}
	})
}
