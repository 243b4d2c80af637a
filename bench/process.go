package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

// process is a program being measured.
type process struct {
	cmd     *exec.Cmd
	started time.Time
	log     string
	ended   chan struct{}
}

// launch starts a program; what it says goes into a file of dir.
func launch(dir, name string, env []string, program string, args ...string) (*process, error) {
	p := &process{cmd: exec.Command(program, args...), log: filepath.Join(dir, name+".log"), ended: make(chan struct{})}
	out, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}, env...)
	p.started = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	go func() { _ = p.cmd.Wait(); close(p.ended) }()
	return p, nil
}

// stop ends the program in order, and by force when that takes too long.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// failed says what the program said last, when it has ended by itself.
func (p *process) failed() error {
	select {
	case <-p.ended:
		said, _ := os.ReadFile(p.log)
		return fmt.Errorf("%s ended: %s", filepath.Base(p.cmd.Path), said[max(0, len(said)-1000):])
	default:
		return nil
	}
}

// tick is the unit of processor time in /proc, the same on every Linux.
const tick = 10 * time.Millisecond

// cpu is the processor time that the process has used so far.
func (p *process) cpu() time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	// The name, in parentheses, may hold blanks; utime and stime are the 14th
	// and 15th fields.
	_, rest, _ := strings.Cut(string(raw), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick
}

// peak is the most memory that the process ever held, in megabytes.
func (p *process) peak() float64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), "VmHWM:")
	kilobytes, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.Atoi(kilobytes)
	return float64(n) / 1024
}

// database is a redis-server on a socket of its own.
type database struct {
	*process
	socket string
	client *redis.Client
}

// startRedis starts an empty one that syncs its log as fsync says.
func startRedis(ctx context.Context, dir, fsync string) (*database, error) {
	dir, err := os.MkdirTemp(dir, "redis-")
	if err != nil {
		return nil, err
	}
	d := &database{socket: filepath.Join(dir, "s")}
	d.process, err = launch(dir, "redis", nil, "redis-server",
		"--port", "0", "--unixsocket", d.socket, "--dir", dir, "--save", "",
		"--appendonly", "yes", "--appendfsync", fsync, "--maxmemory-policy", "noeviction")
	if err != nil {
		return nil, err
	}
	d.client = redis.NewClient(&redis.Options{Network: "unix", Addr: d.socket, Protocol: 2})
	for d.client.Ping(ctx).Err() != nil {
		if err := errors.Join(d.failed(), ctx.Err()); err != nil {
			d.close()
			return nil, err
		}
		time.Sleep(5 * time.Millisecond)
	}
	return d, nil
}

func (d *database) close() {
	_ = d.client.Close()
	d.stop()
}
