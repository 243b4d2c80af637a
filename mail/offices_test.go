package mail_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"regia/mail"
)

// office is a case of testdata/clients: a reply as one client writes it, and
// what its writer meant. Reply is nil where the words stand between the
// questions, and only the answers count.
type office struct {
	Client, Lang string
	Reply        *string
	Answers      map[int]string
}

func offices(t testing.TB) map[string]office {
	return expected[office](t, "testdata/clients/expected.json")
}

// Replies written before anybody looked at what the code does with them. What
// one of them asks for is mended by a rule about how that client quotes.
func TestRepliesOfEveryClient(t *testing.T) {
	all := offices(t)
	right, of := map[string]int{}, map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		w := all[name]
		raw, err := os.ReadFile("testdata/clients/" + name + ".eml")
		must(t, err)
		m, err := mail.Understand(raw, own, day)
		must(t, err)
		of[w.Client]++
		var wrong []string
		if m.Kind != mail.KindReply {
			wrong = append(wrong, fmt.Sprintf("kind %s (%s)", m.Kind, m.Reason))
		}
		if w.Reply != nil && squeeze(m.Text) != *w.Reply {
			wrong = append(wrong, fmt.Sprintf("reply %q, want %q", m.Text, *w.Reply))
		}
		if w.Answers != nil && !maps.Equal(m.Answers, w.Answers) {
			wrong = append(wrong, fmt.Sprintf("answers %v, want %v", m.Answers, w.Answers))
		}
		if wrong == nil {
			right[w.Client]++
		} else {
			t.Errorf("%s (%s): %s", name, w.Client, strings.Join(wrong, "; "))
		}
	}
	for _, c := range slices.Sorted(maps.Keys(of)) {
		t.Logf("%-20s %d of %d", c, right[c], of[c])
	}
}
