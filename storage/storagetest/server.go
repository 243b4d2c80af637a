package storagetest

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"regia/storage"
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
// for the settings given. Without the program the test is skipped, or fails
// where REGIA_TEST_REAL is set.
func Redis(t testing.TB, settings ...string) redis.UniversalClient {
	t.Helper()
	short, err := os.MkdirTemp("", "rt") // the path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(short) })
	socket := filepath.Join(short, "s")
	serve(t, append([]string{"--port", "0", "--unixsocket", socket}, settings...)...)
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: socket})
	t.Cleanup(func() { _ = client.Close() })
	await(t, "redis-server answers", func(ctx context.Context) bool { return client.Ping(ctx).Err() == nil })
	return client
}

// Cluster is a Redis Cluster of the test with two servers, each with half of
// the slots. It returns what opens it: empty, with a client of its own.
func Cluster(t testing.TB) func(t *testing.T) redis.UniversalClient {
	t.Helper()
	var addresses []string
	var first *redis.Client
	for i, slots := range [][2]int{{0, 8191}, {8192, 16383}} {
		port, bus := freePort(t), freePort(t)
		serve(t, "--bind", "127.0.0.1", "--port", port, "--cluster-enabled", "yes", "--cluster-port", bus)
		address := net.JoinHostPort("127.0.0.1", port)
		addresses = append(addresses, address)
		node := redis.NewClient(&redis.Options{Addr: address})
		defer node.Close()
		await(t, "a server of the cluster answers", func(ctx context.Context) bool { return node.Ping(ctx).Err() == nil })
		if err := node.ClusterAddSlotsRange(t.Context(), slots[0], slots[1]).Err(); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = node
		} else if err := first.Do(t.Context(), "CLUSTER", "MEET", "127.0.0.1", port, bus).Err(); err != nil {
			t.Fatal(err)
		}
	}
	dial := func(t testing.TB) *redis.ClusterClient {
		client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: addresses})
		t.Cleanup(func() { _ = client.Close() })
		return client
	}
	client := dial(t)
	await(t, "the cluster is whole", func(ctx context.Context) bool {
		err := client.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
			info, err := node.ClusterInfo(ctx).Result()
			if err == nil && (!strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, "cluster_size:2")) {
				err = errors.New("not yet")
			}
			return err
		})
		return err == nil
	})
	return func(t *testing.T) redis.UniversalClient {
		client := dial(t)
		err := client.ForEachMaster(t.Context(), func(ctx context.Context, node *redis.Client) error {
			return node.FlushAll(ctx).Err()
		})
		if err != nil {
			t.Fatal(err)
		}
		return client
	}
}

// serve starts a redis-server that ends with the test, or with its process.
func serve(t testing.TB, settings ...string) {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("REGIA_TEST_REAL") != "" {
			t.Fatal("redis-server is not installed (apt install redis-server)")
		}
		t.Skip("skipped: redis-server is not installed (apt install redis-server)")
	}
	cmd := exec.Command(program, append([]string{
		"--dir", t.TempDir(), "--save", "",
		"--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction", "--loglevel", "warning",
	}, settings...)...)
	ended := make(chan struct{})
	if err := storage.StartBound(cmd, func(error) { close(ended) }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // killed, its child would go on rewriting the log
		<-ended
	})
}

// await asks until it is so.
func await(t testing.TB, what string, is func(context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for !is(ctx) {
		select {
		case <-ctx.Done():
			t.Fatalf("it does not come about that %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
