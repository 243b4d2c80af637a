package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

// session is one connection to the mailbox, logged in and selected.
type session struct {
	c        *imapclient.Client
	timeout  time.Duration
	validity uint32
	idle     bool
	keywords bool          // the server keeps keywords of our own
	arrived  chan struct{} // the server said that there is more
	folders  map[string]string
}

// connect opens a session. Each step has the timeout; ctx ends it.
func connect(ctx context.Context, e Endpoint, timeout time.Duration, roots *tls.Config) (*session, error) {
	s := &session{timeout: timeout, arrived: make(chan struct{}, 1), folders: map[string]string{}}
	d := net.Dialer{Timeout: timeout}
	conn, err := d.DialContext(ctx, "tcp", e.Addr())
	if err != nil {
		return nil, err
	}
	opts := &imapclient.Options{TLSConfig: tlsConfig(e, roots), UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				select {
				case s.arrived <- struct{}{}:
				default:
				}
			}
		},
	}}
	// The library reads without an end in some states: whoever closes the
	// connection ends every wait.
	stop := closeAfter(ctx, conn, timeout)
	defer stop()
	switch e.mode() {
	case TLSImplicit:
		tc := tls.Client(conn, opts.TLSConfig)
		if err := tc.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, err
		}
		s.c = imapclient.New(tc, opts)
	case TLSStart:
		if s.c, err = imapclient.NewStartTLS(conn, opts); err != nil {
			conn.Close()
			return nil, err
		}
	default:
		s.c = imapclient.New(conn, opts)
	}
	if err := s.login(e); err != nil {
		s.c.Close()
		return nil, err
	}
	return s, nil
}

func (s *session) login(e Endpoint) error {
	if err := s.c.WaitGreeting(); err != nil {
		return err
	}
	secret, err := e.secret()
	if err != nil {
		return err
	}
	if e.TokenFile != "" {
		err = s.c.Authenticate(&xoauth2{user: e.User, token: secret})
	} else if s.c.Caps().Has(imap.Cap("AUTH=PLAIN")) {
		err = s.c.Authenticate(sasl.NewPlainClient("", e.User, secret))
	} else {
		err = s.c.Login(e.User, secret).Wait()
	}
	if err != nil {
		// What the server says may repeat what was sent.
		return fmt.Errorf("%w: %s", ErrLogin, e)
	}
	caps, err := s.c.Capability().Wait()
	if err != nil {
		return err
	}
	s.idle = caps.Has(imap.CapIdle) || caps.Has(imap.CapIMAP4rev2)
	return s.open(e.Mailbox)
}

// open selects a mailbox.
func (s *session) open(mailbox string) error {
	data, err := s.c.Select(mailbox, nil).Wait()
	if err != nil {
		return fmt.Errorf("select %s: %w", mailbox, err)
	}
	s.validity = data.UIDValidity
	s.keywords = slices.Contains(data.PermanentFlags, imap.FlagWildcard)
	if data.UIDValidity == 0 {
		return errors.New("the server gives no UIDVALIDITY: messages cannot be told apart")
	}
	return nil
}

// ErrLogin says that the server refused the account.
var ErrLogin = errors.New("login refused")

// closeAfter closes a connection when the time is over or ctx ends, unless
// stopped before.
func closeAfter(ctx context.Context, c interface{ Close() error }, d time.Duration) (stop func()) {
	timer := time.AfterFunc(d, func() { c.Close() })
	off := context.AfterFunc(ctx, func() { c.Close() })
	return func() { timer.Stop(); off() }
}

// within runs one command under the watchdog.
func (s *session) within(ctx context.Context, command func() error) error {
	stop := closeAfter(ctx, s.c, s.timeout)
	defer stop()
	err := command()
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (s *session) close() { s.c.Close() }

// folder finds or makes a mailbox, below INBOX where the server wants that.
func (s *session) folder(ctx context.Context, name string) (string, error) {
	if f := s.folders[name]; f != "" {
		return f, nil
	}
	err := s.within(ctx, func() error {
		list, err := s.c.List("", "*", nil).Collect()
		if err != nil {
			return err
		}
		candidates := []string{name}
		for _, m := range list {
			if m.Delim != 0 {
				if below := "INBOX" + string(m.Delim) + name; candidates[len(candidates)-1] != below {
					candidates = append(candidates, below)
				}
			}
		}
		for _, m := range list {
			for _, c := range candidates {
				if m.Mailbox == c {
					s.folders[name] = c
					return nil
				}
			}
		}
		for _, c := range candidates {
			if err = s.c.Create(c, nil).Wait(); err == nil {
				s.folders[name] = c
				return nil
			}
		}
		return fmt.Errorf("mailbox %s: %w", name, err)
	})
	return s.folders[name], err
}

// move puts messages into another mailbox.
func (s *session) move(ctx context.Context, uids []imap.UID, folder string) error {
	if len(uids) == 0 {
		return nil
	}
	name, err := s.folder(ctx, folder)
	if err != nil {
		return err
	}
	return s.within(ctx, func() error {
		_, err := s.c.Move(imap.UIDSetNum(uids...), name).Wait()
		return err
	})
}

// erase deletes messages. Without UIDPLUS an EXPUNGE would take along what
// others have marked, so there they are only marked.
func (s *session) erase(ctx context.Context, uids []imap.UID) error {
	if len(uids) == 0 {
		return nil
	}
	set := imap.UIDSetNum(uids...)
	return s.within(ctx, func() error {
		err := s.c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close()
		if err != nil || !s.c.Caps().Has(imap.CapUIDPlus) && !s.c.Caps().Has(imap.CapIMAP4rev2) {
			return err
		}
		return s.c.UIDExpunge(set).Close()
	})
}

// wait returns when the server announces mail, when the watchdog's time is
// over, or with an error when the connection is gone. It then asks the server
// for a sign of life: a connection that died silently is found out here.
func (s *session) wait(ctx context.Context, watchdog time.Duration, poll time.Duration) error {
	if !s.idle {
		select {
		case <-time.After(poll):
		case <-s.c.Closed():
			return net.ErrClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	} else {
		var cmd *imapclient.IdleCommand
		if err := s.within(ctx, func() (err error) { cmd, err = s.c.Idle(); return }); err != nil {
			return err
		}
		timer := time.NewTimer(watchdog)
		select {
		case <-s.arrived:
		case <-timer.C:
		case <-s.c.Closed():
		case <-ctx.Done():
		}
		timer.Stop()
		if err := s.within(ctx, func() error {
			if err := cmd.Close(); err != nil {
				return err
			}
			return cmd.Wait()
		}); err != nil {
			return err
		}
	}
	return s.within(ctx, func() error { return s.c.Noop().Wait() })
}
