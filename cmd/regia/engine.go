package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"regia/bot"
	"regia/dialog"
	"regia/mail"
	"regia/scheduler"
	"regia/storage"
	"regia/training"
)

// engine joins the store, its writer and the conversations: whatever comes in
// goes through submit, wherever it comes from.
type engine struct {
	store   *storage.Store
	writer  *storage.Writer
	service *dialog.Service
	clock   scheduler.Clock
	log     *slog.Logger
	botID   int64 // whose updates are decoded again when a dead letter is retried
	count   counts
}

// counts are shown at /metrics; they start at zero with the process.
type counts struct {
	committed, already, died, temporary atomic.Int64
}

func newEngine(store *storage.Store, service *dialog.Service, clock scheduler.Clock, log *slog.Logger) *engine {
	e := &engine{store: store, service: service, clock: clock, log: log}
	e.writer = storage.NewWriter(store, func(tx dialog.Tx, in dialog.In) error {
		if empty(in) {
			return nil // an update that holds nothing for the service
		}
		return service.Handle(tx, in)
	}, service.Sorry, log)
	return e
}

func empty(in dialog.In) bool {
	return in.Chat == nil && in.Mail == nil && in.Slot == nil && in.Timer == nil && in.Sent == nil && in.Command == nil && in.Unread == nil
}

// undoWindow is how long a coordinator's action waits before anybody is told.
const undoWindow = 10 * time.Minute

// newService is what the conversations know of the province.
func newService(s settings, botName string) *dialog.Service {
	office := s.Mail.Office
	if office == "" {
		office = s.Mailbox.Address
	}
	return &dialog.Service{
		Name: s.Province.Service, Province: s.Province.Name, Office: office, Address: s.Mailbox.Address, Bot: botName,
		Certified: s.PEC.set(),
		Calendar:  training.Calendar{Patron: s.Province.Patron, Closures: s.Province.Closures},
		Model:     s.Province.Model,
		Topics:    s.Topics, Needs: training.NewReader(s.Topics), UndoWindow: undoWindow, Decision: s.Thresholds.Demand,
	}
}

// inputOf is a message as the writer takes it.
func inputOf(in dialog.In) (storage.Input, error) {
	raw, err := json.Marshal(in)
	if err != nil {
		return storage.Input{}, err
	}
	source, _, _ := strings.Cut(in.ID, ":")
	return storage.Input{ID: in.ID, Source: source, Raw: raw, At: in.At}, nil
}

// submit hands inputs to the writer and gives one error for each: nil is
// committed, committed before, or among the dead letters. What is handed in
// when the service is being stopped is committed still, unless there is no
// writer to do it.
func (e *engine) submit(ctx context.Context, inputs []storage.Input) []error {
	errs := make([]error, len(inputs))
	ctx, cancel := lingering(ctx, 5*time.Second)
	defer cancel()
	for i, r := range e.writer.Submit(ctx, inputs) {
		errs[i] = r.Err
		switch {
		case r.Err != nil:
			e.count.temporary.Add(1)
		case r.Outcome == storage.Committed:
			e.count.committed.Add(1)
		case r.Outcome == storage.Already:
			e.count.already.Add(1)
		default:
			e.count.died.Add(1)
		}
	}
	return errs
}

// lingering is a context that ends some time after its parent.
func lingering(parent context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	stop := context.AfterFunc(parent, func() { time.AfterFunc(d, cancel) })
	return ctx, func() { stop(); cancel() }
}

// handle submits messages that are understood already.
func (e *engine) handle(ctx context.Context, ins []dialog.In) []error {
	inputs := make([]storage.Input, len(ins))
	for i, in := range ins {
		input, err := inputOf(in)
		if err != nil { // it cannot happen: everything in it is plain data
			errs := make([]error, len(ins))
			for j := range errs {
				errs[j] = fmt.Errorf("message %s: %w", ins[i].ID, err)
			}
			return errs
		}
		inputs[i] = input
	}
	return e.submit(ctx, inputs)
}

// submitAll is handle for the scheduler, for which one error stands for all.
func (e *engine) submitAll(ctx context.Context, ins []dialog.In) error {
	return errors.Join(e.handle(ctx, ins)...)
}

// Take is the [bot.Intake]: updates are decoded where attempts are counted.
func (e *engine) Take(ctx context.Context, updates []bot.Update) error {
	inputs := make([]storage.Input, len(updates))
	for i, u := range updates {
		raw := u.Raw
		if u.File != nil {
			if both, err := json.Marshal(fetchedUpdate{u.Raw, u.File}); err == nil {
				raw = both
			}
		}
		inputs[i] = storage.Input{ID: u.ID, Source: "tg", Raw: raw, At: e.clock.Now(), Decode: e.decode(u.ID, raw)}
	}
	return errors.Join(e.submit(ctx, inputs)...)
}

// fetchedUpdate is an update with the file that it carried, as it is kept should
// it die: whoever tries it again has the file still.
type fetchedUpdate struct {
	Update json.RawMessage `json:"update"`
	File   *dialog.File    `json:"file"`
}

func (e *engine) decode(id string, raw []byte) func() (dialog.In, error) {
	now := e.clock.Now()
	return func() (dialog.In, error) {
		var f fetchedUpdate
		if json.Unmarshal(raw, &f) != nil || len(f.Update) == 0 {
			f.Update = raw
		}
		in, err := bot.Decode(f.Update, e.botID, now)
		if errors.Is(err, bot.ErrNothing) {
			return dialog.In{ID: id, At: now}, nil
		}
		if err == nil && in.Chat != nil && f.File != nil {
			in.Chat.File = f.File
		}
		return in, err
	}
}

// pending hands in what waits in the store for the writer: the ends of
// messages that could not be delivered, commands of other processes, dead
// letters tried again. It tells how many there were.
func (e *engine) pending(ctx context.Context) (int, error) {
	inputs, err := e.store.Pending(ctx, 64)
	if err != nil || len(inputs) == 0 {
		return 0, err
	}
	for i, input := range inputs {
		switch input.Source {
		case "tg":
			inputs[i].Decode = e.decode(input.ID, input.Raw)
		case storage.DeadSource:
			inputs[i].Decode = func() (dialog.In, error) { return unread(input), nil }
		}
	}
	return len(inputs), errors.Join(e.submit(ctx, inputs)...)
}

// unread tells of an input that could not be handled, with who wrote it and
// nothing else of it, or of a message that could not leave.
func unread(input storage.Input) dialog.In {
	u := &dialog.Unread{}
	_, original, _ := strings.Cut(input.ID, ":")
	switch source, _, _ := strings.Cut(original, ":"); source {
	case "tg":
		u.Chat = bot.ScanChat(input.Raw)
	case storage.OutSource:
		u.Leaving = true
	case "mail":
		var in struct{ Mail struct{ From string } }
		if json.Unmarshal(input.Raw, &in) == nil {
			u.From = in.Mail.From
		}
	}
	return dialog.In{ID: input.ID, At: input.At, Unread: u}
}

// render puts a message into words when it leaves.
func (e *engine) render(ctx context.Context, out dialog.Out) (dialog.Rendered, error) {
	r, err := e.service.Render(e.store.Reader(ctx), e.store.MAC, e.clock.Now(), out)
	if err != nil {
		return r, err
	}
	return r, finishAttachments(&r, e.service, e.clock.Now())
}

// keepChat stores a file that came in by chat.
func (e *engine) keepChat(_ context.Context, name, kind string, body io.Reader) (dialog.File, error) {
	return e.store.Files().Put(body, dialog.MaxFile, name, kind)
}

// keepMail stores an attachment of a mail.
func (e *engine) keepMail(a mail.Attachment) (dialog.File, error) {
	return e.store.Files().Put(bytes.NewReader(a.Body), dialog.MaxFile, a.Name, a.Type)
}

// desk understands mail and hands it in.
func (e *engine) desk(own mail.Address, authServID string) *mail.Desk {
	return &mail.Desk{
		Own: own, AuthServID: authServID, MAC: e.store.MAC,
		Keep: e.keepMail, Handle: e.handle, Now: e.clock.Now, Log: e.log,
		Fate: func(ctx context.Context, in dialog.In) (dialog.Fate, error) {
			return e.service.Fate(e.store.Reader(ctx), e.store.MAC, in)
		},
	}
}

// parts are what the scheduler moves.
func (e *engine) parts(since time.Time, settle func(context.Context, time.Time) error) scheduler.Parts {
	return scheduler.Parts{
		Jobs: scheduler.Table(training.Rome()), Store: e.store, Submit: e.submitAll, Settle: settle, Since: since,
	}
}

// found are the organization of the Province and the first coordinators, as
// the configuration names them; an address that the roster knows already is
// left to it.
func found(s settings, r dialog.Reader, mac func(...string) string, now time.Time) (dialog.In, error) {
	org := "provincia-" + s.Province.ID
	rows := []training.Row{{Organization: &training.Organization{ID: org, Name: s.Province.Name, Kind: training.Province}}}
	for _, address := range s.Province.Coordinators {
		var known map[string]any
		if ok, err := r.Load(dialog.MakeRef("address", mac("address", strings.ToLower(address))), &known); err != nil {
			return dialog.In{}, err
		} else if ok {
			continue
		}
		first, last := nameOf(address)
		rows = append(rows, training.Row{Person: &training.PersonRow{
			Organization: org, First: first, Last: last, Relation: training.Employee, Coordinator: true,
			Address: &training.Address{Mail: strings.ToLower(address), Kind: training.Personal},
		}})
	}
	return commandIn("import", rows, now)
}

// nameOf reads a name out of a work address, until the roster has the right
// one: «anna.de-rossi@…» is Anna De Rossi.
func nameOf(address string) (first, last string) {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	words := strings.FieldsFunc(local, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	if len(words) == 0 {
		return "", ""
	}
	return words[0], strings.Join(words[1:], " ")
}
