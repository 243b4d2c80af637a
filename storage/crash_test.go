package storage_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"regia/dialog"
	"regia/storage"
	"regia/storage/storagetest"
)

// TestCrash kills a process at work again and again, its private server with
// it. Whatever it said was committed is there, once, whole; and every message
// it was to send has been sent, repeats being at most those in hand at a kill.
func TestCrash(t *testing.T) {
	storagetest.Redis(t) // skips where there is none
	kills := 5
	if n, err := strconv.Atoi(os.Getenv("REGIA_TEST_KILLS")); err == nil {
		kills = n
	}
	data := t.TempDir()
	committed, sent := map[int]bool{}, map[string]int{}
	next := 0
	for range kills {
		cmd := exec.Command(os.Args[0], "-test.run=^TestCrashedProcess$", "-test.v")
		cmd.Env = append(os.Environ(), "REGIA_CRASH_DATA="+data, fmt.Sprintf("REGIA_CRASH_FROM=%d", max(0, next-200)))
		cmd.Stderr = os.Stderr
		// The server of the child must not keep the pipe open.
		pipe, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		fatal := 100 + rand.IntN(1500)
		lines := bufio.NewScanner(pipe)
		for n := 0; lines.Scan(); {
			what, id, _ := strings.Cut(lines.Text(), " ")
			switch what {
			case "committed":
				i, err := strconv.Atoi(id)
				if err != nil {
					t.Fatal(err)
				}
				committed[i] = true
				next = max(next, i+1)
				n++
			case "sent":
				sent[id]++
				n++
			case "failed":
				t.Error(lines.Text())
			}
			if n == fatal {
				if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait() // killed
	}

	server, err := storage.StartServer(t.Context(), data, silent)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}()
	s := openStore(t, server.Client(), data)
	// A writer takes back what the dead senders held.
	ctx, cancel := context.WithCancel(t.Context())
	w := storage.NewWriter(s, count, nil, silent)
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	w.Submit(ctx, []storage.Input{crashInput(1 << 30)})
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	for done := []dialog.Out(nil); ; {
		if done, err = s.Outbox().Claim(t.Context(), dialog.ByChat, 100, now, done...); err != nil {
			t.Fatal(err)
		}
		for _, o := range done {
			sent[o.ID]++
		}
		if len(done) == 0 {
			break
		}
	}
	r := s.Reader(t.Context())
	total, all := 0, 0
	for i := range 7 {
		var n int
		if _, err := r.Load(dialog.MakeRef("total", fmt.Sprint(i)), &n); err != nil {
			t.Fatal(err)
		}
		total += n
	}
	repeats := 0
	for after := ""; ; {
		page, err := r.List("all", after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range page {
			all++
			var n int
			if _, err := r.Load(dialog.MakeRef("seen", id), &n); err != nil || n != 1 {
				t.Errorf("message %s was handled %d times, %v", id, n, err)
			}
			if sent["out"+id] == 0 {
				t.Errorf("the answer to %s was never sent", id)
			}
			repeats += sent["out"+id] - 1
			if i, err := strconv.Atoi(id); err == nil {
				delete(committed, i)
			}
		}
		if len(page) == 0 {
			break
		}
		after = page[len(page)-1]
	}
	if len(committed) > 0 {
		t.Errorf("%d messages were committed and lost", len(committed))
	}
	if total != all {
		t.Errorf("%d messages, and totals of %d", all, total)
	}
	if repeats > kills*inHand {
		t.Errorf("%d repeats after %d kills with %d in hand", repeats, kills, inHand)
	}
	if dead, err := s.DeadList(t.Context(), 10); err != nil || len(dead) > 0 {
		t.Errorf("dead letters: %v %v", dead, err)
	}
	t.Logf("%d kills, %d messages, %d repeats", kills, all, repeats)
}

const inHand = 10

func crashInput(i int) storage.Input {
	return storage.Input{ID: fmt.Sprintf("tg:9:%d", i), Source: "tg", Decode: func() (dialog.In, error) {
		return dialog.In{At: now, Chat: &dialog.Chat{ID: int64(i)}}, nil
	}}
}

// count leaves traces in several documents, a list and a lane.
func count(tx dialog.Tx, in dialog.In) error {
	id := fmt.Sprint(in.Chat.ID)
	for _, ref := range []dialog.Ref{dialog.MakeRef("seen", id), dialog.MakeRef("total", fmt.Sprint(in.Chat.ID%7))} {
		var n int
		if _, err := tx.Load(ref, &n); err != nil {
			return err
		}
		tx.Save(ref, n+1, 0)
	}
	tx.Enlist("all", id)
	tx.Send(dialog.Out{ID: "out" + id, To: fmt.Sprint(in.Chat.ID % 50), Channel: dialog.ByChat, Text: "t", Reply: true})
	return nil
}

// TestCrashedProcess is the process that TestCrash kills.
func TestCrashedProcess(t *testing.T) {
	data := os.Getenv("REGIA_CRASH_DATA")
	if data == "" {
		t.Skip("skipped: run by TestCrash")
	}
	from, err := strconv.Atoi(os.Getenv("REGIA_CRASH_FROM"))
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	server, err := storage.StartServer(ctx, data, silent)
	if err != nil {
		say("failed", err)
		return
	}
	s := openStore(t, server.Client(), data)
	w := storage.NewWriter(s, count, nil, silent)
	go func() { say("failed", w.Run(ctx)) }()
	go crashSender(ctx, s)
	for sender := range 100 {
		go func() {
			for i := from + sender; ; i += 100 {
				if r := w.Submit(ctx, []storage.Input{crashInput(i)})[0]; r.Outcome != storage.Committed && r.Outcome != storage.Already {
					say("failed", r)
				}
				say("committed", i)
			}
		}()
	}
	select {} // until it is killed
}

// say tells TestCrash, in one piece, before anything else happens.
func say(what string, of any) {
	if _, err := io.WriteString(os.Stdout, fmt.Sprintf("%s %v\n", what, of)); err != nil {
		os.Exit(1)
	}
}

func crashSender(ctx context.Context, s *storage.Store) {
	var done []dialog.Out
	for {
		outs, err := s.Outbox().Claim(ctx, dialog.ByChat, inHand, now, done...)
		if err != nil && !errors.Is(err, storage.ErrTemporary) {
			say("failed", err)
			return
		}
		for _, o := range outs {
			say("sent", o.ID)
		}
		if done = outs; len(outs) == 0 {
			<-s.Ready(dialog.ByChat)
		}
	}
}
