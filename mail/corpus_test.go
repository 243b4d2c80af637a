package mail_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regia/mail"
)

// The corpora of two projects that do nothing but this. The figure is printed,
// and only a fall far below what was reached fails.
func TestCorporaOfOtherProjects(t *testing.T) {
	files, _ := filepath.Glob("../../shared/data/emails/*.jsonl")
	if len(files) == 0 {
		t.Skip("no ../shared/data/emails: nothing to compare with")
	}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		all, right := 0, 0
		sc := bufio.NewScanner(f)
		sc.Buffer(nil, 1<<20)
		for sc.Scan() {
			var c struct{ ID, Lang, Text, Expected string }
			if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
				t.Fatal(err)
			}
			all++
			got, _ := mail.Reply(c.Text)
			if squeeze(got) == squeeze(c.Expected) {
				right++
			} else if testing.Verbose() {
				t.Logf("%s (%s)\n got: %q\nwant: %q", c.ID, c.Lang, got, c.Expected)
			}
		}
		f.Close()
		t.Logf("%s: %d of %d exact (%.1f %%)", filepath.Base(file), right, all, 100*float64(right)/float64(all))
		if right*100 < all*85 {
			t.Errorf("%s: fewer than 85 %% right", filepath.Base(file))
		}
	}
}

func squeeze(s string) string {
	var out []string
	for _, l := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		out = append(out, strings.TrimRight(l, " \t"))
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}
