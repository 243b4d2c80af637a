package bot

import (
	"context"
	"errors"
	"fmt"

	"regia/dialog"
)

// outcome is what came of one step of a job.
type outcome struct {
	job     *job
	verdict verdict
	err     error
	called  bool // Telegram was called
	drop    bool // nobody is to get it
}

// attempt takes a job one step further. It runs beside the others and touches
// nothing of the sender that changes.
func (s *Sender) attempt(ctx context.Context, j *job) outcome {
	o := outcome{job: j}
	if j.steps == nil {
		r, err := s.words(ctx, j.out)
		if err == nil {
			j.chat = r.ChatID
			j.steps, err = s.compose(j.out, r)
		}
		switch {
		case errors.Is(err, dialog.ErrNoRecipient):
			o.drop = true
			return o
		case errors.Is(err, errEmpty), errors.Is(err, errNoChat):
			o.verdict, o.err = refused, err
			return o
		case err != nil:
			o.verdict, o.err = trouble, err
			return o
		}
		j.next = min(j.next, len(j.steps)-1)
	}
	o.called = true
	o.verdict, o.err = s.perform(ctx, j.chat, j.steps[j.next])
	return o
}

// words renders a message; a panic is a failure of that message alone.
func (s *Sender) words(ctx context.Context, out dialog.Out) (r dialog.Rendered, err error) {
	defer func() {
		if p := recover(); p != nil {
			// What panicked may hold words about a person.
			err = fmt.Errorf("render panicked (%T)", p)
		}
	}()
	return s.render(ctx, out)
}
