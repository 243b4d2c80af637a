package mailtest

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestHold is no test: it is run by the next one, in a process of its own, and
// holds two servers until it is killed.
func TestHold(t *testing.T) {
	dir := os.Getenv("REGIA_MAILTEST_HOLD")
	if dir == "" {
		t.Skip("run by another test")
	}
	d, err := StartDovecot(dir)
	if err != nil {
		fmt.Println("error", err)
		return
	}
	p, err := StartPostfix(dir, "formazione@provincia.example", d)
	if err != nil {
		fmt.Println("error", err)
		return
	}
	fmt.Println("holds", d.Addr(), p.Addr())
	select {}
}

// A test that is killed leaves no server behind.
func TestTheServersEndWithAKilledTest(t *testing.T) {
	if os.Getenv("REGIA_TEST_REAL") == "" {
		t.Skip("skipped: with REGIA_TEST_REAL=1 it starts Dovecot and Postfix")
	}
	dir, err := Dir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	cmd := exec.Command(os.Args[0], "-test.run=^TestHold$", "-test.v")
	cmd.Env = append(os.Environ(), "REGIA_MAILTEST_HOLD="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var addrs []string
	for lines := bufio.NewScanner(out); addrs == nil && lines.Scan(); {
		switch word, rest, _ := strings.Cut(lines.Text(), " "); word {
		case "holds":
			addrs = strings.Fields(rest)
		case "error":
			t.Error(rest)
			addrs = []string{}
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	end := time.Now().Add(30 * time.Second)
	for _, addr := range addrs {
		for {
			c, err := net.DialTimeout("tcp", addr, time.Second)
			if err != nil {
				break
			}
			c.Close()
			if time.Now().After(end) {
				t.Fatalf("%s still answers", addr)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}
