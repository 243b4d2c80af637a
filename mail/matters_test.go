package mail_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"regia/mail"
)

// What servers and programs add or change around a reply changes nothing in
// what is read, whatever the client.
func TestWhatDoesNotMatter(t *testing.T) {
	changes := map[string]func(string) string{
		"a legal note below": func(s string) string {
			return s + "\n\nLe informazioni contenute in questo messaggio sono riservate e destinate esclusivamente al destinatario.\n"
		},
		"a scanner's seal below": func(s string) string {
			return s + "\n\nQuesta e-mail è stata controllata per individuare virus con Avast antivirus.\nwww.avast.com\n"
		},
		"empty lines above": func(s string) string { return "\n\n" + s },
		"the ends of lines": func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"no gap above the quote": func(s string) string {
			at := quoteIntroduction.FindStringSubmatchIndex(s)
			if at == nil {
				return s
			}
			return s[:at[2]] + "\n" + s[at[3]:]
		},
		"no marker": func(s string) string {
			return strings.Join(slices.DeleteFunc(strings.Split(s, "\n"), func(l string) bool {
				return strings.Contains(l, "sopra questa riga")
			}), "\n")
		},
	}
	cases := offices(t)
	// There the marker alone tells where the quote begins, or the gap.
	delete(cases, "odd-13")
	delete(cases, "odd-06")
	differ := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		c := mailCase(t, "", filepath.Join("testdata", "clients", name+".eml"), "")
		if c.text == "" || strings.HasPrefix(cases[name].Client, "PEC") {
			continue
		}
		read := func(text string) mail.Message {
			m, err := mail.Understand(slices.Concat([]byte("From: "+fromOf(t, name)+"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"), []byte(text)), own, day)
			must(t, err)
			return m
		}
		want := read(c.text)
		for what, change := range changes {
			got := read(change(c.text))
			if !same(got.Text, want.Text) || !maps.EqualFunc(got.Answers, want.Answers, same) {
				differ[what] = append(differ[what], name)
				t.Logf("%s, %s: %q %v, was %q %v", name, what, got.Text, got.Answers, want.Text, want.Answers)
			}
		}
	}
	for what, names := range differ {
		t.Errorf("%s changes %d replies: %v", what, len(names), names)
	}
}

var quoteIntroduction = regexp.MustCompile(`\S[ \t]*(\r?\n\s*\n)(?:Il\s+(?:giorno|\d)|In data|On\s|Am\s|Le\s\S+\s\d|Da:|-{3,}\s?Mess)`)

// fromOf is the From field of a case.
func fromOf(t *testing.T, name string) string {
	raw, err := os.ReadFile(filepath.Join("testdata", "clients", name+".eml"))
	must(t, err)
	for _, l := range strings.Split(string(raw), "\n") {
		if v, ok := strings.CutPrefix(l, "From:"); ok {
			return strings.TrimSpace(v)
		}
	}
	return "anna@comune.example"
}
