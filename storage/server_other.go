//go:build !linux

package storage

import (
	"errors"
	"os"
	"os/exec"
)

var errOnlyLinux = errors.New("storage: a private redis-server is started on Linux only: set REGIA_REDIS_URL")

// StartBound starts a child, which here outlives a process that is killed.
func StartBound(cmd *exec.Cmd, ended func(error)) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { ended(cmd.Wait()) }()
	return nil
}

func lockFolder(string) (*os.File, error) { return nil, errOnlyLinux }
