package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"regia/bot/bottest"
)

const (
	chats    = 2000
	few      = 1_000   // people of the small province of the growth row
	many     = 100_000 // of the large one
	longest  = 6 * time.Minute
	megabyte = "%.0f MB"
)

func main() {
	// The Bot API server is the same for both bots and not what is measured.
	debug.SetGCPercent(400)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, longest)
	err := run(ctx, os.Args[1:])
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	s := setup{}
	flags.StringVar(&s.regia, "regia", "bin/regia", "the program to measure")
	flags.StringVar(&s.grammy, "grammy", "bench/grammy", "folder of the peer; without its node_modules the peer is left out")
	fsync := flags.String("bench-durability", "everysec", "appendfsync of both Redis in the rows of updates: everysec or always")
	rounds := flags.Int("rounds", 2, "how often the rows of updates are measured; the best counts, on both sides")
	only := flags.String("only", "", "updates, handling, bulk or growth: that part alone")
	flags.StringVar(&s.profile, "cpuprofile", "", "where regia writes its processor profile; each run writes it anew")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *fsync != "everysec" && *fsync != "always" {
		return fmt.Errorf("--bench-durability is everysec or always, not %q", *fsync)
	}
	if _, err := exec.LookPath("redis-server"); err != nil {
		return err
	}
	var err error
	if s.regia, err = filepath.Abs(s.regia); err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("", "bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(s.dir)
	t := newTable(os.Stdout)
	for _, part := range []struct {
		name string
		do   func() error
	}{
		{"updates", func() error { return s.updates(ctx, t, *fsync, min(max(*rounds, 1), 5)) }},
		{"handling", func() error { return s.handlingAlone(ctx, t) }},
		{"growth", func() error { return s.growth(ctx, t) }},
	} {
		if *only != "" && *only != part.name {
			continue
		}
		begin := time.Now()
		if err := part.do(); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		fmt.Fprintf(os.Stderr, "bench: %s took %.0f s\n", part.name, time.Since(begin).Seconds())
	}
	return nil
}

// updates are the rows of the conversation, beside the peer.
func (s *setup) updates(ctx context.Context, t *table, fsync string, rounds int) error {
	var regia, peer figures
	var script []reply
	asRegia := func(db *database) starter {
		return func(api *bottest.Server) (*process, error) { return s.startRegia(db, api, false) }
	}
	own := func(fsync string) (f figures, said []reply, err error) {
		db, err := s.prepare(ctx, fsync, chats)
		if err != nil {
			return f, nil, err
		}
		defer db.close()
		return measure(ctx, db, asRegia(db), chatsOf(chats, chats), true, nil)
	}
	other := func() (f figures, err error) {
		db, err := startRedis(ctx, s.dir, fsync)
		if err != nil {
			return f, err
		}
		defer db.close()
		f, _, err = measure(ctx, db, func(api *bottest.Server) (*process, error) { return s.startGrammy(db, api, script) },
			chatsOf(chats, chats), true, script)
		return f, err
	}
	_, err := os.Stat(filepath.Join(s.grammy, "node_modules"))
	beside := err == nil
	for range rounds {
		f, said, err := own(fsync)
		if err != nil {
			return fmt.Errorf("regia: %w", err)
		}
		script, regia = said, f.better(regia)
		if !beside {
			continue
		}
		if f, err = other(); err != nil {
			return fmt.Errorf("grammY: %w", err)
		}
		peer = f.better(peer)
	}
	always, _, err := own("always")
	if err != nil {
		return fmt.Errorf("regia, always: %w", err)
	}
	peerIs := func(format string, v any) string {
		if !beside {
			return "absent"
		}
		return fmt.Sprintf(format, v)
	}
	ratio := func(a, b float64) float64 {
		if b == 0 {
			return 0
		}
		return a / b
	}
	rates := ratio(regia.rate, peer.rate)
	cpu := ratio(float64(regia.cpu), float64(peer.cpu))
	slow := ratio(always.rate, peer.rate)
	t.row("updates/s, "+fsync, fmt.Sprintf("%.0f", regia.rate), peerIs("%.0f", peer.rate), rates, "≥ 1.5", rates >= 1.5)
	t.row("bot CPU per update, "+fsync, micros(regia.cpu), peerIs("%s", micros(peer.cpu)), cpu, "≤ 0.7", cpu <= 0.7 && cpu > 0)
	t.row("updates/s, always; peer "+fsync, fmt.Sprintf("%.0f", always.rate), peerIs("%.0f", peer.rate), slow, "≥ 1", slow >= 1)
	t.row("reply at 300 updates/s, p99, "+fsync, millis(regia.p99), peerIs("%s", millis(peer.p99)), ratio(float64(regia.p99), float64(peer.p99)), "≤ 20 ms", regia.p99 <= 20*time.Millisecond)
	t.row("reply at 300 updates/s, p99, always", millis(always.p99), "", 0, "≤ 20 ms", always.p99 <= 20*time.Millisecond)
	t.row("memory, 2,000 people", fmt.Sprintf(megabyte, regia.memory), peerIs(megabyte, peer.memory), ratio(regia.memory, peer.memory), "≤ 64 MB", regia.memory <= 64)
	t.row("start, 2,000 people", millis(regia.start), peerIs("%s", millis(peer.start)), ratio(float64(regia.start), float64(peer.start)), "≤ 500 ms", regia.start <= 500*time.Millisecond)
	return nil
}

// growth are the rows that compare a small province with a large one, and the
// bulk row, which needs a large one.
func (s *setup) growth(ctx context.Context, t *table) error {
	var small, large figures
	var b bulk
	one := func(people int, f *figures, then func(db *database) error) error {
		db, err := s.prepare(ctx, "everysec", people)
		if err != nil {
			return err
		}
		defer db.close()
		*f, _, err = measure(ctx, db, func(api *bottest.Server) (*process, error) { return s.startRegia(db, api, false) },
			chatsOf(few, people), false, nil)
		if err != nil || then == nil {
			return err
		}
		return then(db)
	}
	if err := one(few, &small, nil); err != nil {
		return err
	}
	if err := one(many, &large, func(db *database) (err error) {
		b, err = s.measureBulk(ctx, db, many)
		return err
	}); err != nil {
		return err
	}
	t.row("reply while 10,000 notices wait, p99", millis(b.p99), "", 0, "≤ 1 s", b.p99 <= time.Second)
	t.row("all together, Telegram's limits", fmt.Sprintf("%.1f/s", b.rate), "", 0, "≥ 27/s", b.rate >= 27)
	t.row("answers with 429", fmt.Sprint(b.tooMany), "", 0, "0", b.tooMany == 0)
	t.row("memory, 100,000 people", fmt.Sprintf(megabyte, large.memory), fmt.Sprintf(megabyte+" (1,000)", small.memory), large.memory/small.memory, "≤ 256 MB", large.memory <= 256)
	cost := float64(large.cpu+large.store) / float64(small.cpu+small.store)
	t.row("bot and Redis CPU per update, 100,000", micros(large.cpu+large.store), micros(small.cpu+small.store)+" (1,000)", cost, "≤ 1.3", cost <= 1.3)
	return nil
}
