package main

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

//go:embed demo
var demoFiles embed.FS

// What the page shows. The names are the contract with the script in demo/.
type (
	stateView struct {
		Now      string       `json:"now"`
		NowWords string       `json:"nowWords"`
		Next     string       `json:"next"`
		People   []personLine `json:"people"`
		Office   officeView   `json:"office"`
		Story    storyView    `json:"story"`
	}
	personLine struct {
		ID      string `json:"id"`
		Name    string `json:"name"`
		Role    string `json:"role"`
		Org     string `json:"org"`
		Channel string `json:"channel"` // chat, mail, both
		Unread  int    `json:"unread"`
	}
	officeView struct {
		Actions int `json:"actions"`
		Minutes int `json:"minutes"`
	}
	storyView struct {
		Step    int    `json:"step"`
		Of      int    `json:"of"`
		Caption string `json:"caption"`
		Running bool   `json:"running"`
		// Person and Channel are whom the story speaks of: the page follows.
		Person  string `json:"person,omitempty"`
		Channel string `json:"channel,omitempty"`
	}
	personView struct {
		Chat []chatView `json:"chat"`
		Mail []mailView `json:"mail"`
		Sees []string   `json:"sees"`
	}
	chatView struct {
		ID      int            `json:"id"`
		Mine    bool           `json:"mine"`
		Text    string         `json:"text"`
		At      string         `json:"at"`
		Buttons [][]chatButton `json:"buttons"`
		Files   []fileView     `json:"files"`
		Edited  bool           `json:"edited"`
	}
	chatButton struct {
		Label string `json:"label"`
		Data  string `json:"data"`
	}
	mailView struct {
		ID      string       `json:"id"`
		From    string       `json:"from"`
		Mine    bool         `json:"mine"`
		Subject string       `json:"subject"`
		Text    string       `json:"text"`
		HTML    string       `json:"html"`
		At      string       `json:"at"`
		Buttons []mailButton `json:"buttons"`
		Files   []fileView   `json:"files"`
	}
	mailButton struct {
		Label string `json:"label"`
		Word  string `json:"word"`
	}
	fileView struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	}
)

// sayRequest is what the page sends; each path uses the fields it needs.
type sayRequest struct {
	Person  string `json:"person"`
	Text    string `json:"text"`
	Message int    `json:"message"`
	Data    string `json:"data"`
	Mail    string `json:"mail"`
	To      string `json:"to"`
	Action  string `json:"action"`
}

// errPage is a mistake of whoever calls the page, told in Italian.
type errPage struct{ text string }

func (e errPage) Error() string { return e.text }

// maxPageBody bounds what the page may send: a message of 10,000 characters
// must reach the service, which answers it.
const maxPageBody = 256 << 10

// pageHandler serves the page and its programming interface for one demo.
func pageHandler(d *demo) (http.Handler, error) {
	static, err := fs.Sub(demoFiles, "demo")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(static))
	mux.HandleFunc("GET /api/state", func(rw http.ResponseWriter, r *http.Request) {
		v, err := d.state(r.Context())
		answer(rw, v, err)
	})
	mux.HandleFunc("GET /api/person/{id}", func(rw http.ResponseWriter, r *http.Request) {
		v, err := d.person(r.PathValue("id"))
		answer(rw, v, err)
	})
	mux.HandleFunc("GET /api/file/{id}/{name}", func(rw http.ResponseWriter, r *http.Request) {
		f, ok := d.file(r.PathValue("id"))
		if !ok {
			http.NotFound(rw, r)
			return
		}
		// What came as an attachment never runs in the page.
		rw.Header().Set("Content-Type", f.kind)
		if f.kind != "application/pdf" { // the viewer of the browser does not work in a sandbox
			rw.Header().Set("Content-Security-Policy", "sandbox")
		}
		rw.Header().Set("X-Content-Type-Options", "nosniff")
		rw.Header().Set("Content-Disposition", "inline; filename*=UTF-8''"+url.PathEscape(f.name))
		_, _ = rw.Write(f.body)
	})
	mux.HandleFunc("GET /api/events", d.changes.serve)
	post := func(path string, do func(q sayRequest) error) {
		mux.HandleFunc("POST "+path, func(rw http.ResponseWriter, r *http.Request) {
			var q sayRequest
			if err := json.NewDecoder(http.MaxBytesReader(rw, r.Body, maxPageBody)).Decode(&q); err != nil {
				answer(rw, nil, errPage{"richiesta che non si può leggere"})
				return
			}
			err := do(q)
			d.changes.ring()
			answer(rw, map[string]bool{"ok": true}, err)
		})
	}
	post("/api/say", func(q sayRequest) error {
		return d.act(func(w *world) error { return w.say(d.ctx, q.Person, q.Text) })
	})
	post("/api/press", func(q sayRequest) error {
		return d.act(func(w *world) error { return w.press(d.ctx, q.Person, q.Message, q.Data) })
	})
	post("/api/reply", func(q sayRequest) error {
		return d.act(func(w *world) error { return w.reply(d.ctx, q.Person, q.Mail, q.Text) })
	})
	post("/api/clock", func(q sayRequest) error {
		return d.act(func(w *world) error { return w.forward(d.ctx, q.To) })
	})
	post("/api/story", func(q sayRequest) error { return d.tellStory(q.Action) })
	return guarded(mux), nil
}

// guarded lets only pages of this same address in: a page of another site must
// not drive the demo through the browser of whoever runs it (DNS rebinding,
// forged requests).
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !localHost(r.Host) {
			http.Error(rw, "indirizzo non ammesso", http.StatusForbidden)
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" {
			u, err := url.Parse(origin)
			if err != nil || u.Host != r.Host {
				http.Error(rw, "origine non ammessa", http.StatusForbidden)
				return
			}
		}
		if r.Method == http.MethodPost && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			http.Error(rw, "serve application/json", http.StatusUnsupportedMediaType)
			return
		}
		h := rw.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Frame-Options", "SAMEORIGIN")
		next.ServeHTTP(rw, r)
	})
}

// localHost is true for an address of this machine: an IP literal or
// localhost; a name of the network could lead anywhere.
func localHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return host == "localhost" || net.ParseIP(strings.Trim(host, "[]")) != nil
}

// answer writes what was asked for, or one sentence that the page shows.
func answer(rw http.ResponseWriter, v any, err error) {
	var mistake errPage
	switch {
	case errors.As(err, &mistake):
		http.Error(rw, mistake.text, http.StatusBadRequest)
	case err != nil:
		http.Error(rw, "Qualcosa non ha funzionato: "+err.Error(), http.StatusInternalServerError)
	default:
		rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(rw).Encode(v)
	}
}

// bell tells every open page that something changed.
type bell struct {
	mu    sync.Mutex
	pages map[chan struct{}]bool
}

func newBell() *bell { return &bell{pages: map[chan struct{}]bool{}} }

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for page := range b.pages {
		select {
		case page <- struct{}{}:
		default: // told already
		}
	}
}

func (b *bell) serve(rw http.ResponseWriter, r *http.Request) {
	flush, ok := rw.(http.Flusher)
	if !ok {
		http.Error(rw, "non posso", http.StatusNotImplemented)
		return
	}
	page := make(chan struct{}, 1)
	b.mu.Lock()
	b.pages[page] = true
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		delete(b.pages, page)
		b.mu.Unlock()
	}()
	rw.Header().Set("Content-Type", "text/event-stream")
	for {
		if _, err := fmt.Fprint(rw, "data: changed\n\n"); err != nil {
			return
		}
		flush.Flush()
		select {
		case <-r.Context().Done():
			return
		case <-page:
		}
	}
}
