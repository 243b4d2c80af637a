package bot

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"regia/bot/bottest"
)

func TestMarkup(t *testing.T) {
	for in, want := range map[string]string{
		"*Scavi e ripristini* è giovedì":     "<b>Scavi e ripristini</b> è giovedì",
		"puoi scrivere *corsi*, *mi serve*.": "puoi scrivere <b>corsi</b>, <b>mi serve</b>.",
		"2*3*4 e 5 * 6 * 7":                  "2*3*4 e 5 * 6 * 7",
		"a < b & c > d \"e\"":                "a &lt; b &amp; c &gt; d &quot;e&quot;",
		"*<b>*":                              "<b>&lt;b&gt;</b>",
		"*aperto\ne chiuso*":                 "*aperto\ne chiuso*",
		"**due**":                            "**due**",
		"*":                                  "*",
		"**":                                 "**",
		"un_nome_ [x](y) `z` ~w~":            "un_nome_ [x](y) `z` ~w~",
		"(*sì*)":                             "(<b>sì</b>)",
		"*a* *b*":                            "<b>a</b> <b>b</b>",
		"*a*b":                               "*a*b",
	} {
		if got := markup(in); got != want {
			t.Errorf("markup(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSplit(t *testing.T) {
	long := strings.Repeat("parola ", 20)
	for name, c := range map[string]struct {
		in    string
		limit int
		want  []string
	}{
		"short":      {"uno\n\ndue", 40, []string{"uno\n\ndue"}},
		"paragraphs": {"uno due\n\ntre quattro\n\ncinque", 20, []string{"uno due\n\ntre quattro", "cinque"}},
		"exact":      {"abcd\n\nefgh", 4, []string{"abcd", "efgh"}},
		"lines":      {"abcd\nefgh", 5, []string{"abcd", "efgh"}},
		"words":      {"abcd efgh", 6, []string{"abcd", "efgh"}},
		"nothing":    {" \n ", 5, nil},
		"no space":   {"abcdefgh", 3, []string{"abc", "def", "gh"}},
		"pairs":      {"😀😀😀", 3, []string{"😀", "😀", "😀"}},
		"many":       {long, 13, strings.Split(strings.Repeat("parola parola|", 10)[:139], "|")},
	} {
		if got := split(c.in, c.limit); strings.Join(got, "§") != strings.Join(c.want, "§") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Whatever is written, Telegram takes it, and nothing is lost but spaces.
func FuzzTextIsAlwaysTaken(f *testing.F) {
	for _, s := range []string{"*a*", "<b>&amp;</i>", "* *\n\n*", "&#0;&#xD800;&lt", "\x00\xff😀*è*", strings.Repeat("*à* <", 2000)} {
		f.Add(s)
	}
	// Without a network in between, fuzzing is fast and the same each time.
	srv := bottest.New(bottest.Options{Forget: true})
	srv.Open(1)
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 20000 {
			return
		}
		var all strings.Builder
		for _, part := range split(clean(s), maxText) {
			if units(part) > maxText || !utf8.ValidString(part) {
				t.Fatalf("a part of %d units", units(part))
			}
			all.WriteString(part)
			body, err := json.Marshal(map[string]any{"chat_id": 1, "parse_mode": "HTML", "text": markup(part)})
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest(http.MethodPost, "/bot"+srv.Token()+"/sendMessage", bytes.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			if srv.ServeHTTP(w, r); w.Code != http.StatusOK {
				t.Fatalf("%q: %s", part, w.Body)
			}
		}
		if squeeze(all.String()) != squeeze(clean(s)) {
			t.Errorf("%q became %q", s, all.String())
		}
	})
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }
