package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func runExplainNeed(t *testing.T, in string, args ...string) (int, string, string) {
	t.Helper()
	var out, errw bytes.Buffer
	status := explainNeed(args, strings.NewReader(in), &out, &errw)
	return status, out.String(), errw.String()
}

func TestExplainNeedWritesOneObject(t *testing.T) {
	status, out, errs := runExplainNeed(t, "", "la", "privacy non ci serve, excel sì")
	if status != 0 || errs != "" || strings.Count(out, "\n") != 1 {
		t.Fatalf("status %d, %q, %q", status, out, errs)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"id", "topics", "negated", "record", "recorded"} {
		if _, ok := got[key]; !ok {
			t.Errorf("no %q in %s", key, out)
		}
	}
	if len(got) != 5 || got["record"] != true || !strings.Contains(out, `"negated":["PRI-GDPR"]`) || !strings.Contains(out, `"recorded":["DIG-OFF"]`) {
		t.Errorf("%s", out)
	}
}

func TestExplainNeedAnswersEachLineInOrder(t *testing.T) {
	in := "\ufeff" + `{"id":"a","text":"mepa","office":""}` + "\n\n" + `{"id":"b","text":"buongiorno"}` + "\r\n"
	status, out, errs := runExplainNeed(t, in, "--jsonl")
	answers := strings.Split(strings.TrimSpace(out), "\n")
	if status != 0 || len(answers) != 2 || !strings.HasPrefix(answers[0], `{"id":"a","topics":[{"id":"APP-DIG","score":0.`) {
		t.Fatalf("status %d, %s, %s", status, out, errs)
	}
	if !strings.HasSuffix(answers[1], `"negated":[],"record":false,"recorded":[]}`) {
		t.Errorf("nothing asked: %s", answers[1])
	}
}

func TestExplainNeedSaysWhatIsWrong(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "topics.json")
	if err := os.WriteFile(broken, []byte(`{"topics":[{"id":"A"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   []string
		in     string
		status int
		says   string
	}{
		{nil, "", 2, "manca il testo"},
		{[]string{"--nope", "x"}, "", 2, "opzione non capita"},
		{[]string{"--jsonl", "testo"}, "", 2, "--jsonl"},
		{[]string{"--jsonl"}, "{\"id\":\"a\",\"text\":\"x\"}\nciao\n", 1, "riga 2"},
		{[]string{"--jsonl"}, strings.Repeat("x", 2<<20), 1, "riga 1"},
		{[]string{"--topics", broken, "x"}, "", 1, `topic 1 (A): "title" is missing`},
		{[]string{"--topics", broken + ".not", "x"}, "", 1, "no such file"},
	} {
		status, _, errs := runExplainNeed(t, c.in, c.args...)
		if status != c.status || !strings.Contains(errs, c.says) {
			t.Errorf("%v: status %d, %q", c.args, status, errs)
		}
	}
}
