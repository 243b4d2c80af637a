package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
)

// Schema is the number of the shape of what is stored. A province with a newer
// one was written by a newer program, and is refused.
const Schema = 1

// ErrNewer says that a newer program wrote this province.
var ErrNewer = errors.New("storage: the data was written by a newer version of the program: install that one")

// Options say where a province is kept.
type Options struct {
	Client   redis.UniversalClient
	Province string
	Secret   []byte         // see [Secret]
	Data     string         // folder of files and of the list of what was erased; "" for none
	Zone     *time.Location // of the province; Europe/Rome when nil
	Log      *slog.Logger   // slog.Default() when nil

	// Exclusive says that no other process can reach this store (a private
	// server behind a locked folder): the lease of a dead writer is taken over
	// at once.
	Exclusive bool
	// Lease is how long a dead writer keeps others waiting, 10 s when 0.
	Lease time.Duration
	// Cache bounds the memory for documents kept at hand, in bytes, 16 MB when
	// 0, none when negative.
	Cache int
}

// Store is a province in Redis.
type Store struct {
	client redis.UniversalClient
	keys   keys
	secret []byte
	data   string
	zone   *time.Location
	log    *slog.Logger
	cache  *cache

	exclusive bool
	leaseTime time.Duration

	wake map[dialog.Channel]chan struct{}
	todo chan struct{}
}

// Open checks the schema of the province, and makes a new one if there is none.
func Open(ctx context.Context, o Options) (*Store, error) {
	k, err := makeKeys(o.Province)
	if err != nil {
		return nil, err
	}
	if len(o.Secret) < 16 {
		return nil, errors.New("storage: the secret is too short: at least 16 bytes")
	}
	s := &Store{
		client: o.Client, keys: k, secret: o.Secret, data: o.Data, zone: o.Zone, log: o.Log,
		exclusive: o.Exclusive, leaseTime: o.Lease, cache: newCache(o.Cache),
		wake: map[dialog.Channel]chan struct{}{
			dialog.ByChat: make(chan struct{}, 1),
			dialog.ByMail: make(chan struct{}, 1),
		},
		todo: make(chan struct{}, 1),
	}
	if s.leaseTime <= 0 {
		s.leaseTime = 10 * time.Second
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.zone == nil {
		if s.zone, err = time.LoadLocation("Europe/Rome"); err != nil {
			return nil, fmt.Errorf("storage: time zone: %w", err)
		}
	}
	return s, s.checkSchema(ctx)
}

func (s *Store) checkSchema(ctx context.Context) error {
	if err := s.client.SetNX(ctx, s.keys.schema(), Schema, 0).Err(); err != nil {
		return fmt.Errorf("storage: schema: %w", err)
	}
	found, err := s.client.Get(ctx, s.keys.schema()).Int()
	if err != nil {
		return fmt.Errorf("storage: schema: %w", err)
	}
	if found > Schema {
		return fmt.Errorf("%w (%d, this program knows %d)", ErrNewer, found, Schema)
	}
	if found < Schema {
		// What is written from now on only this program reads; what stands there
		// is upgraded as it is read.
		if err := s.client.Set(ctx, s.keys.schema(), Schema, 0).Err(); err != nil {
			return fmt.Errorf("storage: schema: %w", err)
		}
	}
	return nil
}

// Ready tells senders that a commit of this process gave the channel something
// to do; one token stands for any number of messages.
func (s *Store) Ready(ch dialog.Channel) <-chan struct{} { return s.wake[ch] }

func (s *Store) ring(ch dialog.Channel) { signal(s.wake[ch]) }

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// millis is how instants are stored: in milliseconds, rounded down.
func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// instant reads a stored one back.
func (s *Store) instant(score float64) time.Time {
	return time.UnixMilli(int64(score)).In(s.zone)
}
