package mail

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// Endpoint is a mail server and an account on it, as one URL says it:
//
//	imaps://user:pass@host:993/INBOX   TLS from the first byte
//	imap://user:pass@host              STARTTLS, required
//	smtps://…:465 and smtp://…:587     likewise
//	?tls=off                           no TLS; loopback only
//	?tls=insecure                      any certificate; loopback only
//	?auth=xoauth2&token_file=PATH      an OAuth2 access token, read anew at each login
//
// User and password are percent-encoded.
type Endpoint struct {
	Scheme    string // imap or smtp
	Host      string
	Port      int
	Mailbox   string // imap only
	User      string
	TLS       TLS
	TokenFile string // set: XOAUTH2

	password string
}

// TLS is how a connection is protected.
type TLS string

const (
	TLSImplicit TLS = "implicit" // from the first byte
	TLSStart    TLS = "starttls" // required, never optional
	TLSOff      TLS = "off"      // loopback only
)

// endpointError is what is wrong with a URL, without the URL.
type endpointError struct{ what string }

func (e endpointError) Error() string { return e.what }

// ParseURL reads a REGIA_IMAP_URL or REGIA_SMTP_URL. Its errors never show the
// password.
func ParseURL(raw string) (Endpoint, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		// The error of net/url quotes the whole URL, secret included.
		return Endpoint{}, endpointError{"mail URL: cannot be read; are user and password percent-encoded?"}
	}
	e := Endpoint{Host: u.Hostname()}
	switch u.Scheme {
	case "imaps":
		e.Scheme, e.Port, e.TLS = "imap", 993, TLSImplicit
	case "imap":
		e.Scheme, e.Port, e.TLS = "imap", 143, TLSStart
	case "smtps":
		e.Scheme, e.Port, e.TLS = "smtp", 465, TLSImplicit
	case "smtp":
		e.Scheme, e.Port, e.TLS = "smtp", 587, TLSStart
	default:
		return Endpoint{}, endpointError{fmt.Sprintf("mail URL: scheme %q is none of imaps, imap, smtps, smtp", u.Scheme)}
	}
	if e.Host == "" {
		return Endpoint{}, endpointError{"mail URL: no host"}
	}
	if p := u.Port(); p != "" {
		n, err := strconv.Atoi(p)
		if err != nil || n < 1 || n > 65535 {
			return Endpoint{}, endpointError{"mail URL: bad port"}
		}
		e.Port = n
	}
	if u.User != nil {
		e.User = u.User.Username()
		e.password, _ = u.User.Password()
	}
	if strings.ContainsAny(e.User+e.password, "\r\n\x00") {
		return Endpoint{}, endpointError{"mail URL: user or password holds a line break"}
	}
	if e.Scheme == "imap" {
		e.Mailbox = strings.Trim(u.Path, "/")
		if e.Mailbox == "" {
			e.Mailbox = "INBOX"
		}
	}
	if err := e.options(u); err != nil {
		return Endpoint{}, err
	}
	if e.Scheme == "imap" && e.User == "" {
		return Endpoint{}, endpointError{"mail URL: no user"}
	}
	return e, nil
}

func (e *Endpoint) options(u *url.URL) error {
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return endpointError{"mail URL: options cannot be read"}
	}
	for k := range q {
		if k != "tls" && k != "auth" && k != "token_file" {
			return endpointError{fmt.Sprintf("mail URL: unknown option %q", k)}
		}
	}
	switch v := q.Get("tls"); v {
	case "":
	case "off", "insecure":
		if !loopback(e.Host) {
			return endpointError{"mail URL: tls=" + v + " is for loopback only"}
		}
		if v == "off" {
			e.TLS = TLSOff
		} else {
			e.TLS += "+insecure"
		}
	default:
		return endpointError{fmt.Sprintf("mail URL: tls=%q is neither off nor insecure", v)}
	}
	switch v := q.Get("auth"); v {
	case "", "password":
		if q.Get("token_file") != "" {
			return endpointError{"mail URL: token_file needs auth=xoauth2"}
		}
	case "xoauth2":
		e.TokenFile = q.Get("token_file")
		if e.TokenFile == "" {
			return endpointError{"mail URL: auth=xoauth2 needs token_file"}
		}
	default:
		return endpointError{fmt.Sprintf("mail URL: auth=%q is neither password nor xoauth2", v)}
	}
	return nil
}

// loopback is true for a loopback address and for «localhost», and for no
// other name: what a name leads to can change after the check.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Insecure tells that any certificate is accepted.
func (e Endpoint) Insecure() bool { return strings.HasSuffix(string(e.TLS), "+insecure") }

// mode is TLS without the mark of insecurity.
func (e Endpoint) mode() TLS { return TLS(strings.TrimSuffix(string(e.TLS), "+insecure")) }

// Addr is host:port.
func (e Endpoint) Addr() string { return net.JoinHostPort(e.Host, strconv.Itoa(e.Port)) }

// String is the URL without account and secret.
func (e Endpoint) String() string {
	s := e.Scheme
	if e.mode() == TLSImplicit {
		s += "s"
	}
	s += "://" + e.Addr()
	switch {
	case e.mode() == TLSOff:
		s += "?tls=off"
	case e.Insecure():
		s += "?tls=insecure"
	}
	return s
}

// GoString keeps the secret out of %#v.
func (e Endpoint) GoString() string { return e.String() }

// secret is the password, or the access token as the file holds it now.
func (e Endpoint) secret() (string, error) {
	if e.TokenFile == "" {
		return e.password, nil
	}
	b, err := os.ReadFile(e.TokenFile)
	if err != nil {
		return "", fmt.Errorf("access token: %w", err)
	}
	t := strings.TrimSpace(string(b))
	if t == "" || len(t) > 16<<10 || strings.ContainsAny(t, "\r\n\x00\x01") {
		return "", errors.New("access token: the file holds none")
	}
	return t, nil
}
