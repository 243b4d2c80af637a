package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Server is a redis-server of this process alone, on a socket in the data
// folder. It ends with the process, however that ends.
type Server struct {
	client *redis.Client
	data   string
	socket string
	temp   string // folder of the socket when the data folder's path is too long
	lock   *os.File
	cmd    *exec.Cmd
	ended  chan struct{} // closed when the child is gone
	err    error         // of the child, once it is gone
	stop   sync.Once
}

// ErrNoRedis says that there is no redis-server to start.
var ErrNoRedis = errors.New("storage: redis-server is not installed: install the package redis-server (Debian, Ubuntu: apt install redis-server), or set REGIA_REDIS_URL")

// maxSocket is what the system allows for the path of a socket, with a margin.
const maxSocket = 100

// ErrBusy says that another process holds the data folder.
var ErrBusy = errors.New("storage: another service uses this data folder")

// StartServer waits for the lock on the data folder, starts a redis-server in
// it and waits until it has read its data.
func StartServer(ctx context.Context, data string, log *slog.Logger) (*Server, error) {
	said := time.Duration(0)
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 250*time.Millisecond) {
		s, err := TryServer(ctx, data)
		if !errors.Is(err, ErrBusy) {
			return s, err
		}
		if said += pause; said > time.Second && said-pause <= time.Second {
			log.Info("storage: another service uses this data folder: waiting for it to end")
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(err, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// TryServer is StartServer without waiting: [ErrBusy] when another process holds
// the data folder.
func TryServer(ctx context.Context, data string) (*Server, error) {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, ErrNoRedis
	}
	if program, err = filepath.Abs(program); err != nil {
		return nil, err
	}
	if data, err = filepath.Abs(data); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(data, "redis"), 0o700); err != nil {
		return nil, fmt.Errorf("storage: data folder: %w", err)
	}
	s := &Server{data: data, ended: make(chan struct{})}
	if s.lock, err = lockFolder(filepath.Join(data, "lock")); err != nil {
		return nil, err
	}
	if err := s.start(ctx, program); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, program string) error {
	s.socket = filepath.Join(s.data, "redis.sock")
	if len(s.socket) > maxSocket {
		temp, err := os.MkdirTemp("", "regia-")
		if err != nil {
			return err
		}
		s.temp, s.socket = temp, filepath.Join(temp, "redis.sock")
	}
	if err := os.Remove(s.socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	cmd := exec.Command(program,
		"--port", "0", "--unixsocket", s.socket, "--unixsocketperm", "700",
		"--dir", filepath.Join(s.data, "redis"), "--save", "", "--daemonize", "no",
		"--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction",
		"--logfile", filepath.Join(s.data, "redis", "log"), "--loglevel", "warning",
	)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"} // it needs none of the secrets
	cmd.ExtraFiles = []*os.File{s.lock}                         // the folder is locked as long as the child lives
	s.cmd = cmd
	if err := StartBound(cmd, func(err error) { s.err = err; close(s.ended) }); err != nil {
		s.cmd = nil
		return fmt.Errorf("storage: redis-server: %w", err)
	}
	// Other subcommands look here for the socket.
	if err := os.WriteFile(socketFile(s.data), []byte(s.socket+"\n"), 0o600); err != nil {
		return err
	}
	s.client = redis.NewClient(&redis.Options{Network: "unix", Addr: s.socket, Protocol: 2})
	for {
		err := s.client.Ping(ctx).Err()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.ended:
			return fmt.Errorf("storage: redis-server ended at once (%v): see %s", s.err, filepath.Join(s.data, "redis", "log"))
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func socketFile(data string) string { return filepath.Join(data, "socket") }

// Client speaks with the server.
func (s *Server) Client() redis.UniversalClient { return s.client }

// Ended is closed when the server has ended, wanted or not.
func (s *Server) Ended() <-chan struct{} { return s.ended }

// Close ends the server in order and frees the data folder.
func (s *Server) Close() error {
	var err error
	s.stop.Do(func() {
		if s.client != nil {
			err = s.client.Close()
		}
		if s.cmd != nil {
			err = errors.Join(err, s.end())
		}
		if s.temp != "" {
			err = errors.Join(err, os.RemoveAll(s.temp))
		}
		if s.cmd != nil {
			if e := os.Remove(socketFile(s.data)); e != nil && !errors.Is(e, fs.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
		err = errors.Join(err, s.lock.Close())
	})
	return err
}

func (s *Server) end() error {
	select {
	case <-s.ended:
		return nil
	default:
	}
	_ = s.cmd.Process.Signal(os.Interrupt)
	select {
	case <-s.ended:
	case <-time.After(10 * time.Second):
		_ = s.cmd.Process.Kill() // everything answered is on disk
		<-s.ended
	}
	return nil
}

// ErrNotRunning says that no service runs in a data folder.
var ErrNotRunning = errors.New("storage: no service is running in this data folder")

// Attach speaks with the server that a running service started in data.
func Attach(ctx context.Context, data string) (redis.UniversalClient, error) {
	raw, err := os.ReadFile(socketFile(data))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotRunning
	}
	if err != nil {
		return nil, err
	}
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: strings.TrimSpace(string(raw)), MaxRetries: -1, Protocol: 2})
	if err := client.Ping(ctx).Err(); err != nil {
		return nil, errors.Join(ErrNotRunning, client.Close())
	}
	return client, nil
}
