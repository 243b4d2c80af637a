//go:build !linux

package storage

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
)

var errOnlyLinux = errors.New("storage: a private redis-server is started on Linux only: set REGIA_REDIS_URL")

func startBound(*exec.Cmd, func(error)) error { return errOnlyLinux }

func lockFolder(context.Context, string, *slog.Logger) (*os.File, error) { return nil, errOnlyLinux }
