package storage

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	json "github.com/go-json-experiment/json/v1"
	"github.com/redis/go-redis/v9"
)

// A backup is one gzipped tar file:
//
//	manifest.json   backupManifest
//	keys-000001.jsonl…  one savedKey a line
//	files/<sha256>  the files that came in
//	erased          the list of what was erased
//	secret          when it stands in the data folder; without it nobody could
//	                be recognized any more, so a backup is as secret as that
//
// It is written as values of each type, not as Redis' own dump, so that it can
// be read by another version of Redis, and by people.
type backupManifest struct {
	Schema   int       `json:"schema"`
	Province string    `json:"province"`
	Version  string    `json:"version"` // of the last commit in it
	At       time.Time `json:"at"`
}

// savedKey is one key, its name without the province.
type savedKey struct {
	Name   string            `json:"name"`
	Kind   string            `json:"kind"`
	Keep   int64             `json:"keep,omitempty"` // milliseconds it has left
	Text   []byte            `json:"text,omitempty"`
	Hash   map[string][]byte `json:"hash,omitempty"`
	Items  [][]byte          `json:"items,omitempty"` // of a list, in order, or a set
	Scored []scored          `json:"scored,omitempty"`
}

type scored struct {
	Member []byte  `json:"m"`
	Score  float64 `json:"s"`
}

// skipped are the keys that belong to running processes.
func (k keys) skipped(key string) bool { return key == k.lease() || key == k.pause() }

const pauseTime = time.Minute

// Backup writes the province to w. The service may run: commits and senders
// wait meanwhile, seconds for the sizes that a province has.
func (s *Store) Backup(ctx context.Context, w io.Writer, now time.Time) error {
	return s.paused(ctx, func(renew func() error) error { return s.backup(ctx, w, now, renew) })
}

// paused does something while nothing is committed and nothing leaves; renew
// has it go on for as long again.
func (s *Store) paused(ctx context.Context, do func(renew func() error) error) (err error) {
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return err
	}
	token := hex.EncodeToString(raw)
	free, err := s.client.SetNX(ctx, s.keys.pause(), token, pauseTime).Result()
	if err != nil {
		return temporary(err)
	}
	if !free {
		return errors.New("storage: another backup is being made")
	}
	defer func() {
		err = errors.Join(err, s.endPause(context.WithoutCancel(ctx), token))
	}()
	return do(func() error {
		kept, err := renewScript.Run(ctx, s.client, []string{s.keys.pause()}, token, pauseTime.Milliseconds()).Int()
		if err != nil || kept == 0 {
			return errors.Join(errors.New("storage: the pause was lost"), err)
		}
		return nil
	})
}

func (s *Store) backup(ctx context.Context, w io.Writer, now time.Time, renew func() error) error {
	packed := gzip.NewWriter(w)
	out := tar.NewWriter(packed)
	manifest := backupManifest{Schema: Schema, Province: strings.Trim(s.keys.prefix, "{}:"), At: now}
	n, err := s.client.Get(ctx, s.keys.sequence()).Int64()
	if err != nil && !errors.Is(err, redis.Nil) {
		return temporary(err)
	}
	manifest.Version = fixed(n)
	text, err := json.Marshal(manifest)
	if err != nil {
		return err
	}
	if err := addFile(out, "manifest.json", text, now); err != nil {
		return err
	}
	if err := s.backupKeys(ctx, out, now, renew); err != nil {
		return err
	}
	if err := s.backupFolder(out, now); err != nil {
		return err
	}
	return errors.Join(out.Close(), packed.Close())
}

// endPause lets the service go on. If it went on before, what was read
// meanwhile is no good.
func (s *Store) endPause(ctx context.Context, token string) error {
	n, err := releaseScript.Run(ctx, s.client, []string{s.keys.pause()}, token).Int()
	if err == nil && n == 0 {
		return errors.New("storage: the pause took too long, and what was read is not of one moment: try again")
	}
	return temporary(err)
}

func addFile(out *tar.Writer, name string, body []byte, now time.Time) error {
	if err := out.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(body)), ModTime: now}); err != nil {
		return err
	}
	_, err := out.Write(body)
	return err
}

func (s *Store) backupKeys(ctx context.Context, out *tar.Writer, now time.Time, renew func() error) error {
	var chunk bytes.Buffer
	chunks := 0
	flush := func() error {
		if chunk.Len() == 0 {
			return nil
		}
		chunks++
		err := addFile(out, fmt.Sprintf("keys-%06d.jsonl", chunks), chunk.Bytes(), now)
		chunk.Reset()
		return err
	}
	lines := json.NewEncoder(&chunk)
	err := s.eachKey(ctx, func(page []savedKey) error {
		for _, saved := range page {
			if err := lines.Encode(saved); err != nil {
				return err
			}
		}
		if err := renew(); err != nil {
			return err
		}
		if chunk.Len() > 4<<20 {
			return flush()
		}
		return nil
	})
	return errors.Join(err, flush())
}

// eachKey reads every key of the province, some at a time.
func (s *Store) eachKey(ctx context.Context, do func(page []savedKey) error) error {
	seen := map[string]bool{} // SCAN may give a key twice
	return s.eachMaster(ctx, func(c redis.Cmdable) error {
		var cursor uint64
		for {
			names, next, err := c.Scan(ctx, cursor, s.keys.all(), 1000).Result()
			if err != nil {
				return temporary(err)
			}
			fresh := names[:0]
			for _, name := range names {
				if !seen[name] && !s.keys.skipped(name) {
					seen[name] = true
					fresh = append(fresh, name)
				}
			}
			page, err := s.readKeys(ctx, c, fresh)
			if err != nil {
				return err
			}
			if err := do(page); err != nil {
				return err
			}
			if cursor = next; cursor == 0 {
				return nil
			}
		}
	})
}

// readKeys reads keys of any type in two calls.
func (s *Store) readKeys(ctx context.Context, c redis.Cmdable, names []string) ([]savedKey, error) {
	if len(names) == 0 {
		return nil, nil
	}
	pipe := c.Pipeline()
	kinds := make([]*redis.StatusCmd, len(names))
	ttls := make([]*redis.DurationCmd, len(names))
	for i, name := range names {
		kinds[i], ttls[i] = pipe.Type(ctx, name), pipe.PTTL(ctx, name)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, temporary(err)
	}
	pipe = c.Pipeline()
	values := make([]redis.Cmder, len(names))
	for i, name := range names {
		switch kinds[i].Val() {
		case "string":
			values[i] = pipe.Get(ctx, name)
		case "hash":
			values[i] = pipe.HGetAll(ctx, name)
		case "list":
			values[i] = pipe.LRange(ctx, name, 0, -1)
		case "set":
			values[i] = pipe.SMembers(ctx, name)
		case "zset":
			values[i] = pipe.ZRangeWithScores(ctx, name, 0, -1)
		}
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, temporary(err)
	}
	page := make([]savedKey, 0, len(names))
	for i, name := range names {
		saved := savedKey{Name: strings.TrimPrefix(name, s.keys.prefix), Kind: kinds[i].Val()}
		if ttl := ttls[i].Val(); ttl > 0 {
			saved.Keep = max(ttl.Milliseconds(), 1)
		}
		switch v := values[i].(type) {
		case *redis.StringCmd:
			if v.Err() != nil {
				continue // expired in between
			}
			saved.Text = []byte(v.Val())
		case *redis.MapStringStringCmd:
			saved.Hash = map[string][]byte{}
			for field, value := range v.Val() {
				saved.Hash[field] = []byte(value)
			}
		case *redis.StringSliceCmd:
			for _, item := range v.Val() {
				saved.Items = append(saved.Items, []byte(item))
			}
		case *redis.ZSliceCmd:
			for _, z := range v.Val() {
				saved.Scored = append(saved.Scored, scored{[]byte(z.Member.(string)), z.Score})
			}
		default:
			continue // gone in between
		}
		page = append(page, saved)
	}
	return page, nil
}

func (s *Store) backupFolder(out *tar.Writer, now time.Time) error {
	if s.data == "" {
		return nil
	}
	for _, name := range []string{"erased", "secret"} {
		body, err := os.ReadFile(filepath.Join(s.data, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := addFile(out, name, body, now); err != nil {
			return err
		}
	}
	sums, err := s.Files().sums()
	if err != nil {
		return err
	}
	for _, sum := range sums {
		body, err := os.ReadFile(filepath.Join(s.Files().dir, sum))
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed in between
		}
		if err != nil {
			return err
		}
		if err := addFile(out, "files/"+sum, body, now); err != nil {
			return err
		}
	}
	return nil
}
