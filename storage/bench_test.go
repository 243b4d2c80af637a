package storage_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
	"regia/storage"
	"regia/storage/storagetest"
)

var now = time.Date(2027, 3, 11, 9, 0, 0, 0, time.UTC)

// BenchmarkWriter is messages through the whole writer: one that reads and
// writes a document of its person, one of all, and answers. `single` waits for
// each, `batch` has as many in hand as a sender of a busy day.
func BenchmarkWriter(b *testing.B) {
	for _, c := range []struct {
		name string
		hand int
	}{{"single", 1}, {"batch", 128}} {
		b.Run(c.name, func(b *testing.B) {
			client := storagetest.Redis(b)
			s := openStore(b, client, b.TempDir())
			w := storage.NewWriter(s, converse, nil, silent)
			ctx, cancel := context.WithCancel(context.Background())
			var running sync.WaitGroup
			running.Go(func() { _ = w.Run(ctx) })
			defer func() { cancel(); running.Wait() }()
			var senders sync.WaitGroup
			b.ResetTimer()
			for sender := range c.hand {
				senders.Go(func() {
					for i := sender; i < b.N; i += c.hand {
						r := w.Submit(ctx, []storage.Input{message(i)})
						if r[0].Outcome != storage.Committed {
							b.Error(r[0])
							return
						}
					}
				})
			}
			senders.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
			calls, micros := scripts(b, client)
			b.ReportMetric(micros/float64(b.N), "redis-µs/op")
			b.ReportMetric(2*float64(b.N)/calls, "messages/batch") // one script counts, one commits
		})
	}
}

// BenchmarkEmptyCommit is the smallest durable thing on the same disk, one
// client, one after the other: what BenchmarkWriter/batch is compared with.
func BenchmarkEmptyCommit(b *testing.B) {
	client := storagetest.Redis(b)
	script := redis.NewScript(`return redis.call('INCR', KEYS[1])`)
	for b.Loop() {
		if err := script.Run(b.Context(), client, []string{"{prova}:seq"}).Err(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

func message(i int) storage.Input {
	return storage.Input{ID: fmt.Sprintf("tg:1:%d", i), Source: "tg", Decode: func() (dialog.In, error) {
		return dialog.In{At: now, Chat: &dialog.Chat{ID: int64(i % 1000), Text: "mi serve"}}, nil
	}}
}

func converse(tx dialog.Tx, in dialog.In) error {
	type person struct {
		Name  string
		Steps int
	}
	id := fmt.Sprint(in.Chat.ID)
	var p person
	if _, err := tx.Load(dialog.MakeRef("person", id), &p); err != nil {
		return err
	}
	p.Steps++
	tx.Save(dialog.MakeRef("person", id), p, 0)
	need := tx.NewID("need")
	tx.Save(dialog.MakeRef("need", need), person{Name: in.Chat.Text}, 0)
	tx.Enlist("needs:"+id, need)
	tx.Send(dialog.Out{ID: tx.NewID("out"), To: id, Channel: dialog.ByChat, Text: "need.recorded", Reply: true})
	return nil
}

// scripts is how many scripts the server has run, and how long they took.
func scripts(b *testing.B, client redis.UniversalClient) (calls, micros float64) {
	text, err := client.Info(b.Context(), "commandstats").Result()
	if err != nil {
		b.Fatal(err)
	}
	_, text, _ = strings.Cut(text, "cmdstat_evalsha:")
	if _, err := fmt.Sscanf(text, "calls=%g,usec=%g", &calls, &micros); err != nil {
		b.Fatal(err)
	}
	return calls, micros
}
