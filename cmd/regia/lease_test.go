package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"regia/bot/bottest"
	"regia/storage"
)

// Two services of one province share a Redis: one serves, the other waits and
// does not touch the chat, and takes over when the first stops.
func TestASecondServiceWaitsForTheFirst(t *testing.T) {
	needRedis(t)
	server, err := storage.StartServer(t.Context(), t.TempDir(), silent())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	socket, err := server.Client().ConfigGet(t.Context(), "unixsocket").Result()
	if err != nil {
		t.Fatal(err)
	}
	chat, err := bottest.Start(bottest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = chat.Close() })
	heard, cancel := chat.Subscribe()
	t.Cleanup(cancel)

	type service struct {
		stop  context.CancelFunc
		ended chan string
	}
	start := func() service {
		k := newDesk(t)
		k.run("init")
		config := string(sampleConfig)
		config = strings.Replace(config, "enabled = false\nact = \"\"\nopinion = \"\"", "enabled = true\nact = \"atto 1\"\nopinion = \"parere 1\"", 1)
		k.file("regia.toml", config)
		k.env["REGIA_REDIS_URL"], k.env["REGIA_SECRET"] = "unix://"+filepath.Clean(socket["unixsocket"]), "una parola lunga e casuale"
		k.env["REGIA_TELEGRAM_TOKEN"], k.env["REGIA_TELEGRAM_API"] = chat.Token(), chat.URL()
		ctx, stop := context.WithCancel(t.Context())
		s := service{stop, make(chan string, 1)}
		go func() {
			_, out := k.runCtx(ctx, "serve")
			s.ended <- out
		}()
		return s
	}
	answer := func(person int64) {
		t.Helper()
		chat.Say(person, "/start")
		for m := range heard {
			if m.FromBot && m.Chat == person {
				return
			}
		}
	}
	one := start()
	answer(1)
	two := start()
	answer(2)
	one.stop()
	if out := <-one.ended; strings.Contains(out, "Conflict") || !strings.Contains(out, "regia stops") {
		t.Errorf("the first one: %s", out)
	}
	answer(3)
	two.stop()
	if out := <-two.ended; strings.Contains(out, "Conflict") || !strings.Contains(out, "regia serves") {
		t.Errorf("the second one: %s", out)
	}
}
