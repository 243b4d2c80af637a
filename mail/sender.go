package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"time"

	gomail "github.com/wneessen/go-mail"

	"regia/dialog"
)

// Render puts a message into words. An empty Address says that no address of the
// recipient works; [dialog.ErrNoRecipient], that nobody is to get it any more.
type Render func(ctx context.Context, out dialog.Out) (dialog.Rendered, error)

// Sender submits what is to leave by mail, on one connection for each account.
// It is used by one goroutine.
type Sender struct {
	Endpoint Endpoint
	Letter   Letter
	// Certified is the account of certified mail (PEC), nil for none: what goes
	// to a certified address leaves through it.
	Certified *Account
	Outbox    dialog.Outbox
	Render    Render
	Now       func() time.Time
	Log       *slog.Logger

	Batch   int           // messages claimed at once: 50
	Timeout time.Duration // of the connection: 1 minute
	Poll    time.Duration // between two looks at an empty outbox: 500 ms
	GiveUp  time.Duration // after the first try: 48 hours
	// Wake, when set, ends the pause at an empty outbox.
	Wake <-chan struct{}
	// TLS is set in tests, for a certificate made there.
	TLS *tls.Config

	plain, certified line
	done             []dialog.Out // delivered, to be finished with the next claim
}

func (s *Sender) defaults() {
	if s.Batch == 0 {
		s.Batch = 50
	}
	if s.Timeout == 0 {
		s.Timeout = time.Minute
	}
	if s.Poll == 0 {
		s.Poll = 500 * time.Millisecond
	}
	if s.GiveUp == 0 {
		s.GiveUp = 48 * time.Hour
	}
	s.plain.Account, s.plain.timeout, s.plain.tls = Account{s.Endpoint, s.Letter}, s.Timeout, s.TLS
	if s.Certified != nil {
		s.certified.Account, s.certified.timeout, s.certified.tls = *s.Certified, s.Timeout, s.TLS
	}
}

// Step claims what may leave now and submits it. It returns how many were
// claimed; 0 with no error means that nothing waits. What was delivered is
// finished together with the next claim, so whoever steps does so until 0.
func (s *Sender) Step(ctx context.Context) (int, error) {
	n, err := s.step(ctx)
	if len(s.done) > 0 && (n == 0 || err != nil) {
		err = errors.Join(err, s.finish(ctx))
	}
	return n, err
}

func (s *Sender) step(ctx context.Context) (int, error) {
	s.defaults()
	outs, err := s.Outbox.Claim(ctx, dialog.ByMail, s.Batch, s.Now(), s.done...)
	if err != nil {
		return 0, fmt.Errorf("mail: claim: %w", err)
	}
	s.done = nil
	s.plain.away, s.certified.away = nil, nil
	for i, out := range outs {
		if ctx.Err() != nil {
			// The lease returns what was claimed and not tried.
			return i, ctx.Err()
		}
		f, err := s.deliver(ctx, out)
		if err != nil {
			orDefault(s.Log).Warn("mail: not delivered", "out", out.ID, "temporary", f.Temporary, "outcome", string(f.Outcome), "error", plainError(err))
			if err := s.Outbox.Fail(ctx, dialog.ByMail, out, f, s.Now()); err != nil {
				return i, fmt.Errorf("mail: fail: %w", err)
			}
			continue
		}
		s.done = append(s.done, out)
	}
	return len(outs), nil
}

func (s *Sender) finish(ctx context.Context) error {
	// What was delivered is finished even when everything is being stopped.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.Outbox.Done(ctx, dialog.ByMail, s.Now(), s.done...); err != nil {
		return fmt.Errorf("mail: done: %w", err)
	}
	s.done = nil
	return nil
}

// deliver renders and submits one message. The Failure holds when the error is
// not nil.
func (s *Sender) deliver(ctx context.Context, out dialog.Out) (dialog.Failure, error) {
	r, err := s.Render(ctx, out)
	if errors.Is(err, dialog.ErrNoRecipient) {
		return dialog.Failure{Outcome: dialog.Dropped}, err
	}
	if err != nil {
		return s.again(out), fmt.Errorf("render: %w", err)
	}
	if r.Address == "" {
		return dialog.Failure{Outcome: dialog.Unreachable}, errors.New("no address")
	}
	l := &s.plain
	if r.Certified && s.Certified != nil {
		l = &s.certified
	}
	m, err := l.Letter.compose(out, r, s.Now())
	if err != nil {
		return dialog.Failure{Outcome: dialog.Unreachable}, err
	}
	err = l.submit(ctx, m, l.Letter.envelopeID(r))
	if err == nil {
		return dialog.Failure{}, nil
	}
	var se *gomail.SendError
	if errors.As(err, &se) && permanent(se) {
		outcome := dialog.GivenUp
		if se.Reason == gomail.ErrSMTPRcptTo {
			outcome = dialog.Bounced
		}
		return dialog.Failure{Outcome: outcome, Return: r.Return}, err
	}
	return s.again(out), err
}

// permanent tells a refusal of this message from trouble with the server: a
// 5xx to the sender or to the login concerns every message and is waited out.
func permanent(se *gomail.SendError) bool {
	if se.ErrorCode() < 500 {
		return false
	}
	switch se.Reason {
	case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
		// «530 authentication required» and the like are about the account.
		return se.ErrorCode() != 530 && se.ErrorCode() != 535 && se.ErrorCode() != 538
	}
	return false
}

// pauses between tries.
var pauses = []time.Duration{time.Minute, 3 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour}

// again is a temporary failure with the instant of the next try, or the end.
func (s *Sender) again(out dialog.Out) dialog.Failure {
	now := s.Now()
	if !out.FirstTry.IsZero() && now.Sub(out.FirstTry) >= s.GiveUp {
		return dialog.Failure{Outcome: dialog.GivenUp}
	}
	p := pauses[min(max(out.Tries-1, 0), len(pauses)-1)]
	return dialog.Failure{Temporary: true, RetryAt: now.Add(p)}
}

// plainError is what may stand in a log: the text of a server's answer holds
// the recipient's address.
func plainError(err error) string {
	var se *gomail.SendError
	if errors.As(err, &se) {
		return fmt.Sprintf("%s: code %d %s", se.Reason, se.ErrorCode(), se.EnhancedStatusCode())
	}
	return err.Error()
}

// Run sends until ctx ends.
func (s *Sender) Run(ctx context.Context) error {
	s.defaults()
	defer func() {
		if len(s.done) > 0 {
			if err := s.finish(ctx); err != nil {
				orDefault(s.Log).Warn("mail: sending", "error", err)
			}
		}
		s.Close()
	}()
	idle := time.Duration(0)
	for ctx.Err() == nil {
		n, err := s.Step(ctx)
		pause := s.Poll
		switch {
		case err != nil && ctx.Err() == nil:
			orDefault(s.Log).Warn("mail: sending", "error", err)
			pause = 5 * time.Second
		case n > 0:
			idle = 0
			continue
		}
		if idle += pause; idle > 30*time.Second {
			// Servers hang up on who says nothing.
			s.Close()
		}
		select {
		case <-time.After(pause):
		case <-s.Wake:
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// Close ends the connections; the next message opens one.
func (s *Sender) Close() {
	s.plain.close()
	s.certified.close()
}
