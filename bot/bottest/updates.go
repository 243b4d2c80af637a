package bottest

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	json "github.com/go-json-experiment/json/v1"
)

// queued is an update that waits for the bot.
type queued struct {
	id   int64
	kind string // "" is given whatever was allowed
	at   time.Time
	raw  json.RawMessage
}

const day = 24 * time.Hour

func (s *Server) randomID() int64 { return 1_000_000 + s.rnd.Int64N(1_000_000_000) }

// push queues an update built by make with its id; the lock is held.
func (s *Server) push(kind string, update map[string]any) int64 {
	now := s.opt.Clock()
	id := s.newID(now)
	raw, err := json.Marshal(update)
	if err != nil {
		panic(err) // maps of plain values
	}
	// Telegram writes the id first.
	raw = append([]byte(`{"update_id":`+strconv.FormatInt(id, 10)+`,`), raw[1:]...)
	s.enqueue(queued{id: id, kind: kind, at: now, raw: raw})
	return id
}

func (s *Server) newID(now time.Time) int64 {
	if !s.lastAt.IsZero() && now.Sub(s.lastAt) > 7*day {
		s.nextID = s.randomID()
	}
	s.lastAt = now
	id := s.nextID
	s.nextID++
	return id
}

func (s *Server) enqueue(q queued) {
	s.queue = append(s.queue, q)
	close(s.news)
	s.news = make(chan struct{})
}

// Inject queues an update as it is, whatever it is; it must be JSON unless the
// whole answer is to be broken. The text %ID% in it becomes the next id, which
// is returned.
func (s *Server) Inject(raw string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opt.Clock()
	id := s.newID(now)
	s.enqueue(queued{id: id, at: now, raw: json.RawMessage(strings.ReplaceAll(raw, "%ID%", strconv.FormatInt(id, 10)))})
	return id
}

// Pending is the number of updates that the bot has not confirmed.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue)
}

// NextID sets the id of the next update.
func (s *Server) NextID(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextID = id
}

// updates is a list of updates that is written as it is, even where one is
// not JSON.
type updates []json.RawMessage

func (u updates) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"ok":true,"result":[`)
	for i, raw := range u {
		if i > 0 {
			_, _ = io.WriteString(w, ",\n")
		}
		_, _ = w.Write(raw)
	}
	_, _ = io.WriteString(w, "]}")
}

func (s *Server) getUpdates(ctx context.Context, args arguments) (any, *apiError) {
	limit := int(args.integer("limit"))
	if _, ok := args["limit"]; !ok {
		limit = 100
	}
	timeout := args.integer("timeout")
	if limit < 1 || limit > 100 {
		limit = 100
	}
	if timeout < 0 {
		return nil, bad("wrong timeout")
	}
	s.mu.Lock()
	if list, ok := args["allowed_updates"].([]any); ok {
		s.allow(list)
	}
	s.confirm(args.integer("offset"))
	if s.poll != nil {
		close(s.poll)
	}
	mine := make(chan struct{})
	s.poll = mine
	s.mu.Unlock()

	defer func() {
		s.mu.Lock()
		if s.poll == mine {
			s.poll = nil
		}
		s.mu.Unlock()
	}()
	deadline := time.NewTimer(time.Duration(timeout) * time.Second)
	defer deadline.Stop()
	for {
		s.mu.Lock()
		found := s.fetch(limit)
		news := s.news
		s.mu.Unlock()
		if len(found) > 0 || timeout == 0 {
			return updates(found), nil
		}
		select {
		case <-news:
		case <-deadline.C:
			return updates(found), nil
		case <-ctx.Done():
			return updates(found), nil
		case <-mine:
			return nil, &apiError{code: http.StatusConflict, text: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}
		}
	}
}

// confirm drops what is below offset from the front of the queue, and what
// nobody fetched for a day. A negative offset keeps that many at the end.
func (s *Server) confirm(offset int64) {
	now := s.opt.Clock()
	for len(s.queue) > 0 && now.Sub(s.queue[0].at) > day {
		s.queue = s.queue[1:]
	}
	switch {
	case offset > 0:
		for len(s.queue) > 0 && s.queue[0].id < offset {
			s.queue = s.queue[1:]
		}
	case offset < 0:
		if n := len(s.queue) + int(offset); n > 0 {
			s.queue = s.queue[n:]
		}
	}
}

func (s *Server) allow(list []any) {
	s.allowed = nil
	for _, k := range list {
		if s.allowed == nil {
			s.allowed = map[string]bool{}
		}
		kind, _ := k.(string)
		s.allowed[kind] = true
	}
}

// fetch gives the first updates; those of a kind that the bot did not ask for
// are dropped.
func (s *Server) fetch(limit int) []json.RawMessage {
	if s.allowed != nil {
		s.queue = slices.DeleteFunc(s.queue, func(q queued) bool { return q.kind != "" && !s.allowed[q.kind] })
	}
	out := []json.RawMessage{}
	for _, q := range s.queue[:min(limit, len(s.queue))] {
		out = append(out, q.raw)
	}
	return out
}

func (s *Server) deleteWebhook(args arguments) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if args.truth("drop_pending_updates") {
		s.queue = nil
	}
	return true
}
