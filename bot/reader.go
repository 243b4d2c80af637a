package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	telegram "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"regia/dialog"
)

// Update is an update as it came.
type Update struct {
	ID       string       // "tg:<bot id>:<update_id>"
	Raw      []byte       // for Decode
	Callback string       // of the callback query to answer, if it is one
	File     *dialog.File // kept already, where the update carries a file: goes into In.Chat.File
}

// Intake takes updates in, in order. Take returns without an error once every
// one of them is committed or with the dead letters; an error means that none
// may be forgotten by Telegram, and all are given again.
type Intake interface {
	Take(ctx context.Context, updates []Update) error
}

// Reader fetches updates.
type Reader struct {
	*client
	intake   Intake
	keep     keepFunc
	commands []Command

	// confirm is the offset of the next call: one more than the last update
	// that was taken in, or 0 when Telegram has been told already. It is told
	// once only: ids may begin anew below it.
	confirm int64
	small   bool // the last answer was unreadable: ask for one update

	queries chan string
}

const (
	pageSize  = 100 // Telegram's most
	answerers = 4   // callbacks being answered at once
)

// NewReader makes a reader; it does not call Telegram yet.
func NewReader(cfg Config, intake Intake) (*Reader, error) {
	c, err := newClient(cfg)
	if err != nil {
		return nil, err
	}
	return &Reader{client: c, intake: intake, keep: cfg.Keep, commands: cfg.Commands, queries: make(chan string, 10*pageSize)}, nil
}

// BotID is the number in the token, as in the ids of updates.
func (r *Reader) BotID() int64 { return r.id }

// Setup ends a webhook that may be left (with it, polling is refused) and sets
// the menu of commands. Run begins with it.
func (r *Reader) Setup(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if _, err := r.library.DeleteWebhook(ctx, &telegram.DeleteWebhookParams{}); err != nil {
		return r.redact(fmt.Errorf("delete the webhook: %w", err))
	}
	if len(r.commands) == 0 {
		return nil
	}
	list := make([]models.BotCommand, len(r.commands))
	for i, c := range r.commands {
		list[i] = models.BotCommand{Command: c.Name, Description: c.Description}
	}
	if _, err := r.library.SetMyCommands(ctx, &telegram.SetMyCommandsParams{Commands: list}); err != nil {
		return r.redact(fmt.Errorf("set the commands: %w", err))
	}
	return nil
}

// Run reads until the context ends. No failure ends it.
func (r *Reader) Run(ctx context.Context) error {
	ready := r.prepared(ctx)
	var workers sync.WaitGroup
	for range answerers {
		workers.Go(func() {
			for q := range r.queries {
				if ctx.Err() == nil { // best effort: stopping waits for the one in hand
					r.answer(context.WithoutCancel(ctx), q)
				}
			}
		})
	}
	failures := 0
	for ctx.Err() == nil {
		if _, err := r.poll(ctx, pollTimeout); err != nil && ctx.Err() == nil {
			failures++
			wait := pollWait(err, failures)
			r.log.Warn("updates could not be read", slog.Any("error", err), slog.Duration("wait", wait))
			sleep(ctx, wait)
			ready = ready || ctx.Err() == nil && r.prepared(ctx)
			continue
		}
		failures = 0
	}
	close(r.queries)
	workers.Wait()
	r.queries = make(chan string, cap(r.queries))
	r.farewell(ctx)
	return ctx.Err()
}

// prepared tells whether Setup succeeded; reading does not wait for it.
func (r *Reader) prepared(ctx context.Context) bool {
	err := r.Setup(ctx)
	if err != nil && ctx.Err() == nil {
		r.log.Warn("telegram is not set up", slog.Any("error", err))
	}
	return err == nil
}

// Step reads what is there now, without waiting for more, answers the
// callbacks, and returns the number of updates taken in.
func (r *Reader) Step(ctx context.Context) (int, error) {
	n, err := r.poll(ctx, 0)
	for {
		select {
		case q := <-r.queries:
			r.answer(ctx, q)
			continue
		default:
		}
		return n, err
	}
}

// allowed are the kinds of update that Decode knows.
var allowed = []string{
	models.AllowedUpdateMessage, models.AllowedUpdateEditedMessage,
	models.AllowedUpdateCallbackQuery, models.AllowedUpdateMyChatMember,
}

type getUpdates struct {
	Offset  int64    `json:"offset,omitempty"`
	Limit   int      `json:"limit"`
	Timeout int      `json:"timeout"`
	Allowed []string `json:"allowed_updates"`
}

// poll makes one call, which also confirms what the one before took in, and
// hands on what it brings.
func (r *Reader) poll(ctx context.Context, wait time.Duration) (int, error) {
	params := getUpdates{Offset: r.confirm, Limit: pageSize, Timeout: int(wait / time.Second), Allowed: allowed}
	if r.small {
		params.Limit = 1
	}
	call, cancel := context.WithTimeout(ctx, wait+callTimeout)
	defer cancel()
	got, err := r.post(call, "getUpdates", params)
	if err == nil {
		err = answerError(got)
	}
	if err != nil {
		return 0, err
	}
	list, ok := updatesOf(got.raw)
	if !ok {
		r.small = true
		return 0, errors.New("getUpdates: the answer cannot be read")
	}
	r.confirm = 0
	return r.take(ctx, list)
}

func (r *Reader) take(ctx context.Context, list [][]byte) (int, error) {
	updates := make([]Update, 0, len(list))
	var last int64
	for _, raw := range list {
		h, ok := headOf(raw)
		if !ok {
			// Without an id there is nothing to remember or to confirm; it
			// goes when the one after it is confirmed.
			r.log.Error("an update without an id was left out", slog.Int("bytes", len(raw)))
			continue
		}
		last = h.ID
		u := Update{ID: inputID(r.id, h.ID), Raw: raw, Callback: h.Callback.ID}
		if d := h.Message.Document; d != nil && h.Message.Chat.Type == private {
			u.File = r.fetch(ctx, u.ID, d)
		}
		updates = append(updates, u)
	}
	if len(updates) == 0 {
		if len(list) > 0 {
			return 0, errors.New("getUpdates: no update has an id")
		}
		r.small = false
		return 0, nil
	}
	if err := r.intake.Take(ctx, updates); err != nil {
		return 0, fmt.Errorf("take updates in: %w", err)
	}
	r.confirm, r.small = last+1, false
	for _, u := range updates {
		if u.Callback == "" {
			continue
		}
		select {
		case r.queries <- u.Callback:
		default: // best effort: the button stops turning by itself
		}
	}
	return len(updates), nil
}

// answer ends the turning of a pressed button.
func (r *Reader) answer(ctx context.Context, query string) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := r.call(ctx, "answerCallbackQuery", telegram.AnswerCallbackQueryParams{CallbackQueryID: query}); err != nil {
		r.log.Debug("a callback was not answered", slog.Any("error", err))
	}
}

// farewell confirms what was taken in last, so that the next start does not
// see it again; it would know it anyway.
func (r *Reader) farewell(ctx context.Context) {
	if r.confirm == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if _, err := r.call(ctx, "getUpdates", getUpdates{Offset: r.confirm, Limit: 1, Allowed: allowed}); err == nil {
		r.confirm = 0
	}
}

// pollWait is how long to wait after a failure.
func pollWait(err error, failures int) time.Duration {
	var fast *telegram.TooManyRequestsError
	if errors.As(err, &fast) {
		return time.Duration(max(fast.RetryAfter, 1)) * time.Second
	}
	return min(100*time.Millisecond<<min(failures, 8), 15*time.Second)
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
