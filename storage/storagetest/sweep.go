package storagetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
	"regia/storage"
)

// sweep: of the files that came long ago those go that nothing names, whatever
// kind of thing may name one.
func sweep(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	put := func(text string, came time.Time) string {
		t.Helper()
		f, err := h.store.Files().Put(strings.NewReader(text), 100, "a.pdf", "application/pdf")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(h.data, "files", f.SHA256), came, came); err != nil {
			t.Fatal(err)
		}
		return f.SHA256
	}
	long := start.AddDate(0, -4, 0)
	document, message, dead, waits := put("of a document", long), put("of a message", long), put("of a dead letter", long), put("of an input", long)
	fresh, orphan := put("of nothing yet", start.AddDate(0, -1, 0)), put("of nothing", long)
	h.do("names", func(tx dialog.Tx) {
		tx.Save("note:a", map[string]string{"file": document}, 0)
		o := out("1", "a", false)
		o.NotBefore, o.Attach = start.Add(time.Hour), []string{"file:" + message}
		tx.Send(o)
	})
	h.send(storage.Died, storage.Input{ID: "tg:1:1", Source: "tg", Raw: fmt.Appendf(nil, "{%s", dead), At: start})
	if _, err := h.store.Enqueue(context.Background(), storage.Input{ID: "tg:1:2", Source: "tg", Raw: []byte(waits), At: start}); err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(h.data, "files", ".new-1")
	if err := os.WriteFile(half, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(half, long, long); err != nil {
		t.Fatal(err)
	}

	for _, want := range []int{1, 0} {
		if n, err := h.store.SweepFiles(context.Background(), start); n != want || err != nil {
			t.Fatalf("%d files were swept, want %d: %v", n, want, err)
		}
	}
	for name, sum := range map[string]string{"a document": document, "a message": message, "a dead letter": dead, "an input": waits, "nothing, but lately": fresh} {
		if _, err := os.Stat(filepath.Join(h.data, "files", sum)); err != nil {
			t.Errorf("the file of %s: %v", name, err)
		}
	}
	for _, gone := range []string{filepath.Join(h.data, "files", orphan), half} {
		if _, err := os.Stat(gone); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("still there: %v", err)
		}
	}
	h.do("goes on", func(tx dialog.Tx) { tx.Delete("note:a") })
}
