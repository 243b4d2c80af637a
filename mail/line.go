package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/textproto"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// Account is where mail leaves, and how it looks.
type Account struct {
	Endpoint Endpoint
	Letter   Letter
}

// line is the connection to the server of an account.
type line struct {
	Account
	timeout time.Duration
	tls     *tls.Config
	client  *gomail.Client
	conn    *smtp.Client
	// away is why no connection opened: it is tried once for all messages that
	// were claimed together.
	away error
}

// submit sends on the open connection, and once more on a new one if the old
// one turns out to be dead before the message was accepted. A server that knows
// reports by request (DSN) gets the id of the envelope, "" for none.
func (l *line) submit(ctx context.Context, m *gomail.Msg, envelopeID string) error {
	for fresh := l.conn == nil; ; fresh = true {
		if err := l.open(ctx); err != nil {
			return err
		}
		conn := l.conn
		ret := ""
		if envelopeID != "" {
			// RET is the one parameter of MAIL that the library lets us write; another
			// may follow it.
			ret = "HDRS ENVID=" + envelopeID
		}
		conn.SetDSNMailReturnOption(ret)
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		err := l.client.SendWithSMTPClient(conn, m)
		stop()
		if m.IsDelivered() {
			// A failing RSET afterwards is no failure of the message.
			if err != nil {
				l.close()
			}
			return nil
		}
		var se *gomail.SendError
		if errors.As(err, &se) && se.ErrorCode() > 0 && se.ErrorCode() != 421 {
			return err // the server answered: the connection lives
		}
		l.close()
		// A cut while the body was under way may have come after acceptance:
		// not repeated at once, and the stable Message-ID merges the repeat.
		unsure := se != nil && (se.Reason == gomail.ErrSMTPDataClose || se.Reason == gomail.ErrWriteContent)
		if fresh || unsure || ctx.Err() != nil {
			return err
		}
	}
}

func (l *line) open(ctx context.Context) error {
	if l.conn != nil || l.away != nil {
		return l.away
	}
	e := l.Endpoint
	opts := []gomail.Option{
		gomail.WithPort(e.Port), gomail.WithTimeout(l.timeout), gomail.WithHELO(l.Letter.From.Domain),
		gomail.WithTLSConfig(tlsConfig(e, l.tls)),
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
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	conn, err := dial(ctx, client)
	if err != nil {
		if refused := (*textproto.Error)(nil); errors.As(err, &refused) && (refused.Code == 535 || refused.Code == 534) {
			err = fmt.Errorf("%w: %w", ErrLogin, err)
		}
		l.away = fmt.Errorf("connect to %s: %w", e, err)
		return l.away
	}
	l.client, l.conn = client, conn
	return nil
}

// dial connects and waits for the greeting, for which the library would wait
// through the end of ctx.
func dial(ctx context.Context, client *gomail.Client) (*smtp.Client, error) {
	type dialled struct {
		conn *smtp.Client
		err  error
	}
	done := make(chan dialled, 1)
	go func() {
		conn, err := client.DialToSMTPClientWithContext(ctx)
		done <- dialled{conn, err}
	}()
	select {
	case d := <-done:
		return d.conn, d.err
	case <-ctx.Done():
		go func() {
			if d := <-done; d.conn != nil {
				_ = d.conn.Close()
			}
		}()
		return nil, context.Cause(ctx)
	}
}

// close ends the connection; the next message opens one.
func (l *line) close() {
	if l.conn != nil {
		if err := l.conn.Quit(); err != nil {
			_ = l.conn.Close()
		}
	}
	l.conn, l.client = nil, nil
}
