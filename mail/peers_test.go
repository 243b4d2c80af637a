package mail_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gomail "github.com/emersion/go-message/mail"

	"regia/mail"
)

// replied is a case of a corpus: the plain text of a mail, and what its writer
// wrote. Whole is the mail, where there is one.
type replied struct {
	corpus, text, want string
	whole              []byte
}

const peersFolder = "../bench/replies"

// BenchmarkRepliesBesidePeers prints how many replies are read exactly, for
// each corpus and each client, beside two programs that do nothing else. They
// get the plain text; a mail that is HTML alone is not for them.
func BenchmarkRepliesBesidePeers(b *testing.B) {
	all := repliedCases(b)
	peers, err := peerReplies(all)
	if err != nil {
		b.Logf("the peers' columns stay empty: %v (npm install in %s)", err, filepath.Base(peersFolder))
	}
	type score struct{ of, right, text, ours, erp, planer int }
	scores := map[string]*score{}
	for i, c := range all {
		s := scores[c.corpus]
		if s == nil {
			s = &score{}
			scores[c.corpus] = s
		}
		s.of++
		got := ""
		if c.whole == nil {
			got, _ = mail.Reply(c.text)
		} else {
			m, err := mail.Understand(c.whole, own, day)
			must(b, err)
			got = m.Text
		}
		right := same(got, c.want)
		if right {
			s.right++
		}
		if c.text == "" || peers == nil {
			continue
		}
		s.text++
		if right {
			s.ours++
		}
		if p := peers[i].ERP; p != nil && same(*p, c.want) {
			s.erp++
		}
		if p := peers[i].Planer; p != nil && same(*p, c.want) {
			s.planer++
		}
	}
	var table strings.Builder
	fmt.Fprintf(&table, "\n%-34s %14s | plain text only: %5s %10s %18s %10s\n", "corpus", "all", "cases", "regia", "email-reply-parser", "planer")
	share := func(n, of int) string {
		if of == 0 {
			return "-"
		}
		return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of))
	}
	for _, name := range slices.Sorted(maps.Keys(scores)) {
		s := scores[name]
		fmt.Fprintf(&table, "%-34s %3d %10s | %16s %5d %10s %18s %10s\n", name, s.of, share(s.right, s.of), "", s.text, share(s.ours, s.text), share(s.erp, s.text), share(s.planer, s.text))
	}
	fmt.Println(table.String()) // the log of a benchmark is cut after ten lines
	for b.Loop() {
		for _, c := range all {
			if c.text != "" {
				mail.Reply(c.text)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(all)), "µs/reply")
}

var blankLines = regexp.MustCompile(`\n{2,}`)

// same compares as people do: blank lines and the ends of lines do not count.
func same(a, b string) bool {
	squash := func(s string) string { return blankLines.ReplaceAllString(squeeze(s), "\n") }
	return squash(a) == squash(b)
}

func repliedCases(tb testing.TB) []replied {
	var all []replied
	own, _ := filepath.Glob("testdata/*.eml")
	expected := fixtures(tb)
	for _, f := range own {
		w := expected[strings.TrimSuffix(filepath.Base(f), ".eml")]
		if w.Kind == mail.KindReply && w.Reply != nil && *w.Reply != "" {
			all = append(all, mailCase(tb, "own fixtures", f, *w.Reply))
		}
	}
	cases := offices(tb)
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		w := cases[name]
		if w.Reply == nil {
			continue
		}
		c := mailCase(tb, "clients: all", "testdata/clients/"+name+".eml", *w.Reply)
		all = append(all, c)
		c.corpus = "clients: " + w.Client
		all = append(all, c)
	}
	shared, _ := filepath.Glob("../../shared/data/emails/*.jsonl")
	for _, file := range shared {
		f, err := os.Open(file)
		must(tb, err)
		defer f.Close()
		sc := bufio.NewScanner(f)
		sc.Buffer(nil, 1<<20)
		for sc.Scan() {
			var c struct{ Text, Expected string }
			must(tb, json.Unmarshal(sc.Bytes(), &c))
			all = append(all, replied{corpus: filepath.Base(file), text: c.Text, want: c.Expected})
		}
	}
	return all
}

// mailCase reads a mail and its plain text.
func mailCase(tb testing.TB, corpus, file, want string) replied {
	raw, err := os.ReadFile(file)
	must(tb, err)
	c := replied{corpus: corpus, want: want, whole: raw}
	r, err := gomail.CreateReader(bytes.NewReader(raw))
	if r == nil {
		return c
	}
	defer r.Close()
	for err == nil {
		var p *gomail.Part
		if p, err = r.NextPart(); err != nil {
			break
		}
		if h, ok := p.Header.(*gomail.InlineHeader); ok {
			if typ, _, _ := h.ContentType(); typ == "text/plain" {
				text, _ := io.ReadAll(p.Body)
				c.text = strings.ReplaceAll(string(text), "\r\n", "\n")
				break
			}
		}
	}
	return c
}

// peerReply is what the peers take for the reply; nil where they failed.
type peerReply struct {
	ERP    *string `json:"email-reply-parser"`
	Planer *string `json:"planer"`
}

func peerReplies(all []replied) ([]peerReply, error) {
	if _, err := os.Stat(filepath.Join(peersFolder, "node_modules")); err != nil {
		return nil, err
	}
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	for _, c := range all {
		if err := enc.Encode(c.text); err != nil {
			return nil, err
		}
	}
	cmd := exec.Command("node", "peers.mjs")
	cmd.Dir, cmd.Stdin = peersFolder, &in
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var replies []peerReply
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p peerReply
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		replies = append(replies, p)
	}
	if len(replies) != len(all) {
		return nil, fmt.Errorf("%d answers for %d mails", len(replies), len(all))
	}
	return replies, nil
}
