package storagetest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
	"regia/storage"
)

// start is the instant at which the tests live.
var start = time.Date(2027, 3, 11, 9, 0, 0, 0, time.UTC)

const province = "prova"

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

// house is a province with a writer at work. Messages are cli commands whose
// name says which of the functions in does answers them.
type house struct {
	t      testing.TB
	client redis.UniversalClient
	store  *storage.Store
	writer *storage.Writer
	data   string
	stop   func()

	mu    sync.Mutex
	does  map[string]func(dialog.Tx, dialog.In) error
	sorry []string
}

func open(t testing.TB, client redis.UniversalClient, data string) *storage.Store {
	t.Helper()
	s, err := storage.Open(context.Background(), storage.Options{
		Client: client, Province: province, Secret: []byte("a secret of the tests"), Data: data,
		Zone: time.UTC, Log: silent, Lease: 2 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newHouse(t testing.TB, client redis.UniversalClient) *house {
	h := &house{t: t, client: client, data: t.TempDir(), does: map[string]func(dialog.Tx, dialog.In) error{}}
	h.store = open(t, client, h.data)
	h.work()
	return h
}

// work sets a writer to work until the test ends or stop is called.
func (h *house) work() {
	h.writer = storage.NewWriter(h.store, h.answer, func(tx dialog.Tx, in dialog.In) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.sorry = append(h.sorry, in.ID)
		tx.Send(dialog.Out{ID: tx.NewID("out"), To: "sorry", Channel: dialog.ByMail, Text: "sorry", Reply: true})
		return nil
	}, silent)
	h.stop = run(h.t, h.writer)
}

func run(t testing.TB, w *storage.Writer) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, storage.ErrFenced) {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func (h *house) answer(tx dialog.Tx, in dialog.In) error {
	name := ""
	switch {
	case in.Command != nil:
		name = in.Command.Name
	case in.Timer != nil:
		name = "timer"
	case in.Sent != nil:
		name = "sent"
	case in.Slot != nil:
		name = "slot"
	}
	h.mu.Lock()
	f := h.does[name]
	h.mu.Unlock()
	if f == nil {
		return nil
	}
	return f(tx, in)
}

func (h *house) on(name string, f func(dialog.Tx, dialog.In) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.does[name] = f
}

// command is an input that the function of that name answers.
func command(id, name string) storage.Input {
	return storage.Input{
		ID: "cli:" + name + ":" + id, Source: "cli", Raw: []byte("raw of " + id), At: start,
		Decode: func() (dialog.In, error) {
			return dialog.In{At: start, Command: &dialog.Command{Name: name, Body: []byte(id)}}, nil
		},
	}
}

// send submits inputs and wants this outcome of all.
func (h *house) send(want storage.Outcome, inputs ...storage.Input) {
	h.t.Helper()
	for _, r := range h.writer.Submit(context.Background(), inputs) {
		if r.Err != nil || r.Outcome != want {
			h.t.Fatalf("%s: %s %v, want %s", r.ID, r.Outcome, r.Err, want)
		}
	}
}

// do commits what f writes, once.
func (h *house) do(id string, f func(tx dialog.Tx)) {
	h.t.Helper()
	h.on("do", func(tx dialog.Tx, _ dialog.In) error { f(tx); return nil })
	h.send(storage.Committed, command(id, "do"))
}

func (h *house) number(ref dialog.Ref) int {
	h.t.Helper()
	var n int
	if _, err := h.store.Reader(context.Background()).Load(ref, &n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

func (h *house) list(name string) []string {
	h.t.Helper()
	members, err := h.store.Reader(context.Background()).List(name, "", 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	return members
}

func (h *house) claim(ch dialog.Channel, n int, now time.Time, done ...dialog.Out) []dialog.Out {
	h.t.Helper()
	outs, err := h.store.Outbox().Claim(context.Background(), ch, n, now, done...)
	if err != nil {
		h.t.Fatal(err)
	}
	return outs
}

// add adds to a number in a document.
func add(tx dialog.Tx, ref dialog.Ref, n int) error {
	var have int
	if _, err := tx.Load(ref, &have); err != nil {
		return err
	}
	tx.Save(ref, have+n, 0)
	return nil
}

func out(id, to string, reply bool) dialog.Out {
	return dialog.Out{ID: id, To: to, Channel: dialog.ByChat, Text: "text", Reply: reply}
}

func ids(outs []dialog.Out) string {
	text := ""
	for _, o := range outs {
		text += o.ID + " "
	}
	return text
}
