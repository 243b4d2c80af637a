package bottest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options says how the server behaves. The zero value is a server without
// limits that lives by the clock of the machine.
type Options struct {
	Token    string           // "123456:test" when empty
	Username string           // "regia_test_bot" when empty
	Clock    func() time.Time // time.Now when nil
	Limits   Limits
	Seed     uint64 // of the update ids
	// Forget drops what was sent after counting it: for benchmarks.
	Forget bool
}

// Call tells a [Server.Fault] hook which request is being answered.
type Call struct {
	Method string
	Chat   int64 // 0 when the method has none
}

// Failure is an answer that the server gives in place of the right one.
type Failure struct {
	Code        int // HTTP status and error_code
	Description string
	RetryAfter  int
	// Garbage is sent as the body, as proxies in trouble do.
	Garbage string
	// After lets the request have its effect before the failure is answered:
	// a connection lost on the way back.
	After bool
}

// Stats counts what happened.
type Stats struct {
	Calls   map[string]int // by method
	Sent    int            // messages accepted
	Edited  int
	TooMany int // answers with 429
}

// Server is a Bot API for one bot.
type Server struct {
	opt  Options
	http *http.Server
	url  string

	mu       sync.Mutex
	rnd      *rand.Rand
	fault    func(Call) *Failure
	stats    Stats
	chats    map[int64]*chat
	messages int // last message id
	callback map[string]bool
	queries  int
	files    map[string]stored
	commands []Command
	limiter  limiter
	subs     map[int]*subscriber
	subID    int

	queue   []queued
	nextID  int64
	lastAt  time.Time     // of the last update
	news    chan struct{} // closed and replaced when an update arrives
	poll    chan struct{} // closed when another getUpdates begins
	allowed map[string]bool
}

// Command is a command announced with setMyCommands.
type Command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

type chat struct {
	blocked bool
	list    []*Message
	byID    map[int]*Message
}

type stored struct {
	doc  Document
	path string
}

// New makes a server that does not listen: it is an [http.Handler].
func New(opt Options) *Server {
	if opt.Token == "" {
		opt.Token = "123456:test"
	}
	if opt.Username == "" {
		opt.Username = "regia_test_bot"
	}
	if opt.Clock == nil {
		opt.Clock = time.Now
	}
	s := &Server{
		opt: opt, rnd: rand.New(rand.NewPCG(opt.Seed, 1)),
		chats: map[int64]*chat{}, callback: map[string]bool{}, files: map[string]stored{},
		subs: map[int]*subscriber{}, news: make(chan struct{}),
		limiter: limiter{limits: opt.Limits, chats: map[int64]*turn{}},
		stats:   Stats{Calls: map[string]int{}},
	}
	s.nextID = s.randomID()
	return s
}

// Start makes a server that listens on a free port of loopback.
func Start(opt Options) (*Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen on loopback: %w", err)
	}
	s := New(opt)
	s.url = "http://" + l.Addr().String()
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.http.Serve(l) }()
	return s, nil
}

// URL is the base address of the API, for REGIA_TELEGRAM_API.
func (s *Server) URL() string { return s.url }

// Token is the token that the bot must use.
func (s *Server) Token() string { return s.opt.Token }

// BotID is the first half of the token.
func (s *Server) BotID() int64 {
	var id int64
	_, _ = fmt.Sscanf(s.opt.Token, "%d:", &id)
	return id
}

// Close ends the server and the calls that wait.
func (s *Server) Close() error {
	s.mu.Lock()
	for id, sub := range s.subs {
		sub.end()
		delete(s.subs, id)
	}
	s.mu.Unlock()
	if s.http == nil {
		return nil
	}
	if err := s.http.Close(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}

// Fault installs a hook that may answer a call in the server's place; nil
// removes it.
func (s *Server) Fault(hook func(Call) *Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = hook
}

// SetLimits changes the limits from now on.
func (s *Server) SetLimits(l Limits) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limiter = limiter{limits: l, chats: map[int64]*turn{}}
}

// Stats returns the counts so far.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.stats
	out.Calls = make(map[string]int, len(s.stats.Calls))
	for k, v := range s.stats.Calls {
		out.Calls[k] = v
	}
	return out
}

// Commands returns the commands that the bot announced.
func (s *Server) Commands() []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Command(nil), s.commands...)
}

// ServeHTTP answers /bot<token>/<method> and /file/bot<token>/<path>.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rest, ok := strings.CutPrefix(r.URL.Path, "/file/bot"+s.opt.Token+"/"); ok {
		s.serveFile(w, rest)
		return
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/bot")
	token, method, found := strings.Cut(rest, "/")
	if !ok || !found {
		refuse(w, &apiError{code: http.StatusNotFound, text: "Not Found"})
		return
	}
	if token != s.opt.Token {
		refuse(w, &apiError{code: http.StatusUnauthorized, text: "Unauthorized"})
		return
	}
	fields, known := methods[method]
	if !known {
		refuse(w, &apiError{code: http.StatusNotFound, text: "Not Found: method not found"})
		return
	}
	args, err := readArgs(w, r, fields)
	if err != nil {
		refuse(w, err)
		return
	}
	failure := s.begin(method, args)
	if failure != nil && !failure.After {
		answerFailure(w, failure)
		return
	}
	result, err := s.answer(r, method, args)
	switch {
	case failure != nil:
		answerFailure(w, failure)
	case err != nil:
		refuse(w, err)
	default:
		if list, ok := result.(updates); ok {
			list.write(w)
			return
		}
		writeJSON(w, http.StatusOK, map[string]any{"ok": true, "result": result})
	}
}

// begin counts the call and asks the hook about it.
func (s *Server) begin(method string, args arguments) *Failure {
	s.mu.Lock()
	s.stats.Calls[method]++
	hook := s.fault
	s.mu.Unlock()
	if hook == nil {
		return nil
	}
	return hook(Call{Method: method, Chat: args.integer("chat_id")})
}

func (s *Server) answer(r *http.Request, method string, args arguments) (any, *apiError) {
	switch method {
	case "getMe":
		return map[string]any{
			"id": s.BotID(), "is_bot": true, "first_name": "ImperiaForma", "username": s.opt.Username,
			"can_join_groups": false, "can_read_all_group_messages": false, "supports_inline_queries": false,
		}, nil
	case "getUpdates":
		return s.getUpdates(r.Context(), args)
	case "deleteWebhook":
		return s.deleteWebhook(args), nil
	case "setMyCommands":
		return s.setMyCommands(args)
	case "sendMessage":
		return s.sendMessage(args)
	case "sendDocument":
		return s.sendDocument(args)
	case "editMessageText":
		return s.edit(args, true)
	case "editMessageReplyMarkup":
		return s.edit(args, false)
	case "answerCallbackQuery":
		return s.answerCallback(args)
	case "getFile":
		return s.getFile(args)
	}
	return nil, &apiError{code: http.StatusNotFound, text: "Not Found: method not found"}
}
