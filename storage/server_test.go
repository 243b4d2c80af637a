package storage_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
	"regia/storage"
	"regia/storage/storagetest"
)

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

func openStore(t testing.TB, client redis.UniversalClient, data string) *storage.Store {
	t.Helper()
	s, err := storage.Open(context.Background(), storage.Options{
		Client: client, Province: "prova", Secret: []byte("a secret of the tests"), Data: data,
		Zone: time.UTC, Log: silent, Exclusive: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestServerThatMayLoseMessagesIsRefused(t *testing.T) {
	for _, c := range []struct {
		name     string
		settings []string
		wrong    string // setting that the error names
	}{
		{"durable", nil, ""},
		{"everysec", []string{"--appendfsync", "everysec"}, "appendfsync"},
		{"no log", []string{"--appendonly", "no"}, "appendonly"},
		{"eviction", []string{"--maxmemory-policy", "allkeys-lru"}, "maxmemory-policy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := openStore(t, storagetest.Redis(t, c.settings...), "").CheckDurability(t.Context())
			if c.wrong == "" && err != nil || c.wrong != "" && (!errors.Is(err, storage.ErrNotDurable) || !strings.Contains(err.Error(), c.wrong)) {
				t.Fatal(err)
			}
		})
	}
}

func TestServerThatDoesNotTellItsSettingsIsWarnedOf(t *testing.T) {
	client := storagetest.Redis(t, "--rename-command", "CONFIG", "")
	var said strings.Builder
	if err := storage.CheckDurability(t.Context(), client, slog.New(slog.NewTextHandler(&said, nil))); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "appendfsync always") {
		t.Fatalf("said %q", said.String())
	}
}

func TestPrivateServer(t *testing.T) {
	storagetest.Redis(t) // skips where there is none
	for name, data := range map[string]string{
		"short path": filepath.Join(t.TempDir(), "d"),
		"long path":  filepath.Join(t.TempDir(), strings.Repeat("very-long-name/", 10)),
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			if _, err := storage.Attach(ctx, data); !errors.Is(err, storage.ErrNotRunning) {
				t.Fatalf("attached to nothing: %v", err)
			}
			server, err := storage.StartServer(ctx, data, silent)
			if err != nil {
				t.Fatal(err)
			}
			s := openStore(t, server.Client(), data)
			if err := s.CheckDurability(ctx); err != nil {
				t.Fatal(err)
			}
			other, err := storage.Attach(ctx, data)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := openStore(t, other, data).Enqueue(ctx, storage.Input{ID: "cli:x", Source: "cli", Raw: []byte("{}")}); err != nil {
				t.Fatal(err)
			}
			if err := other.Close(); err != nil {
				t.Fatal(err)
			}

			// The folder is taken.
			soon, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
			defer cancel()
			if _, err := storage.StartServer(soon, data, silent); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("two servers in one folder: %v", err)
			}
			if err := server.Close(); err != nil {
				t.Fatal(err)
			}
			<-server.Ended()

			server, err = storage.StartServer(ctx, data, silent)
			if err != nil {
				t.Fatal(err)
			}
			inputs, err := openStore(t, server.Client(), data).Pending(ctx, 10)
			if err != nil || len(inputs) != 1 {
				t.Fatalf("kept %v %v", inputs, err)
			}
			if err := server.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestWithoutRedisTheErrorNamesThePackage(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := storage.StartServer(t.Context(), t.TempDir(), silent)
	if !errors.Is(err, storage.ErrNoRedis) || !strings.Contains(err.Error(), "apt install redis-server") {
		t.Fatal(err)
	}
}

func TestSecretIsMadeOnce(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	first, err := storage.Secret("", data)
	if err != nil || len(first) != 64 {
		t.Fatalf("%d bytes, %v", len(first), err)
	}
	again, err := storage.Secret("", data)
	if err != nil || string(again) != string(first) {
		t.Fatalf("another one: %v", err)
	}
	info, err := os.Stat(filepath.Join(data, "secret"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info.Mode(), err)
	}
	if given, err := storage.Secret(" a secret from outside\n", data); err != nil || string(given) != "a secret from outside" {
		t.Fatal(err)
	}
	if _, err := storage.Secret("short", data); err == nil {
		t.Fatal("a short secret was accepted")
	}
}

func TestFilesAreBoundedAndNamedByTheirContent(t *testing.T) {
	files := storage.FilesIn(t.TempDir())
	if _, err := files.Put(strings.NewReader("12345"), 4, "f", "text/plain"); !errors.Is(err, storage.ErrTooLarge) {
		t.Fatalf("too large a file: %v", err)
	}
	file, err := files.Put(strings.NewReader("1234"), 4, "f", "text/plain")
	if err != nil || file.SHA256 != "03ac674216f3e15c761ee1a5e255f067953623c8b388b4459e13f978d7c846f4" || file.Size != 4 {
		t.Fatalf("%+v %v", file, err)
	}
	broken := io.MultiReader(strings.NewReader("1"), failingReader{})
	if _, err := files.Put(broken, 4, "f", ""); !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, storage.ErrTemporary) {
		t.Fatalf("a broken file: %v", err)
	}
	for _, name := range []string{"../secret", "", strings.Repeat("A", 64)} {
		if _, err := files.Open(name); err == nil || errors.Is(err, os.ErrNotExist) {
			t.Fatalf("%q was looked for", name)
		}
	}
	for range 2 {
		if err := files.Remove(file.SHA256); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := files.Open(file.SHA256); !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestProvinceNamesAreBounded(t *testing.T) {
	for _, name := range []string{"", "A", "a*", "a}b", "a b", strings.Repeat("a", 41)} {
		if _, err := storage.Open(t.Context(), storage.Options{Province: name, Secret: make([]byte, 32)}); err == nil {
			t.Errorf("%q was accepted", name)
		}
	}
}

func TestWhatIsErasedLeavesTheLog(t *testing.T) {
	storagetest.Redis(t) // skips where there is none
	data := t.TempDir()
	server, err := storage.StartServer(t.Context(), data, silent)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	s := openStore(t, server.Client(), data)
	w := storage.NewWriter(s, func(tx dialog.Tx, in dialog.In) error {
		if string(in.Command.Body) == "save" {
			tx.Save("person:a", "Hildegarda", 0)
		} else {
			tx.Delete("person:a")
			tx.RewriteLog()
		}
		return nil
	}, nil, silent)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	tell := func(what string) {
		r := w.Submit(ctx, []storage.Input{{ID: "cli:" + what, Source: "cli", Decode: func() (dialog.In, error) {
			return dialog.In{At: now, Command: &dialog.Command{Body: []byte(what)}}, nil
		}}})
		if r[0].Outcome != storage.Committed {
			t.Fatal(r)
		}
	}
	inLog := func() bool {
		found := false
		files, err := filepath.Glob(filepath.Join(data, "redis", "*", "*"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no log: %v", err)
		}
		for _, file := range files {
			raw, err := os.ReadFile(file)
			found = found || err == nil && strings.Contains(string(raw), "Hildegarda")
		}
		return found
	}
	tell("save")
	if !inLog() {
		t.Fatal("not in the log: the test looks in the wrong place")
	}
	tell("erase")
	for inLog() {
		// Redis does it in the background; the test ends by its time limit.
		if err := server.Client().Ping(ctx).Err(); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}
