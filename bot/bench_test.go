package bot

import (
	"context"
	"slices"
	"testing"
	"time"

	"regia/bot/bottest"
	"regia/dialog"
)

// BenchmarkBacklog reads updates that wait, a hundred a call.
func BenchmarkBacklog(b *testing.B) {
	s := serve(b, bottest.Options{Forget: true})
	for i := range b.N {
		s.Say(int64(i%1000+1), "non so come rilasciare le autorizzazioni per scavi")
	}
	r, err := NewReader(config(s), newStore())
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for n := 0; n < b.N; {
		got, err := r.Step(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		n += got
	}
}

// endless is an outbox that always has a reply for somebody else.
type endless struct {
	next, left, done int
	ended            chan struct{}
}

func (e *endless) Claim(_ context.Context, _ dialog.Channel, n int, _ time.Time, done ...dialog.Out) ([]dialog.Out, error) {
	e.finish(len(done))
	var list []dialog.Out
	for ; len(list) < n && e.left > 0; e.left-- {
		e.next++
		list = append(list, out(int64(e.next%1000+1), true, "Ho capito: *strade – autorizzazioni per scavi*."))
	}
	return list, nil
}

func (e *endless) finish(n int) {
	if e.done -= n; e.done == 0 && n > 0 {
		close(e.ended)
	}
}

func (e *endless) Done(_ context.Context, _ dialog.Channel, _ time.Time, done ...dialog.Out) error {
	e.finish(len(done))
	return nil
}

func (e *endless) Fail(context.Context, dialog.Channel, dialog.Out, dialog.Failure, time.Time) error {
	panic("a message failed")
}

// BenchmarkSender sends as fast as the server on loopback takes.
func BenchmarkSender(b *testing.B) {
	s := serve(b, bottest.Options{Forget: true})
	for i := range 1000 {
		s.Open(int64(i + 1))
	}
	box := &endless{left: b.N, done: b.N, ended: make(chan struct{})}
	snd := newSender(b, s, box, Config{NoLimits: true}, time.Now)
	ctx, cancel := context.WithCancel(b.Context())
	b.ResetTimer()
	go func() { _ = snd.Run(ctx) }()
	<-box.ended
	cancel()
}

// BenchmarkUnderTelegramsLimits measures what section 9 of the design asks
// for: ten seconds of 10,000 waiting notices on a strict server, and someone
// who writes every 100 ms. Run it with -benchtime 1x.
func BenchmarkUnderTelegramsLimits(b *testing.B) {
	const notices, span = 10_000, 10 * time.Second
	for range b.N {
		s := serve(b, bottest.Options{Forget: true, Limits: bottest.Telegram})
		box := newOutbox()
		for i := range int64(notices) {
			s.Open(i + 1)
			box.add(out(i+1, false, "avviso"))
		}
		snd := newSender(b, s, box, Config{}, time.Now)
		messages, stop := s.Subscribe()
		ctx, cancel := context.WithTimeout(b.Context(), span)
		asked := map[int64]time.Time{}
		var waits []time.Duration
		next := time.NewTicker(100 * time.Millisecond)
		go func() { _ = snd.Run(ctx) }()
		for ctx.Err() == nil {
			select {
			case <-next.C:
				chat := int64(20_000 + len(asked))
				asked[chat] = time.Now()
				s.Say(chat, "ciao")
				box.add(out(chat, true, "risposta"))
				snd.Wake()
			case m := <-messages:
				if at, ok := asked[m.Chat]; ok && m.FromBot {
					waits = append(waits, time.Since(at))
				}
			case <-ctx.Done():
			}
		}
		next.Stop()
		stop()
		cancel()
		slices.Sort(waits)
		st := s.Stats()
		b.ReportMetric(float64(st.Sent)/span.Seconds(), "sent/s")
		b.ReportMetric(float64(st.TooMany), "429")
		b.ReportMetric(float64(waits[len(waits)*99/100].Milliseconds()), "reply-p99-ms")
	}
}
