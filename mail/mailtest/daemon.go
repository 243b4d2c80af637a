package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// ErrMissing says that a real server cannot run here, and why.
var ErrMissing = errors.New("real mail server not available")

// Dir makes a folder that the users of the mail servers can reach, which the
// folder of a test is not.
func Dir() (string, error) {
	dir, err := os.MkdirTemp("", "regia-mail")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
}

// daemon is a real server in a folder of its own, a child of this process: it
// ends with it, however that ends.
type daemon struct {
	dir     string
	program string
	args    []string
	addr    string // greets once it is ready

	leash *os.File // while it is open, the server runs
	log   *os.File
	done  chan struct{}
}

// leashed runs a program and ends it, with all that it started, when the other
// end of file 3 is closed, by Stop or by the end of this process. (The signal
// that Linux sends at the death of a parent is lost by programs that change
// their user.) The children of Postfix hold its ports for seconds after it.
const leashed = `setsid "$0" "$@" 3<&- & p=$!
{ read -r _; kill -- -$p || kill $p; sleep 5; kill -9 -- -$p; } <&3 2>/dev/null & w=$!
wait $p; kill $w
while [ $((n += 1)) -lt 100 ] && kill -0 -- -$p; do sleep .02; done 2>/dev/null
kill -9 -- -$p 2>/dev/null`

func (d *daemon) path(name string) string { return filepath.Join(d.dir, name) }

// available tells whether a program is here and may be run.
func available(program string) (string, error) {
	if os.Geteuid() != 0 {
		return "", fmt.Errorf("%w: %s needs root to change to its own users", ErrMissing, filepath.Base(program))
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return "", fmt.Errorf("%w: %s is not installed", ErrMissing, filepath.Base(program))
	}
	return path, nil
}

// start runs the server as configure has it, which finds free ports; with others
// where it does not greet: somebody may have taken one before the server did.
func (d *daemon) start(configure func() error) error {
	var err error
	for range 3 {
		if err = configure(); err != nil {
			return err
		}
		if err = d.Restart(); err == nil {
			return nil
		}
	}
	return err
}

// Restart stops it, if it runs, and starts it again on the same ports. Its
// output goes to output.log in its folder.
func (d *daemon) Restart() error {
	d.Stop()
	var err error
	if d.log, err = os.OpenFile(d.path("output.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644); err != nil {
		return err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	cmd := exec.Command("/bin/sh", append([]string{"-c", leashed, d.program}, d.args...)...)
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = d.log, d.log, []*os.File{r}
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C"}
	err = cmd.Start()
	r.Close()
	if err != nil {
		return errors.Join(err, w.Close(), d.log.Close())
	}
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	d.leash, d.done = w, done
	if err := d.ready(); err != nil {
		d.Stop()
		return err
	}
	return nil
}

// Stop ends it and waits; it is killed if it does not go.
func (d *daemon) Stop() {
	if d.leash == nil {
		return
	}
	d.leash.Close()
	<-d.done
	d.log.Close()
	d.leash = nil
}

// Logs are the ends of what the server wrote.
func (d *daemon) Logs() string {
	var b strings.Builder
	found, _ := filepath.Glob(d.path("*.log"))
	for _, f := range found {
		raw, err := os.ReadFile(f)
		fmt.Fprintf(&b, "%s: %v\n%s\n", filepath.Base(f), err, raw[max(0, len(raw)-4000):])
	}
	return b.String()
}

// ready waits until the server greets or is gone. That something takes the
// connection says little: so do a server that does not get on and, silently,
// a stranger who has the port.
func (d *daemon) ready() error {
	end := time.Now().Add(20 * time.Second)
	for time.Now().Before(end) {
		if d.greets(end) {
			return nil
		}
		select {
		case <-d.done:
			return fmt.Errorf("%s ended at once, see %s", d.program, d.log.Name())
		case <-time.After(30 * time.Millisecond):
		}
	}
	return fmt.Errorf("%s does not greet on %s, see %s", d.program, d.addr, d.log.Name())
}

// greets tells whether the server says the first word, as those of mail do.
func (d *daemon) greets(by time.Time) bool {
	c, err := net.DialTimeout("tcp", d.addr, time.Second)
	if err != nil {
		return false
	}
	defer c.Close()
	gone, ended := make(chan struct{}), d.done // a restart has another
	defer close(gone)
	go func() {
		select {
		case <-ended:
			c.Close()
		case <-gone:
		}
	}()
	_ = c.SetDeadline(by)
	_, err = io.ReadFull(c, make([]byte, 1))
	return err == nil
}

// freePorts finds ports on loopback that nobody uses, each another.
func freePorts(ports ...*int) error {
	for _, p := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer l.Close()
		*p = l.Addr().(*net.TCPAddr).Port
	}
	return nil
}

// certificate writes a self-signed certificate for loopback and returns the
// client's side of it.
func certificate(certFile, keyFile string) (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	k, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(certFile, certPEM, 0o644); err != nil {
		return nil, err
	}
	if err := os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: k}), 0o600); err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	return &tls.Config{RootCAs: pool}, nil
}
