package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// startBound starts a child that gets SIGTERM when this process dies. Linux
// sends it when the *thread* that started the child ends, so one goroutine
// starts it, keeps its thread, and waits for it.
func startBound(cmd *exec.Cmd, ended func(error)) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Pdeathsig: syscall.SIGTERM,
		Setpgid:   true, // Ctrl-C at the terminal is for the parent, which ends the child in order
	}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			ended(cmd.Wait())
		}
	}()
	return <-started
}

// lockFolder waits for the lock on the data folder. The child holds it too, so
// that a new service does not start beside a server that is still writing.
func lockFolder(ctx context.Context, path string, log *slog.Logger) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("storage: data folder: %w", err)
	}
	said := time.Duration(0)
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 250*time.Millisecond) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return nil, errors.Join(fmt.Errorf("storage: %s: %w", path, err), f.Close())
		}
		if said += pause; said > time.Second && said-pause <= time.Second {
			log.Info("storage: another service uses this data folder: waiting for it to end")
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("storage: another service uses this data folder: %w", ctx.Err()), f.Close())
		case <-time.After(pause):
		}
	}
}
