package main

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regia/mail/mailtest"
)

// answerMarks are what an answer to the survey leaves where it stands beside
// its writer: the numbers of a sheet, the words of the one who wrote some, the
// mail that four people sent.
var answerMarks = []string{`"numbers":{`, `"texts":{`, "5 4 4 9"}

// nobodysAnswers searches the store, its log after the rewriting, a backup and
// the mailbox for anything that ties a person to an answer after the close.
func nobodysAnswers(t *testing.T, s *stage, post *postOffice) {
	t.Helper()
	// The log: what came after the rewriting is plain text, what came before
	// is a picture of the store, which the backup shows.
	until(t, "the log of Redis is rewritten", func() bool {
		clean := true
		err := filepath.WalkDir(s.env["REGIA_DATA"], func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".aof") {
				return nil // files of a rewriting come and go
			}
			raw, err := os.ReadFile(path)
			if err == nil {
				clean = clean && mark(string(raw)) == ""
			}
			return nil
		})
		must(t, err)
		return clean
	})
	backup := filepath.Join(s.dir, "copia.tar.gz")
	if out, err := s.run("backup", backup); err != nil {
		t.Fatalf("backup: %v\n%s", err, out)
	}
	words := 0
	for name, text := range contents(t, backup) {
		words += strings.Count(text, "Le formule")
		if m := mark(text); m != "" {
			t.Errorf("the backup holds %q in %s", m, name)
		}
		for line := range strings.Lines(text) {
			if strings.Contains(line, "Le formule") && strings.Contains(line, "person") {
				t.Errorf("words of an answer stand beside a person in %s", name)
			}
		}
	}
	if words != 1 {
		t.Errorf("the words of an answer stand %d times in the backup, not once", words)
	}
	for _, box := range []string{"INBOX", "Processed", "Quarantine", "Trash"} {
		for _, raw := range post.dovecot.Messages(mailtest.ServiceUser, box) {
			if l := mailtest.ReadLetter(raw); strings.Contains(l.Text, "5 4 4 9") && !strings.Contains(l.From, serviceAddress) && !strings.Contains(l.Text, "> ") {
				t.Errorf("an answer is still in %s", box)
			} else if strings.HasPrefix(strings.TrimSpace(l.Text), "5 4 4 9") {
				t.Errorf("an answer is still in %s", box)
			}
		}
	}
}

// mark is the first mark of an answer in a text.
func mark(text string) string {
	for _, m := range answerMarks {
		if strings.Contains(text, m) {
			return m
		}
	}
	return ""
}

// contents are the files of an archive.
func contents(t *testing.T, path string) map[string]string {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	must(t, err)
	all := map[string]string{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		must(t, err)
		raw, err := io.ReadAll(r)
		must(t, err)
		all[h.Name] = string(raw)
		if strings.HasSuffix(h.Name, ".jsonl") {
			all[h.Name] = keysInWords(t, string(raw))
		}
	}
}

// keysInWords is a page of a backup as text: a key and its values on a line.
func keysInWords(t *testing.T, page string) string {
	t.Helper()
	var all strings.Builder
	for line := range strings.Lines(page) {
		var key struct {
			Name   string            `json:"name"`
			Text   []byte            `json:"text"`
			Hash   map[string][]byte `json:"hash"`
			Items  [][]byte          `json:"items"`
			Scored []struct {
				Member []byte `json:"m"`
			} `json:"scored"`
		}
		must(t, json.Unmarshal([]byte(line), &key))
		all.WriteString(key.Name + " " + string(key.Text))
		for field, value := range key.Hash {
			all.WriteString(" " + field + " " + string(value))
		}
		for _, item := range key.Items {
			all.WriteString(" " + string(item))
		}
		for _, s := range key.Scored {
			all.WriteString(" " + string(s.Member))
		}
		all.WriteString("\n")
	}
	return all.String()
}
