package storage

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// StartBound starts a child that gets SIGTERM when this process dies. Linux
// sends it when the *thread* that started the child ends, so one goroutine
// starts it, keeps its thread, and waits for it.
func StartBound(cmd *exec.Cmd, ended func(error)) error {
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

// lockFolder takes the lock on the data folder. The child holds it too, so that
// a new service does not start beside a server that is still writing.
func lockFolder(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("storage: data folder: %w", err)
	}
	switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case err == nil:
		return f, nil
	case errors.Is(err, syscall.EWOULDBLOCK), errors.Is(err, syscall.EINTR):
		return nil, errors.Join(ErrBusy, f.Close())
	default:
		return nil, errors.Join(fmt.Errorf("storage: %s: %w", path, err), f.Close())
	}
}
