//go:build !linux

package storage

import (
	"errors"
	"os"
	"os/exec"
)

var errOnlyLinux = errors.New("storage: a private redis-server is started on Linux only: set REGIA_REDIS_URL")

func startBound(*exec.Cmd, func(error)) error { return errOnlyLinux }

func lockFolder(string) (*os.File, error) { return nil, errOnlyLinux }
