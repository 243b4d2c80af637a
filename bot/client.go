package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	json "github.com/go-json-experiment/json/v1"
	telegram "github.com/go-telegram/bot"

	"regia/dialog"
)

// Config tells how to reach the Bot API.
type Config struct {
	Token string
	API   string // base address; https://api.telegram.org when empty
	Log   *slog.Logger

	// Commands are shown in the menu of the chat; set when the reader starts.
	Commands []Command
	// Keep stores an incoming file before its update is handled. Without it
	// files are named to the conversations but not kept.
	Keep func(ctx context.Context, name, mime string, body io.Reader) (dialog.File, error)

	Concurrency int  // calls in flight at once, 32 when 0
	NoLimits    bool // benchmarks and the demo: send as fast as the server takes
}

// Command is a command in the menu of the chat.
type Command struct {
	Name        string // without the slash
	Description string
}

const (
	publicAPI   = "https://api.telegram.org"
	callTimeout = 30 * time.Second
	pollTimeout = 50 * time.Second // how long Telegram may keep a call open
	maxAnswer   = 64 << 20         // bytes of an answer that are read
)

// client calls the methods of the Bot API. Parameters, models and errors are
// those of the library. The calls that happen for every message go out as JSON
// and not through the library's multipart form, which costs a pipe and a
// goroutine each and, being a stream, cannot be sent again when an idle
// connection turns out to be closed.
type client struct {
	base    string // with the token
	file    string // where files are fetched, with the token
	token   string
	id      int64
	http    *http.Client
	log     *slog.Logger
	library *telegram.Bot
}

func newClient(cfg Config) (*client, error) {
	api := strings.TrimRight(cfg.API, "/")
	if api == "" {
		api = publicAPI
	}
	if err := checkAddress(api); err != nil {
		return nil, err
	}
	first, secret, _ := strings.Cut(cfg.Token, ":")
	id, err := strconv.ParseInt(first, 10, 64)
	if err != nil || id <= 0 || secret == "" || strings.ContainsAny(cfg.Token, "/?#% \t\r\n") {
		return nil, errors.New("the Telegram token is not of the form <number>:<letters>")
	}
	log := cfg.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	n := concurrency(cfg)
	transport := &http.Transport{
		Proxy:       http.ProxyFromEnvironment,
		DialContext: (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		// One for each sender, the poll, and the answers to callbacks: with
		// the two that are the default, every burst pays for new connections.
		MaxIdleConnsPerHost: n + answerers + 2,
		MaxIdleConns:        n + answerers + 2,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second,
		ForceAttemptHTTP2:   true,
	}
	c := &client{
		base: api + "/bot" + cfg.Token + "/", file: api + "/file/bot" + cfg.Token + "/",
		token: cfg.Token, id: id, log: log,
		http: &http.Client{
			Transport: transport,
			// A redirect would carry the token elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	c.library, err = telegram.New(cfg.Token,
		telegram.WithSkipGetMe(), telegram.WithServerURL(api), telegram.WithHTTPClient(pollTimeout, c.http),
		telegram.WithErrorsHandler(func(error) {}))
	if err != nil {
		return nil, c.redact(fmt.Errorf("telegram: %w", err))
	}
	return c, nil
}

func concurrency(cfg Config) int {
	if cfg.Concurrency > 0 {
		return cfg.Concurrency
	}
	return 32
}

// checkAddress wants TLS, but on loopback.
func checkAddress(api string) error {
	u, err := url.Parse(api)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return errors.New("the address of the Bot API is not one")
	}
	switch u.Scheme {
	case "https":
		return nil
	case "http":
		ip := net.ParseIP(u.Hostname())
		if u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
			return nil
		}
	}
	return errors.New("the address of the Bot API must begin with https:// (http:// only to loopback)")
}

// statusError is a refusal for which the library has no error of its own.
type statusError struct {
	code int
	text string
}

func (e *statusError) Error() string { return fmt.Sprintf("telegram answered %d: %s", e.code, e.text) }

// redacted is an error whose words do not hold the token.
type redacted struct {
	text string
	err  error
}

func (e *redacted) Error() string { return e.text }
func (e *redacted) Unwrap() error { return e.err }

func (c *client) redact(err error) error {
	if err == nil || !strings.Contains(err.Error(), c.token) {
		return err
	}
	return &redacted{text: strings.ReplaceAll(err.Error(), c.token, "***"), err: err}
}

// call posts a method with its parameters as JSON and returns the body of the
// answer; what is not {"ok":true} is an error.
func (c *client) call(ctx context.Context, method string, params any) ([]byte, error) {
	body, err := c.post(ctx, method, params)
	if err != nil {
		return nil, err
	}
	return body.raw, answerError(body)
}

type answer struct {
	status int
	raw    []byte
}

func (c *client) post(ctx context.Context, method string, params any) (answer, error) {
	raw, err := json.Marshal(params)
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", method, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+method, bytes.NewReader(raw))
	if err != nil {
		return answer{}, c.redact(fmt.Errorf("%s: %w", method, err))
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, c.redact(fmt.Errorf("%s: %w", method, err))
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer{}, c.redact(fmt.Errorf("%s: read the answer: %w", method, err))
	}
	return answer{status: resp.StatusCode, raw: got}, nil
}

// answerError reads a refusal into the errors of the library.
func answerError(a answer) error {
	if a.status == http.StatusOK {
		return nil
	}
	var r struct {
		Code        int    `json:"error_code"`
		Description string `json:"description"`
		Parameters  struct {
			RetryAfter int `json:"retry_after"`
		} `json:"parameters"`
	}
	if json.Unmarshal(a.raw, &r) != nil || r.Code == 0 {
		return &statusError{code: a.status} // a proxy in between
	}
	switch r.Code {
	case http.StatusTooManyRequests:
		return &telegram.TooManyRequestsError{Message: r.Description, RetryAfter: r.Parameters.RetryAfter}
	case http.StatusForbidden:
		return fmt.Errorf("%w, %s", telegram.ErrorForbidden, r.Description)
	case http.StatusBadRequest:
		return fmt.Errorf("%w, %s", telegram.ErrorBadRequest, r.Description)
	case http.StatusUnauthorized:
		return fmt.Errorf("%w, %s", telegram.ErrorUnauthorized, r.Description)
	case http.StatusNotFound:
		return fmt.Errorf("%w, %s", telegram.ErrorNotFound, r.Description)
	case http.StatusConflict:
		return fmt.Errorf("%w, %s", telegram.ErrorConflict, r.Description)
	}
	return &statusError{code: r.Code, text: r.Description}
}

// Check asks Telegram who the token belongs to: for `regia check`.
func Check(ctx context.Context, cfg Config) (username string, err error) {
	c, err := newClient(cfg)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	me, err := c.library.GetMe(ctx)
	if err != nil {
		return "", c.redact(err)
	}
	return me.Username, nil
}
