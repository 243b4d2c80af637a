package dialog_test

import (
	"strings"
	"testing"
	"time"

	"regia/dialog"
	"regia/dialog/dialogtest"
	"regia/training"
)

// TestAFileThatDidNotComeIsAskedForAgain: what could not be fetched, what is too
// large, and what came but is not read here get a sentence each.
func TestAFileThatDidNotComeIsAskedForAgain(t *testing.T) {
	w := dialogtest.NewWorld(service(), time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
	for _, c := range []struct {
		file *dialog.File
		want string
	}{
		{nil, "Mandalo di nuovo"},
		{&dialog.File{Name: "a.pdf", Size: 9}, "Mandalo di nuovo"},
		{&dialog.File{Name: "a.pdf", Size: dialog.MaxFile + 1}, "al massimo 20 MB"},
		{&dialog.File{Name: "a.pdf", Size: 9, SHA256: strings.Repeat("a", 64)}, "leggo solo parole"},
	} {
		if err := w.Handle(dialog.In{Chat: &dialog.Chat{ID: 7, Sort: "file", File: c.file}}); err != nil {
			t.Fatal(err)
		}
		if got := w.Got[len(w.Got)-1].Rendered.Body; !strings.Contains(got, c.want) {
			t.Errorf("%+v is answered %q, want %q", c.file, got, c.want)
		}
	}
}
