package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"regia/bot/bottest"
	"regia/storage"
)

// patience is how long a test waits for what another process does in its own
// time. It decides nothing: only a test that fails waits that long.
const patience = 30 * time.Second

// until waits for a condition.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	end := time.NewTimer(patience)
	defer end.Stop()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !ok() {
		select {
		case <-look.C:
		case <-end.C:
			t.Fatalf("%s: not within %s", what, patience)
		}
	}
}

// must ends the test with an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// stage is what stands around the real program: its binary, a folder, a Bot
// API that hears everything, and the environment.
type stage struct {
	t      testing.TB
	binary string
	dir    string
	env    map[string]string
	bot    *bottest.Server
	api    *httptest.Server
	ears   *ears

	serving *serving    // the latest
	clock   *rehearsing // nil where the clock ticks by itself

	calls chan struct{} // one for each request to the Bot API that begins or ends
	open  atomic.Int64  // connections to the Bot API
}

// newStage builds the program, unless REGIA_TEST_BINARY names one, and opens
// the Bot API. Without REGIA_TEST_REAL the test is skipped.
func newStage(t testing.TB, toml string) *stage {
	t.Helper()
	if os.Getenv("REGIA_TEST_REAL") == "" {
		t.Skip("skipped: with REGIA_TEST_REAL=1 it starts the program and its servers")
	}
	s := &stage{t: t, binary: os.Getenv("REGIA_TEST_BINARY"), dir: t.TempDir(), calls: make(chan struct{}, 1000)}
	if s.binary == "" {
		s.binary = filepath.Join(s.dir, "regia")
		if out, err := exec.Command("go", "build", "-o", s.binary, ".").CombinedOutput(); err != nil {
			t.Fatalf("go build: %v\n%s", err, out)
		}
	}
	s.bot = bottest.New(bottest.Options{})
	s.ears = listen(s.bot)
	s.api = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.ring()
		s.bot.ServeHTTP(w, r)
		s.ring()
	}))
	s.api.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			s.open.Add(1)
		case http.StateClosed, http.StateHijacked:
			s.open.Add(-1)
		}
	}
	s.api.Start()
	t.Cleanup(s.api.Close)
	t.Cleanup(func() { _ = s.bot.Close() })
	s.env = map[string]string{
		"PATH": os.Getenv("PATH"), "HOME": s.dir,
		"REGIA_CONFIG": s.file("regia.toml", toml), "REGIA_DATA": filepath.Join(s.dir, "data"),
		"REGIA_TELEGRAM_API": s.api.URL, "REGIA_TELEGRAM_TOKEN": s.bot.Token(),
	}
	return s
}

func (s *stage) ring() {
	select {
	case s.calls <- struct{}{}:
	default:
	}
}

// file writes a file of the test and gives its path.
func (s *stage) file(name, text string) string {
	path := filepath.Join(s.dir, name)
	must(s.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func (s *stage) getenv(name string) string { return s.env[name] }

func (s *stage) command(args ...string) *exec.Cmd {
	cmd := exec.Command(s.binary, args...)
	cmd.Dir = s.dir
	for k, v := range s.env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	return cmd
}

// run runs a subcommand to its end and gives what it printed.
func (s *stage) run(args ...string) (string, error) {
	out, err := s.command(args...).CombinedOutput()
	return string(out), err
}

// serving is a running `regia serve`.
type serving struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	err  error         // then
}

// serve starts the service; its log is shown when the test fails.
func (s *stage) serve(args ...string) *serving {
	s.t.Helper()
	log, err := os.OpenFile(filepath.Join(s.dir, "serve.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	must(s.t, err)
	p := &serving{cmd: s.command(append([]string{"serve"}, args...)...), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	must(s.t, storage.StartBound(p.cmd, func(err error) {
		p.err = err
		_ = log.Close()
		close(p.done)
	}))
	s.serving = p
	s.t.Cleanup(func() {
		// In order, or its redis-server would still write while the folder is
		// being removed.
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-p.done:
		case <-time.After(patience):
			_ = p.cmd.Process.Kill()
			<-p.done
		}
	})
	return p
}

// showLog has what there is to know of the service printed when the test fails:
// its figures, what its log warns of and ends with, and what each goroutine does.
func (s *stage) showLog() {
	s.t.Cleanup(func() {
		if !s.t.Failed() {
			return
		}
		if address := s.env["REGIA_HTTP"]; address != "" {
			for _, page := range []string{"metrics", "clock"} { // the second only of a rehearsal
				text, err := get("GET", "http://"+address+"/"+page)
				s.t.Logf("%s: %v\n%s", page, err, text)
			}
		}
		s.t.Logf("Telegram: %d updates wait, %+v", s.bot.Pending(), s.bot.Stats())
		_ = s.serving.cmd.Process.Signal(syscall.SIGQUIT)
		select {
		case <-s.serving.done:
		case <-time.After(patience):
		}
		raw, _ := os.ReadFile(filepath.Join(s.dir, "serve.log"))
		log, goroutines, _ := strings.Cut(string(raw), "SIGQUIT")
		var odd strings.Builder
		for line := range strings.Lines(log) {
			if !strings.Contains(line, "level=INFO") && odd.Len() < 10_000 {
				odd.WriteString(line)
			}
		}
		s.t.Logf("what the log warns of:\n%s\nits end:\n%s\nthe goroutines:\n%.30000s", &odd, log[max(0, len(log)-3000):], goroutines)
	})
}

// stop ends the service as a system does, and wants it to end well.
func (p *serving) stop(t testing.TB) {
	t.Helper()
	must(t, p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.done:
	case <-time.After(patience):
		t.Fatal("the service does not stop on SIGTERM")
	}
	if p.err != nil {
		t.Fatalf("the service stopped with %v", p.err)
	}
}

// ears hear every message of the Bot API, new or edited, in order.
type ears struct {
	mu    sync.Mutex
	life  int // of the program: counted by who starts it anew
	all   int // messages heard, new and edited
	heard map[int64][]heard
}

// heard is something that reached a chat.
type heard struct {
	bottest.Message
	life   int
	edited bool
}

func listen(bot *bottest.Server) *ears {
	e := &ears{heard: map[int64][]heard{}}
	messages, _ := bot.Subscribe() // ends with the server
	go func() {
		for m := range messages {
			e.hear(m)
		}
	}()
	return e
}

func (e *ears) hear(m bottest.Message) {
	if !m.FromBot {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all++
	edited := len(m.Before) > 0
	e.heard[m.Chat] = append(e.heard[m.Chat], heard{m, e.life, edited})
}

// since is what reached a chat after the first n things.
func (e *ears) since(chat int64, n int) []heard {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]heard(nil), e.heard[chat][min(n, len(e.heard[chat])):]...)
}

// total is how many messages were heard, new and edited.
func (e *ears) total() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.all
}

func (e *ears) count(chat int64) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.heard[chat])
}

// chatter is a person in the chat.
type chatter struct {
	s    *stage
	chat int64
	name string
	mark int // what was heard before the last act
}

func (c *chatter) say(text string) {
	c.mark = c.s.ears.count(c.chat)
	c.s.bot.Say(c.chat, text)
}

// opens has a coordinator open a course on the day of the story.
func (c *chatter) opens(title string, d days, seats int) {
	c.s.t.Helper()
	c.say(fmt.Sprintf("nuovo corso: %s; %s ore 9-13; Sala; %d posti", title, d.words, seats))
	c.hears("Controlla")
	c.press("Apri il corso")
	c.hears("Aperto")
}

// press presses the button with that label on the latest message that has it.
func (c *chatter) press(label string) {
	c.s.t.Helper()
	c.pressOn("", label)
}

// pressOn is press on the latest message that has the words, too.
func (c *chatter) pressOn(words, label string) {
	c.s.t.Helper()
	c.mark = c.s.ears.count(c.chat)
	messages := c.s.bot.Messages(c.chat)
	for i := len(messages) - 1; i >= 0; i-- {
		for _, row := range messages[i].Buttons {
			for _, b := range row {
				if strings.Contains(messages[i].Text, words) && strings.EqualFold(b.Label, label) {
					_, err := c.s.bot.Press(c.chat, messages[i].ID, b.Data)
					must(c.s.t, err)
					return
				}
			}
		}
	}
	c.s.t.Fatalf("%s has no button %q; heard:\n%s", c.name, label, c.all())
}

// hears waits until the words reach the person after the last act.
func (c *chatter) hears(words string) string {
	c.s.t.Helper()
	_, text := c.hearsOneOf(words)
	return text
}

// hearsOneOf waits for any of the words and tells which.
func (c *chatter) hearsOneOf(words ...string) (int, string) {
	c.s.t.Helper()
	end := time.NewTimer(patience)
	defer end.Stop()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		for _, m := range c.s.ears.since(c.chat, c.mark) {
			for i, w := range words {
				if strings.Contains(m.Text, w) {
					return i, m.Text
				}
			}
		}
		select {
		case <-look.C:
		case <-end.C:
			c.s.t.Fatalf("%s never heard %q; heard since:\n%s", c.name, words, c.all())
		}
	}
}

// notHeard wants that words did not reach the person since the last act.
func (c *chatter) notHeard(words string) {
	c.s.t.Helper()
	for _, m := range c.s.ears.since(c.chat, c.mark) {
		if strings.Contains(m.Text, words) {
			c.s.t.Errorf("%s heard %q too early", c.name, words)
		}
	}
}

func (c *chatter) all() string {
	var b strings.Builder
	for _, m := range c.s.ears.since(c.chat, c.mark) {
		fmt.Fprintf(&b, "  %s\n", m.Text)
	}
	return b.String()
}

// join links the chat with the code that comes by mail; code reads it.
func (c *chatter) join(mail string, code func(mail string) string) {
	c.s.t.Helper()
	c.say("/start")
	c.hears("email di lavoro")
	c.say(mail)
	c.hears("il codice è arrivato")
	c.say(code(mail))
	c.hearsOneOf("ricevi i messaggi", "da qui guidi")
}

// freeAddress is one on loopback that nobody listens on.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().String()
}

// get asks the service's own page on loopback.
func get(method, url string) (string, error) {
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, body)
	}
	return string(body), err
}
