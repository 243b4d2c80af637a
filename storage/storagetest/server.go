package storagetest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// Memory is a miniredis.
func Memory(t testing.TB) redis.UniversalClient {
	t.Helper()
	server := miniredis.RunT(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr()})
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// Redis is a real redis-server of the test, durable as the service wants it but
// for the settings given. Without the program the
// test is skipped, or fails where REGIA_TEST_REAL is set.
func Redis(t testing.TB, settings ...string) redis.UniversalClient {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("REGIA_TEST_REAL") != "" {
			t.Fatal("redis-server is not installed (apt install redis-server)")
		}
		t.Skip("skipped: redis-server is not installed (apt install redis-server)")
	}
	dir := t.TempDir()
	short, err := os.MkdirTemp("", "rt") // the path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(short, "s")
	cmd := exec.Command(program, append([]string{
		"--port", "0", "--unixsocket", socket, "--dir", dir, "--save", "",
		"--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction", "--loglevel", "warning",
	}, settings...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: socket})
	t.Cleanup(func() {
		_ = client.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = os.RemoveAll(short)
	})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for client.Ping(ctx).Err() != nil {
		select {
		case <-ctx.Done():
			t.Fatal("redis-server does not answer")
		case <-time.After(5 * time.Millisecond):
		}
	}
	return client
}
