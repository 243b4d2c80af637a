package mailtest

import (
	"crypto/tls"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
)

// Dovecot is a running Dovecot: IMAP and LMTP on loopback.
type Dovecot struct {
	daemon
	TLS *tls.Config // trusts its certificate

	imapPort, imapsPort, lmtpPort, authPort int
	uid, gid                                int
	owner                                   string
	put                                     int // messages laid down, for names that never repeat
}

// password of every account.
const password = "prova"

// Accounts of the Dovecot: the service, and one that receives what is written
// to anybody else.
const (
	ServiceUser = "servizio"
	PeopleUser  = "persone"
	// PECUser has what is written to pec.provincia.example.
	PECUser = "certificata"
	// AwayUser is out of office: a sieve script answers (see [Dovecot.Away]).
	AwayUser = "assente"
)

// StartDovecot runs Dovecot with everything in dir (see [Dir]). The error is
// ErrMissing where it cannot be.
func StartDovecot(dir string) (*Dovecot, error) {
	bin, err := available("dovecot")
	if err != nil {
		return nil, err
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return nil, fmt.Errorf("%w: no user nobody", ErrMissing)
	}
	d := &Dovecot{daemon: daemon{dir: filepath.Join(dir, "dovecot"), program: bin}, owner: nobody.Username}
	d.args = []string{"-F", "-c", d.path("dovecot.conf")}
	d.uid, _ = strconv.Atoi(nobody.Uid)
	d.gid, _ = strconv.Atoi(nobody.Gid)
	for _, sub := range []string{"run", "state", "mail"} {
		if err := os.MkdirAll(d.path(sub), 0o755); err != nil {
			return nil, err
		}
	}
	if err := os.Chown(d.path("mail"), d.uid, d.gid); err != nil {
		return nil, err
	}
	if d.TLS, err = certificate(d.path("cert.pem"), d.path("key.pem")); err != nil {
		return nil, err
	}
	users := ""
	for _, u := range []string{ServiceUser, PeopleUser, PECUser, AwayUser} {
		users += u + ":{PLAIN}" + password + "\n"
	}
	if err := os.WriteFile(d.path("users"), []byte(users), 0o644); err != nil {
		return nil, err
	}
	return d, d.start(func() error {
		if err := freePorts(&d.imapPort, &d.imapsPort, &d.lmtpPort, &d.authPort); err != nil {
			return err
		}
		d.addr = fmt.Sprintf("127.0.0.1:%d", d.imapPort)
		return os.WriteFile(d.path("dovecot.conf"), []byte(d.config()), 0o644)
	})
}

func (d *Dovecot) config() string {
	return fmt.Sprintf(`
protocols = imap lmtp
listen = 127.0.0.1
base_dir = %[1]s/run
state_dir = %[1]s/state
instance_name = regia-%[2]d
log_path = %[1]s/dovecot.log
ssl = yes
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
auth_username_format = %%Ln
recipient_delimiter = +
first_valid_uid = 1
first_valid_gid = 1
mail_uid = %[5]s
mail_gid = %[6]d
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
lmtp_save_to_detail_mailbox = no
passdb {
  driver = passwd-file
  args = %[1]s/users
}
userdb {
  driver = static
  args = uid=%[5]s gid=%[6]d home=%[1]s/mail/%%n
}
namespace inbox {
  inbox = yes
}
service imap-login {
  inet_listener imap {
    port = %[2]d
  }
  inet_listener imaps {
    port = %[3]d
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = %[4]d
  }
}
service auth {
  inet_listener {
    address = 127.0.0.1
    port = %[7]d
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  client_limit = 200
}
`, d.dir, d.imapPort, d.imapsPort, d.lmtpPort, d.owner, d.gid, d.authPort)
}

// Away has Dovecot's own vacation program answer for [AwayUser], through a
// Postfix. The error is ErrMissing where Pigeonhole is not installed.
func (d *Dovecot) Away(p *Postfix, words string) error {
	if found, _ := filepath.Glob("/usr/lib/dovecot/modules/lib*_sieve_plugin.so"); len(found) == 0 {
		return fmt.Errorf("%w: dovecot-sieve is not installed", ErrMissing)
	}
	script := "require \"vacation\";\nvacation :days 1 :addresses [\"" + AwayUser + "@comune-dolcedo.example\"] \"" + words + "\";\n"
	if err := os.WriteFile(d.path(AwayUser+".sieve"), []byte(script), 0o644); err != nil {
		return err
	}
	return d.configure(fmt.Sprintf(`
submission_host = %s
protocol lmtp {
  mail_plugins = sieve
}
plugin {
  sieve = file:%s
  sieve_vacation_send_from_recipient = yes
}
`, p.Addr(), d.path("%n.sieve")))
}

// OAuth has the accounts log in with access tokens too (XOAUTH2), which
// Dovecot shows to the web address given, as it does to that of a provider.
func (d *Dovecot) OAuth(tokenInfo string) error {
	conf := "tokeninfo_url = " + tokenInfo + "?access_token=\nusername_attribute = user\nactive_attribute = active\nactive_value = true\n"
	if err := os.WriteFile(d.path("oauth2.conf"), []byte(conf), 0o644); err != nil {
		return err
	}
	return d.configure(fmt.Sprintf(`
auth_mechanisms = plain login xoauth2
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = %s
}
`, d.path("oauth2.conf")))
}

// configure adds to the configuration and starts anew.
func (d *Dovecot) configure(more string) error {
	if err := os.WriteFile(d.path("dovecot.conf"), []byte(d.config()+more), 0o644); err != nil {
		return err
	}
	return d.Restart()
}

// URL is the REGIA_IMAP_URL of an account, by scheme: imaps, imap (STARTTLS),
// or off for no TLS.
func (d *Dovecot) URL(scheme, user string) string {
	switch scheme {
	case "imaps":
		return fmt.Sprintf("imaps://%s:%s@127.0.0.1:%d/INBOX?tls=insecure", user, password, d.imapsPort)
	case "imap":
		return fmt.Sprintf("imap://%s:%s@127.0.0.1:%d/INBOX?tls=insecure", user, password, d.imapPort)
	}
	return fmt.Sprintf("imap://%s:%s@127.0.0.1:%d/INBOX?tls=off", user, password, d.imapPort)
}

// SecureAddr is that of the IMAP port with TLS from the first byte.
func (d *Dovecot) SecureAddr() string { return fmt.Sprintf("127.0.0.1:%d", d.imapsPort) }

// Addr of the IMAP port without TLS, for a proxy in between.
func (d *Dovecot) Addr() string { return d.addr }

// Put lays messages into the INBOX of an account, past the server.
func (d *Dovecot) Put(user string, raws ...[]byte) error {
	top := filepath.Join(d.path("mail"), user)
	for _, sub := range []string{"", "Maildir", "Maildir/cur", "Maildir/new", "Maildir/tmp"} {
		p := filepath.Join(top, sub)
		if err := os.MkdirAll(p, 0o700); err != nil {
			return err
		}
		if err := os.Chown(p, d.uid, d.gid); err != nil {
			return err
		}
	}
	for _, raw := range raws {
		d.put++
		// As a Maildir is written: the server takes away at once what is in new.
		name := fmt.Sprintf("1%09d.M%dP1.prova", d.put, d.put)
		tmp := filepath.Join(top, "Maildir/tmp", name)
		if err := os.WriteFile(tmp, raw, 0o600); err != nil {
			return err
		}
		if err := os.Chown(tmp, d.uid, d.gid); err != nil {
			return err
		}
		if err := os.Rename(tmp, filepath.Join(top, "Maildir/new", name)); err != nil {
			return err
		}
	}
	return nil
}

// Count is the number of messages in a folder ("" for INBOX) of an account,
// counted in the files.
func (d *Dovecot) Count(user, folder string) int {
	return len(d.Files(user, folder))
}

// Messages are the raw messages of a folder.
func (d *Dovecot) Messages(user, folder string) [][]byte {
	var out [][]byte
	for _, f := range d.Files(user, folder) {
		if b, err := os.ReadFile(f); err == nil {
			out = append(out, b)
		}
	}
	return out
}

// Fresh are the raw messages of a folder whose names are not in seen, which
// takes them in.
func (d *Dovecot) Fresh(user, folder string, seen map[string]bool) [][]byte {
	var out [][]byte
	for _, f := range d.Files(user, folder) {
		name, _, _ := strings.Cut(filepath.Base(f), ":") // what follows are flags
		if seen[name] {
			continue
		}
		if b, err := os.ReadFile(f); err == nil {
			out, seen[name] = append(out, b), true
		}
	}
	return out
}

// Files are the messages of a folder as they lie in the Maildir, flags in their
// names.
func (d *Dovecot) Files(user, folder string) []string {
	box := filepath.Join(d.path("mail"), user, "Maildir")
	if folder != "" && folder != "INBOX" {
		box = filepath.Join(box, "."+folder)
	}
	var out []string
	for _, sub := range []string{"new", "cur"} {
		found, _ := filepath.Glob(filepath.Join(box, sub, "*"))
		out = append(out, found...)
	}
	return out
}

// NewUIDs makes the INBOX of an account get a new UIDVALIDITY, as a mailbox
// that was restored does. Dovecot must be stopped.
func (d *Dovecot) NewUIDs(user string) error {
	found, _ := filepath.Glob(filepath.Join(d.path("mail"), user, "Maildir", "dovecot*"))
	for _, f := range found {
		if err := os.RemoveAll(f); err != nil {
			return err
		}
	}
	return nil
}

// Version is what the program says of itself.
func (d *Dovecot) Version() string {
	b, _ := exec.Command(d.program, "--version").Output()
	return string(b)
}

// Validity sets the UIDVALIDITY that the INBOX of an account will have.
// Dovecot must be stopped.
func (d *Dovecot) Validity(user string, v uint32) error {
	name := filepath.Join(d.path("mail"), user, "Maildir", "dovecot-uidlist")
	if err := os.WriteFile(name, fmt.Appendf(nil, "3 V%d N1 G%032x\n", v, v), 0o600); err != nil {
		return err
	}
	return os.Chown(name, d.uid, d.gid)
}
