package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"regia/dialog"
)

// Render puts a message into words. An empty Address says that there is nobody
// to write to any more.
type Render func(ctx context.Context, out dialog.Out) (dialog.Rendered, error)

// Sender submits what is to leave by mail, on one connection. It is used by
// one goroutine.
type Sender struct {
	Endpoint Endpoint
	Outbox   dialog.Outbox
	Render   Render
	Letter   Letter
	Now      func() time.Time
	Log      *slog.Logger

	Batch   int           // messages claimed at once: 50
	Timeout time.Duration // of the connection: 1 minute
	Poll    time.Duration // between two looks at an empty outbox: 500 ms
	GiveUp  time.Duration // after the first try: 48 hours
	// Wake, when set, ends the pause at an empty outbox.
	Wake <-chan struct{}
	// TLS is set in tests, for a certificate made there.
	TLS *tls.Config

	client *gomail.Client
	conn   *smtp.Client
	done   []dialog.Out // delivered, to be finished with the next claim
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
	if err != nil {
		return s.again(out), fmt.Errorf("render: %w", err)
	}
	if r.Address == "" {
		return dialog.Failure{Outcome: dialog.Unreachable}, errors.New("no address")
	}
	m, err := s.Letter.compose(out, r, s.Now())
	if err != nil {
		return dialog.Failure{Outcome: dialog.Unreachable}, err
	}
	err = s.submit(ctx, m)
	if err == nil {
		return dialog.Failure{}, nil
	}
	var se *gomail.SendError
	if errors.As(err, &se) && permanent(se) {
		outcome := dialog.GivenUp
		if se.Reason == gomail.ErrSMTPRcptTo {
			outcome = dialog.Bounced
		}
		return dialog.Failure{Outcome: outcome}, err
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

// submit sends on the open connection, and once more on a new one if the old
// one turns out to be dead before the message was accepted.
func (s *Sender) submit(ctx context.Context, m *gomail.Msg) error {
	for fresh := s.conn == nil; ; fresh = true {
		if err := s.open(ctx); err != nil {
			return err
		}
		conn := s.conn
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		err := s.client.SendWithSMTPClient(conn, m)
		stop()
		if m.IsDelivered() {
			// A failing RSET afterwards is no failure of the message.
			if err != nil {
				s.Close()
			}
			return nil
		}
		var se *gomail.SendError
		if errors.As(err, &se) && se.ErrorCode() > 0 && se.ErrorCode() != 421 {
			return err // the server answered: the connection lives
		}
		s.Close()
		// A cut while the body was under way may have come after acceptance:
		// not repeated at once, and the stable Message-ID merges the repeat.
		unsure := se != nil && (se.Reason == gomail.ErrSMTPDataClose || se.Reason == gomail.ErrWriteContent)
		if fresh || unsure || ctx.Err() != nil {
			return err
		}
	}
}

func (s *Sender) open(ctx context.Context) error {
	if s.conn != nil {
		return nil
	}
	e := s.Endpoint
	opts := []gomail.Option{
		gomail.WithPort(e.Port), gomail.WithTimeout(s.Timeout), gomail.WithHELO(s.Letter.From.Domain),
		gomail.WithTLSConfig(tlsConfig(e, s.TLS)),
		// NOOP before and RSET after each message are two waits more: the next
		// command finds out as well, and MAIL begins anew after an accepted one.
		gomail.WithoutNoop(), gomail.WithoutRset(),
	}
	switch e.mode() {
	case TLSImplicit:
		opts = append(opts, gomail.WithSSL())
	case TLSStart:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if e.User != "" {
		secret, err := e.secret()
		if err != nil {
			return err
		}
		auth := gomail.SMTPAuthAutoDiscover
		switch {
		case e.TokenFile != "":
			auth = gomail.SMTPAuthXOAUTH2
		case e.mode() == TLSOff: // loopback only
			auth = gomail.SMTPAuthPlainNoEnc
		}
		opts = append(opts, gomail.WithSMTPAuth(auth), gomail.WithUsername(e.User), gomail.WithPassword(secret))
	}
	client, err := gomail.NewClient(e.Host, opts...)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", e, err)
	}
	s.client, s.conn = client, conn
	return nil
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

// Close ends the connection; the next message opens one.
func (s *Sender) Close() {
	if s.conn != nil {
		if err := s.conn.Quit(); err != nil {
			_ = s.conn.Close()
		}
	}
	s.conn, s.client = nil, nil
}
