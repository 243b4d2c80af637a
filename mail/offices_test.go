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

// unread are cases that are not read right, and why.
var unread = map[string]string{
	"m-34": "a remark on something else follows the last answer",
	"i-18": "«1 Cognome e nome CALVI ROSANNA»: nothing parts the label from the answer",
	"d-54": "«1 sì», «2 Meet», then «la 4 è la stessa mail»",
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
		if w.Reply != nil && !same(m.Text, *w.Reply) {
			wrong = append(wrong, fmt.Sprintf("reply %q, want %q", m.Text, *w.Reply))
		}
		if w.Answers != nil && !maps.EqualFunc(m.Answers, w.Answers, same) {
			wrong = append(wrong, fmt.Sprintf("answers %v, want %v", m.Answers, w.Answers))
		}
		switch {
		case wrong == nil && unread[name] != "":
			t.Errorf("%s is read now: take it off the list", name)
		case wrong == nil:
			right[w.Client]++
		case unread[name] == "":
			t.Errorf("%s (%s): %s", name, w.Client, strings.Join(wrong, "; "))
		}
	}
	for _, c := range slices.Sorted(maps.Keys(of)) {
		t.Logf("%-20s %d of %d", c, right[c], of[c])
	}
}
