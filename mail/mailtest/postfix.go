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

// Postfix is a running Postfix: SMTP on loopback, everything handed to a
// Dovecot by LMTP.
type Postfix struct {
	daemon
	TLS *tls.Config // trusts its certificate

	smtpPort, smtpsPort, submissionPort int
}

// StartPostfix runs Postfix with everything in dir. Mail to the service, with
// any plus part, goes to [ServiceUser] of the Dovecot; mail to any other
// address of a *.example domain goes to [PeopleUser]; that to sparito@ and
// pieno@ comes back: nobody of that name, a full mailbox. robot@ answers.
func StartPostfix(dir, service string, to *Dovecot) (*Postfix, error) {
	postconf, err := available("postconf")
	if err != nil {
		return nil, err
	}
	daemons, err := exec.Command(postconf, "-d", "-h", "daemon_directory").Output()
	if err != nil {
		return nil, fmt.Errorf("%w: postconf: %v", ErrMissing, err)
	}
	p := &Postfix{daemon: daemon{dir: filepath.Join(dir, "postfix"), program: filepath.Join(strings.TrimSpace(string(daemons)), "master")}}
	p.args = []string{"-c", p.dir, "-d"}
	owner, err := user.Lookup("postfix")
	if err != nil {
		return nil, fmt.Errorf("%w: no user postfix", ErrMissing)
	}
	drop, err := user.LookupGroup("postdrop")
	if err != nil {
		return nil, fmt.Errorf("%w: no group postdrop", ErrMissing)
	}
	if err := p.folders(owner, drop); err != nil {
		return nil, err
	}
	if p.TLS, err = certificate(p.path("cert.pem"), p.path("key.pem")); err != nil {
		return nil, err
	}
	return p, p.start(func() error { return p.configure(strings.TrimSpace(string(daemons)), service, to) })
}

// configure writes the configuration, with ports that are free.
func (p *Postfix) configure(daemons, service string, to *Dovecot) error {
	if err := freePorts(&p.smtpPort, &p.smtpsPort, &p.submissionPort); err != nil {
		return err
	}
	p.addr = fmt.Sprintf("127.0.0.1:%d", p.smtpPort)
	local, domain, _ := strings.Cut(service, "@")
	q := strings.NewReplacer(".", `\.`, "+", `\+`)
	files := map[string]string{
		"main.cf":   p.main(daemons, to.lmtpPort, to.authPort),
		"master.cf": p.services(),
		"domains":   "/(^|\\.)example$/ OK\n",
		"transport": "/^robot@/ robot:\n/^sparito@/ error:5.1.1 nessuno con questo nome\n/^pieno@/ error:5.2.2 casella piena\n",
		"aliases": strings.Join([]string{
			`/^(sparito|pieno|robot)@(.*)$/ ${1}@${2}`,
			`/^` + AwayUser + `@comune-dolcedo\.example$/ ` + AwayUser + `@dovecot.example`,
			`/@pec\.provincia\.example$/ ` + PECUser + `@dovecot.example`,
			`/^` + q.Replace(local) + `(\+[^@]*)?@` + q.Replace(domain) + `$/ ` + ServiceUser + `${1}@dovecot.example`,
			`/^(` + strings.Join([]string{ServiceUser, PeopleUser, AwayUser, PECUser}, "|") + `)(\+[^@]*)?@dovecot\.example$/ ${1}${2}@dovecot.example`,
			`/@/ ` + PeopleUser + `@dovecot.example`, "",
		}, "\n"),
	}
	if err := os.WriteFile(p.path("robot.sh"), fmt.Appendf(nil, robot, p.smtpPort), 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(p.path(name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// folders makes the queue as Postfix's own set-up does.
func (p *Postfix) folders(owner *user.User, drop *user.Group) error {
	uid, _ := strconv.Atoi(owner.Uid)
	gid, _ := strconv.Atoi(drop.Gid)
	type folder struct {
		name     string
		uid, gid int
		mode     os.FileMode
	}
	all := []folder{
		{"", 0, 0, 0o755},
		{"queue", 0, 0, 0o755},
		{"data", uid, 0, 0o700},
		{"queue/pid", 0, 0, 0o755},
		{"queue/maildrop", uid, gid, 0o730},
		{"queue/public", uid, gid, 0o710},
		{"queue/private", uid, 0, 0o700},
	}
	for _, q := range []string{"incoming", "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "saved", "trace"} {
		all = append(all, folder{"queue/" + q, uid, 0, 0o700})
	}
	for _, f := range all {
		path := p.path(f.name)
		if err := os.MkdirAll(path, 0o755); err != nil {
			return err
		}
		if err := os.Chown(path, f.uid, f.gid); err != nil {
			return err
		}
		if err := os.Chmod(path, f.mode); err != nil {
			return err
		}
	}
	return nil
}

// robot answers everything that it gets, to where answers are wanted, and says
// nothing of being a program: the worst of auto-responders.
const robot = `#!/bin/bash
head=$(sed '/^\r*$/q' | tr -d '\r' | sed -e ':a' -e 'N' -e '$!ba' -e 's/\n[ \t]\+/ /g')
to=$(grep -i '^Reply-To:' <<<"$head" || grep -i '^From:' <<<"$head")
to=$(sed 's/.*<//; s/>.*//' <<<"$to")
exec 3<>/dev/tcp/127.0.0.1/%d
printf '%%s\r\n' 'EHLO robot.example' 'MAIL FROM:<robot@comune-dolcedo.example>' "RCPT TO:<$to>" 'DATA' >&3
printf '%%s\r\n' 'From: Robot <robot@comune-dolcedo.example>' "To: <$to>" 'Subject: Re: ricevuto' \
	"Message-ID: <$RANDOM.$RANDOM.$$@robot.example>" '' 'La tua richiesta ci sta a cuore e la leggiamo presto.' '.' 'QUIT' >&3
cat <&3 >/dev/null
`

// main is the configuration. What fails for the moment is tried again within a
// second, not within minutes as in earnest.
func (p *Postfix) main(daemons string, lmtp, auth int) string {
	return fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
daemon_directory = %[2]s
mail_owner = postfix
setgid_group = postdrop
maillog_file = %[1]s/postfix.log
maillog_file_prefixes = %[1]s
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = posta.example
mydomain = posta.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
recipient_delimiter = +
virtual_mailbox_domains = regexp:%[1]s/domains
virtual_alias_maps = regexp:%[1]s/aliases
virtual_transport = lmtp:inet:127.0.0.1:%[3]d
transport_maps = regexp:%[1]s/transport
lmtp_destination_concurrency_limit = 10
default_transport = error:nothing leaves this machine
relay_domains =
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_tls_cert_file = %[1]s/cert.pem
smtpd_tls_key_file = %[1]s/key.pem
smtpd_tls_security_level = may
message_size_limit = 60000000
mailbox_size_limit = 0
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:%[4]d
biff = no
enable_long_queue_ids = yes
in_flow_delay = 0s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
service_throttle_time = 1s
`, p.dir, daemons, lmtp, auth)
}

func (p *Postfix) services() string {
	return fmt.Sprintf(`127.0.0.1:%d inet n - n - - smtpd
127.0.0.1:%d inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
127.0.0.1:%d inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_security_level=encrypt
  -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
lmtp      unix  - - n - - lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
robot     unix  - n n - - pipe
  user=nobody argv=%s
`, p.smtpPort, p.smtpsPort, p.submissionPort, p.path("robot.sh"))
}

// Queue is what waits, and why.
func (p *Postfix) Queue() string {
	out, err := exec.Command("postqueue", "-c", p.dir, "-p").CombinedOutput()
	return fmt.Sprint(string(out), err)
}

// Addr of the SMTP port.
func (p *Postfix) Addr() string { return p.addr }

// Submission is host:port where whoever logs in with an account of the Dovecot
// may send, after STARTTLS, and nobody else.
func (p *Postfix) Submission() string { return fmt.Sprintf("127.0.0.1:%d", p.submissionPort) }

// URL is the REGIA_SMTP_URL by scheme: smtps, smtp (STARTTLS), or off.
func (p *Postfix) URL(scheme string) string {
	switch scheme {
	case "smtps":
		return fmt.Sprintf("smtps://127.0.0.1:%d?tls=insecure", p.smtpsPort)
	case "smtp":
		return fmt.Sprintf("smtp://127.0.0.1:%d?tls=insecure", p.smtpPort)
	}
	return fmt.Sprintf("smtp://127.0.0.1:%d?tls=off", p.smtpPort)
}
