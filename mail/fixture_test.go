package mail_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"regia/mail"
)

// want is what a fixture must be understood as.
type want struct {
	Kind    mail.Kind
	Reply   *string
	Answers map[int]string
	From    string
	Out     string
	Hard    bool
	Status  string
}

func fixtures(t testing.TB) map[string]want { return expected[want](t, "testdata/expected.json") }

// expected reads what the mails of a folder are to be understood as, by name.
func expected[W any](t testing.TB, path string) map[string]W {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	var all map[string]W
	must(t, json.Unmarshal(b, &all))
	return all
}

// Every client an office uses, in plain text and HTML, and everything that is
// no reply.
func TestEveryFixtureIsUnderstood(t *testing.T) {
	all := fixtures(t)
	files, _ := filepath.Glob("testdata/*.eml")
	if len(files) != len(all) {
		t.Errorf("%d files, %d expectations", len(files), len(all))
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		w := all[name]
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile("testdata/" + name + ".eml")
			must(t, err)
			m, err := mail.Understand(raw, own, day)
			must(t, err)
			if m.Kind != w.Kind {
				t.Fatalf("kind %s (%s), want %s", m.Kind, m.Reason, w.Kind)
			}
			if w.Reply != nil && m.Text != *w.Reply {
				t.Errorf("reply %q, want %q", m.Text, *w.Reply)
			}
			if m.Kind == mail.KindReply && !maps.Equal(m.Answers, w.Answers) {
				t.Errorf("answers %v, want %v", m.Answers, w.Answers)
			}
			if w.From != "" && m.From != w.From {
				t.Errorf("from %q", m.From)
			}
			switch m.Kind {
			case mail.KindBounce:
				if len(m.Bounces) != 1 || m.Bounces[0].Out != w.Out || m.Bounces[0].Hard != w.Hard {
					t.Errorf("bounces %+v", m.Bounces)
				}
			case mail.KindCalendarReply:
				if m.Calendar.Status != w.Status || m.Calendar.Sequence != 2 || m.Calendar.UID != "e4fzqk2m7x3acw6td@provincia.example" {
					t.Errorf("calendar %+v", m.Calendar)
				}
			case mail.KindPECReceipt:
				if m.Receipt.Out != w.Out {
					t.Errorf("receipt %+v", m.Receipt)
				}
			}
		})
	}
}
