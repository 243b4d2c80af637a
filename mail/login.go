package mail

import (
	"crypto/tls"
)

// xoauth2 is the mechanism of Microsoft 365 and Gmail, which the SASL library
// left out.
type xoauth2 struct{ user, token string }

func (x *xoauth2) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next answers the challenge that carries an error: only an empty line brings
// the server's refusal.
func (x *xoauth2) Next([]byte) ([]byte, error) { return []byte{}, nil }

// tlsConfig for an endpoint; roots is set in tests only.
func tlsConfig(e Endpoint, roots *tls.Config) *tls.Config {
	cfg := &tls.Config{}
	if roots != nil {
		cfg = roots.Clone()
	}
	cfg.MinVersion = tls.VersionTLS12
	cfg.ServerName = e.Host
	cfg.InsecureSkipVerify = e.Insecure() // loopback only: ParseURL sees to it
	return cfg
}
