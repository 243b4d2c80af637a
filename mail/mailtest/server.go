package mailtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Server is a mail server in memory, on loopback.
type Server struct {
	service  string // the address of the service
	password string
	now      func() time.Time

	imapAt, smtpAt net.Listener
	imap           *imapserver.Server
	smtp           *smtp.Server
	user           *imapmemserver.User

	mu    sync.Mutex
	boxes map[string][]*Letter
	count int
	// refuse answers a recipient with an error instead of taking the mail.
	refuse map[string]error
}

const account = "servizio"

// Start opens the server for the service of that address. now dates what
// people write.
func Start(service string, now func() time.Time) (*Server, error) {
	s := &Server{
		service: strings.ToLower(service), password: "demo", now: now,
		boxes: map[string][]*Letter{}, refuse: map[string]error{},
	}
	if strings.Count(service, "@") != 1 {
		return nil, fmt.Errorf("%q is no mail address", service)
	}
	s.user = imapmemserver.NewUser(account, s.password)
	for _, box := range []string{"INBOX", "Processed", "Quarantine"} {
		if err := s.user.Create(box, nil); err != nil {
			return nil, err
		}
	}
	mem := imapmemserver.New()
	mem.AddUser(s.user)
	silent := log.New(io.Discard, "", 0)
	s.imap = imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		Caps: imap.CapSet{
			imap.CapIMAP4rev1: {}, imap.CapMove: {}, imap.CapUIDPlus: {}, imap.CapNamespace: {}, imap.CapIdle: {},
		},
		InsecureAuth: true, // loopback
		Logger:       silent,
	})
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{s: s}, nil }))
	s.smtp.Domain = "localhost"
	s.smtp.AllowInsecureAuth = true // loopback
	s.smtp.MaxMessageBytes = 50 << 20
	s.smtp.ErrorLog = silent

	var err error
	if s.imapAt, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	if s.smtpAt, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		s.imapAt.Close()
		return nil, err
	}
	go func() { _ = s.imap.Serve(s.imapAt) }()
	go func() { _ = s.smtp.Serve(s.smtpAt) }()
	return s, nil
}

// IMAP is the REGIA_IMAP_URL of the service's mailbox.
func (s *Server) IMAP() string { return s.url("imap", s.imapAt, "/INBOX") }

// SMTP is the REGIA_SMTP_URL.
func (s *Server) SMTP() string { return s.url("smtp", s.smtpAt, "") }

func (s *Server) url(scheme string, l net.Listener, path string) string {
	u := url.URL{Scheme: scheme, User: url.UserPassword(account, s.password), Host: l.Addr().String(), Path: path, RawQuery: "tls=off"}
	return u.String()
}

// Close ends the server.
func (s *Server) Close() error { return errors.Join(s.imap.Close(), s.smtp.Close()) }

// Refuse makes an address bounce at once, or accept again with nil.
func (s *Server) Refuse(address string, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if code == 0 {
		delete(s.refuse, strings.ToLower(address))
		return
	}
	s.refuse[strings.ToLower(address)] = &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "not here"}
}

// Deliver puts a raw message into the mailbox of the service.
func (s *Server) Deliver(raw []byte) error {
	_, err := s.user.Append("INBOX", &literal{bytes.NewReader(raw), int64(len(raw))}, &imap.AppendOptions{Time: s.now()})
	return err
}

// Waiting counts the messages in a mailbox of the service.
func (s *Server) Waiting(mailbox string) (int, error) {
	data, err := s.user.Status(mailbox, &imap.StatusOptions{NumMessages: true})
	if err != nil || data.NumMessages == nil {
		return 0, err
	}
	return int(*data.NumMessages), nil
}

// ours tells whether an address, with any plus part, is the service's.
func (s *Server) ours(address string) bool {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	local, _, _ = strings.Cut(local, "+")
	return local+"@"+domain == s.service
}

type literal struct {
	*bytes.Reader
	size int64
}

func (l *literal) Size() int64 { return l.size }

// session is one SMTP connection.
type session struct {
	s  *Server
	to []string
}

func (c *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != account || password != c.s.password {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (c *session) Reset()                               { c.to = nil }
func (c *session) Logout() error                        { return nil }
func (c *session) Mail(string, *smtp.MailOptions) error { return nil }

func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if err := c.s.refuse[strings.ToLower(to)]; err != nil {
		return err
	}
	c.to = append(c.to, to)
	return nil
}

func (c *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for _, to := range c.to {
		if c.s.ours(to) {
			if err := c.s.Deliver(raw); err != nil {
				return err
			}
			continue
		}
		c.s.put(strings.ToLower(to), raw)
	}
	return nil
}
