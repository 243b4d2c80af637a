package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regia/storage"
)

// A tool that comes while the service is still starting (it holds the folder
// and has not said where its socket is) reaches it as soon as it can.
func TestAToolWaitsForAServiceThatIsStarting(t *testing.T) {
	needRedis(t)
	data := t.TempDir()
	server, err := storage.StartServer(t.Context(), data, silent())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	if _, err := storage.TryServer(t.Context(), data); !errors.Is(err, storage.ErrBusy) {
		t.Fatalf("a second server: %v", err)
	}
	socket, hidden := filepath.Join(data, "socket"), filepath.Join(data, "hidden")
	if err := os.Rename(socket, hidden); err != nil {
		t.Fatal(err)
	}
	reached := make(chan error, 1)
	go func() {
		client, own, err := visitFolder(t.Context(), data, silent())
		if own != nil {
			err = errors.Join(errors.New("a server of its own"), own.Close())
		}
		if client != nil {
			err = errors.Join(err, client.Ping(t.Context()).Err(), client.Close())
		}
		reached <- err
	}()
	if err := os.Rename(hidden, socket); err != nil {
		t.Fatal(err)
	}
	if err := <-reached; err != nil {
		t.Error(err)
	}
}

func TestTheClockIsMovedFromThisMachineOnly(t *testing.T) {
	needRedis(t)
	k := newDesk(t)
	k.run("init")
	k.mail()
	for _, address := range []string{"", ":8081", "0.0.0.0:8081", "192.0.2.1:8081", "example.org:8081"} {
		k.env["REGIA_HTTP"] = address
		if status, out := k.run("serve", "--clock", "2027-01-11T08:00:00+01:00"); status != exitWrong || !strings.Contains(out, "su questo computer") {
			t.Errorf("REGIA_HTTP=%q: %d %s", address, status, out)
		}
	}
	for _, address := range []string{"127.0.0.1:0", "[::1]:0", "localhost:0"} {
		if !loopback(address) {
			t.Errorf("%s is of this machine", address)
		}
	}
}
