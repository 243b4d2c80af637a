package mailtest

import (
	"github.com/emersion/go-imap/v2/imapclient"
)

// Append lays a message into the INBOX of an account through the server, as it
// is: whoever waits there hears of it at once. [Dovecot.Put] is for many, and
// for what no server would take.
func (d *Dovecot) Append(user string, raw []byte) error {
	c, err := imapclient.DialInsecure(d.addr, nil)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Login(user, password).Wait(); err != nil {
		return err
	}
	cmd := c.Append("INBOX", int64(len(raw)), nil)
	if _, err := cmd.Write(raw); err != nil {
		return err
	}
	if err := cmd.Close(); err != nil {
		return err
	}
	_, err = cmd.Wait()
	return err
}
