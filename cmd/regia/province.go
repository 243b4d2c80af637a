package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"regia/storage"
	"regia/training"
)

// opened is the store of a province at hand, and what must be closed after it.
type opened struct {
	store  *storage.Store
	client redis.UniversalClient
	// server is the private redis-server, when this process started it.
	server *storage.Server
	// elsewhere says that another process may be writing.
	elsewhere bool
}

func (o *opened) Close() error {
	if o.server != nil {
		return o.server.Close() // closes its client
	}
	if o.client != nil {
		return o.client.Close()
	}
	return nil
}

// dialRedis is a client of the Redis that REGIA_REDIS_URL names; several
// addresses (addr=…) are those of a cluster.
func dialRedis(url secretText) (redis.UniversalClient, error) {
	// The error of the parser quotes the whole URL, password included.
	bad := errors.New("REGIA_REDIS_URL non si può leggere: scrivi redis://utente:password@server:6379/0 (o rediss:// con TLS), con utente e password percent-encoded")
	if strings.Contains(string(url), "addr=") {
		o, err := redis.ParseClusterURL(string(url))
		if err != nil {
			return nil, bad
		}
		o.Protocol = 2
		return redis.NewClusterClient(o), nil
	}
	o, err := redis.ParseURL(string(url))
	if err != nil {
		return nil, bad
	}
	o.Protocol = 2 // the third one looks for messages that nobody sends before each answer
	return redis.NewClient(o), nil
}

// connect reaches the Redis of the settings: the one of the URL, the private
// one of a running service if visit is true and there is one, else a private
// one of this process.
func connect(ctx context.Context, s settings, visit bool, log *slog.Logger) (*opened, error) {
	if s.RedisURL != "" {
		client, err := dialRedis(s.RedisURL)
		if err != nil {
			return nil, err
		}
		return &opened{client: client, elsewhere: true}, nil
	}
	var server *storage.Server
	var err error
	if visit {
		var client redis.UniversalClient
		if client, server, err = visitFolder(ctx, s.Data, log); client != nil {
			return &opened{client: client, elsewhere: true}, nil
		}
	} else {
		server, err = storage.StartServer(ctx, s.Data, log)
	}
	if errors.Is(err, storage.ErrNoRedis) {
		return nil, errors.New("manca redis-server: installalo con «apt install redis-server», oppure indica un Redis con REGIA_REDIS_URL")
	}
	if err != nil {
		return nil, err
	}
	return &opened{client: server.Client(), server: server}, nil
}

// visitFolder reaches the server that a service runs in the data folder, or
// starts one where none does. A service that holds the folder and does not
// answer yet is still starting: it is asked again.
func visitFolder(ctx context.Context, data string, log *slog.Logger) (redis.UniversalClient, *storage.Server, error) {
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for asked := 0; ; asked++ {
		client, err := storage.Attach(ctx, data)
		if !errors.Is(err, storage.ErrNotRunning) {
			return client, nil, err
		}
		server, err := storage.TryServer(ctx, data)
		if !errors.Is(err, storage.ErrBusy) {
			return nil, server, err
		}
		if asked == 20 {
			log.Warn("un altro programma tiene la cartella dei dati e non risponde ancora: aspetto")
		}
		select {
		case <-ctx.Done():
			return nil, nil, errors.Join(err, ctx.Err())
		case <-again.C:
		}
	}
}

// openProvince opens the store of the settings.
func openProvince(ctx context.Context, s settings, visit bool, log *slog.Logger) (*opened, error) {
	secret, err := storage.Secret(string(s.Secret), s.Data)
	if err != nil {
		return nil, err
	}
	o, err := connect(ctx, s, visit, log)
	if err != nil {
		return nil, err
	}
	o.store, err = storage.Open(ctx, storage.Options{
		Client: o.client, Province: s.Province.ID, Secret: secret, Data: s.Data,
		Zone: training.Rome(), Log: log, Exclusive: o.server != nil,
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("l'archivio non si apre: %w", err), o.Close())
	}
	return o, nil
}
