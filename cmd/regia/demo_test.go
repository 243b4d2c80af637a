package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"regia/bot/bottest"
)

func silent() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func newTestDemo(t *testing.T) *demo {
	t.Helper()
	log := silent()
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	d, err := newDemo(t.Context(), log, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// read is everything that the service wrote to a person.
func read(t *testing.T, d *demo, id string) string {
	t.Helper()
	v, err := d.person(id)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, m := range v.Chat {
		if !m.Mine {
			all.WriteString(m.Text + "\n")
		}
	}
	for _, m := range v.Mail {
		if !m.Mine {
			all.WriteString(m.Text + "\n")
		}
	}
	return all.String()
}

func TestTheStoryIsToldByTheRealService(t *testing.T) {
	d := newTestDemo(t)
	steps := []struct{ action, person, want string }{
		{"start", "marco-conti", "2 enti chiedono lo stesso"},
		{"next", "marta-ferrari", "Aperto"},
		{"next", "chiara-moretti", "Posto confermato"},
		{"next", "marta-ferrari", "6 risposte"},
	}
	for i, s := range steps {
		if err := d.tellStory(s.action); err != nil {
			for _, r := range d.w.folk {
				t.Logf("%s: %q", r.id(), read(t, d, r.id()))
			}
			t.Fatalf("step %d: %v", i+1, err)
		}
		if got := read(t, d, s.person); !strings.Contains(got, s.want) {
			t.Errorf("step %d: %s reads %q, want %q in it", i+1, s.person, got, s.want)
		}
	}
	v, err := d.state(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if v.Story.Step != 4 || !v.Story.Running {
		t.Errorf("story %+v", v.Story)
	}
	if err := d.tellStory("next"); err != nil {
		t.Fatal(err)
	}
	if v, _ = d.state(t.Context()); v.Story.Running {
		t.Error("the story does not end")
	}
	if err := d.tellStory("start"); err != nil {
		t.Fatalf("told again: %v", err)
	}
}

func TestThePageAnswersAsItSays(t *testing.T) {
	d := newTestDemo(t)
	handler, err := pageHandler(d)
	if err != nil {
		t.Fatal(err)
	}
	call := func(method, path, body string, header ...string) (int, string) {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Host = "127.0.0.1:8080"
		if method == http.MethodPost {
			r.Header.Set("Content-Type", "application/json")
		}
		for i := 0; i+1 < len(header); i += 2 {
			if header[i] == "Host" {
				r.Host = header[i+1]
			} else {
				r.Header.Set(header[i], header[i+1])
			}
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	for _, c := range []struct {
		method, path, body string
		header             []string
		status             int
		want               string
	}{
		{"GET", "/", "", nil, 200, "<html"},
		{"GET", "/api/state", "", nil, 200, `"nowWords":"venerdì 8 gennaio 2027, ore 9"`},
		{"GET", "/api/person/anna-rossi", "", nil, 200, "Comune di Dolcedo"},
		{"GET", "/api/person/nessuno", "", nil, 400, "non c'è"},
		{"POST", "/api/say", `{"person":"anna-rossi","text":"corsi"}`, nil, 200, "ok"},
		{"POST", "/api/say", `{"person":"anna-rossi","text":"` + strings.Repeat("a", 10_000) + `"}`, nil, 200, "ok"},
		{"POST", "/api/say", `{"person":"giulia-ricci","text":"corsi"}`, nil, 400, "email"},
		{"POST", "/api/press", `{"person":"anna-rossi","message":1,"data":"x"}`, nil, 400, "bottone"},
		{"POST", "/api/reply", `{"person":"giulia-ricci","mail":"","text":"corsi"}`, nil, 200, "ok"},
		{"POST", "/api/reply", `{"person":"giulia-ricci","mail":"zzz","text":"corsi"}`, nil, 400, "email"},
		{"POST", "/api/clock", `{"to":"tomorrow"}`, nil, 200, "ok"},
		{"POST", "/api/clock", `{"to":"next"}`, nil, 200, "ok"},
		{"POST", "/api/clock", `{"to":"ieri"}`, nil, 400, "orologio"},
		{"POST", "/api/story", `{"action":"next"}`, nil, 400, "non è cominciata"},
		{"POST", "/api/say", `{`, nil, 400, "non si può leggere"},
		// Nobody else's page drives the demo.
		{"GET", "/api/state", "", []string{"Host", "evil.example"}, 403, ""},
		{"POST", "/api/clock", `{"to":"next"}`, []string{"Origin", "https://evil.example"}, 403, ""},
		{"POST", "/api/clock", `{"to":"next"}`, []string{"Content-Type", "text/plain"}, 415, ""},
	} {
		status, body := call(c.method, c.path, c.body, c.header...)
		if status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s %s %.60s: %d %.300s, want %d %q", c.method, c.path, c.body, status, body, c.status, c.want)
		}
	}
}

func TestBoldPartsAreMarkedForThePage(t *testing.T) {
	if got := marked("Dall'ufficio: sì. Scrivi ufficio.", []bottest.Bold{{At: 14, Text: "sì"}, {At: 26, Text: "ufficio"}}); got != "Dall'ufficio: *sì*. Scrivi *ufficio*." {
		t.Error(got)
	}
}
