package storage

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	json "github.com/go-json-experiment/json/v1"
	"github.com/redis/go-redis/v9"
)

// ErrNotEmpty says that there is a province already where one was to be restored.
var ErrNotEmpty = errors.New("storage: the province holds data already: restore into an empty one")

// maxEntry bounds one entry of a backup.
const maxEntry = 256 << 20

// Restore puts a backup into an empty province and the data folder, and erases
// again what <data>/erased, here or in the backup, says was erased since. It is
// called before [Open].
func Restore(ctx context.Context, client redis.UniversalClient, province, data string, r io.Reader) error {
	k, err := makeKeys(province)
	if err != nil {
		return err
	}
	if err := refuseFull(ctx, client, k); err != nil {
		return err
	}
	packed, err := gzip.NewReader(r)
	if err != nil {
		return fmt.Errorf("storage: this is no backup: %w", err)
	}
	in := tar.NewReader(packed)
	var manifest *backupManifest
	var lines []erased
	for {
		header, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("storage: the backup is damaged: %w", err)
		}
		if header.Size > maxEntry {
			return fmt.Errorf("storage: the backup holds too large an entry: %s", header.Name)
		}
		if manifest == nil {
			if manifest, err = readManifest(header.Name, in, province); err != nil {
				return err
			}
			continue
		}
		if err := restoreEntry(ctx, client, k, data, header.Name, in, &lines); err != nil {
			return err
		}
	}
	if manifest == nil {
		return errors.New("storage: this is no backup: it is empty")
	}
	if raw, err := os.ReadFile(erasedPath(data)); err == nil {
		lines = append(lines, readErased(raw)...)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return eraseAgain(ctx, client, k, data, manifest.Version, lines)
}

func refuseFull(ctx context.Context, client redis.UniversalClient, k keys) error {
	n, err := client.Exists(ctx, k.sequence()).Result()
	if err != nil {
		return temporary(err)
	}
	if n > 0 {
		return ErrNotEmpty
	}
	return nil
}

func readManifest(name string, r io.Reader, province string) (*backupManifest, error) {
	var m backupManifest
	if name != "manifest.json" || json.NewDecoder(r).Decode(&m) != nil || len(m.Version) != versionWidth {
		return nil, errors.New("storage: this is no backup of a province")
	}
	if m.Schema > Schema {
		return nil, ErrNewer
	}
	if m.Province != province {
		return nil, fmt.Errorf("storage: this is a backup of %q, not of %q", m.Province, province)
	}
	return &m, nil
}

func restoreEntry(ctx context.Context, client redis.UniversalClient, k keys, data, name string, r io.Reader, lines *[]erased) error {
	switch {
	case strings.HasPrefix(name, "keys-"):
		return restoreKeys(ctx, client, k, r)
	case name == "erased":
		raw, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		*lines = append(*lines, readErased(raw)...)
		return restoreErased(data, raw)
	case name == "secret":
		raw, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		return restoreSecret(data, raw)
	case strings.HasPrefix(name, "files/"):
		sum := strings.TrimPrefix(name, "files/")
		file, err := FilesIn(data).Put(r, maxEntry, "", "")
		if err == nil && file.SHA256 != sum {
			err = errors.Join(fmt.Errorf("storage: the backup is damaged: file %q", sum), FilesIn(data).Remove(file.SHA256))
		}
		return err
	}
	return nil // of a later version that still has this schema
}

// restoreErased keeps the list that the folder has: it is the newer one.
func restoreErased(data string, raw []byte) error {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	return placeFile(erasedPath(data), raw)
}

// restoreSecret refuses a folder with another secret: nobody would be
// recognized with it.
func restoreSecret(data string, raw []byte) error {
	path := filepath.Join(data, "secret")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	if err := placeFile(path, raw); err != nil {
		return err
	}
	if found, err := os.ReadFile(path); err != nil || !bytes.Equal(found, raw) {
		return errors.Join(fmt.Errorf("storage: %s is not the secret of the backup: move it away first", path), err)
	}
	return nil
}

func restoreKeys(ctx context.Context, client redis.UniversalClient, k keys, r io.Reader) error {
	lines := json.NewDecoder(r)
	pipe := client.Pipeline()
	for {
		var saved savedKey
		err := lines.Decode(&saved)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("storage: the backup is damaged: %w", err)
		}
		if pipe.Len() > 1000 || err != nil && pipe.Len() > 0 {
			if _, err := pipe.Exec(ctx); err != nil {
				return temporary(err)
			}
		}
		if err != nil {
			return nil
		}
		if key := k.prefix + saved.Name; key != k.sequence() { // which comes last
			restoreKey(ctx, pipe, key, saved)
		}
	}
}

func restoreKey(ctx context.Context, pipe redis.Pipeliner, key string, saved savedKey) {
	const many = 1000  // members in one command
	pipe.Del(ctx, key) // left by a restore that was broken off
	switch saved.Kind {
	case "string":
		pipe.Set(ctx, key, saved.Text, 0)
	case "hash":
		for field, value := range saved.Hash {
			pipe.HSet(ctx, key, field, value)
		}
	case "list", "set":
		for len(saved.Items) > 0 {
			n := min(len(saved.Items), many)
			members := make([]any, n)
			for i := range members {
				members[i] = saved.Items[i]
			}
			if saved.Kind == "list" {
				pipe.RPush(ctx, key, members...)
			} else {
				pipe.SAdd(ctx, key, members...)
			}
			saved.Items = saved.Items[n:]
		}
	case "zset":
		for len(saved.Scored) > 0 {
			n := min(len(saved.Scored), many)
			members := make([]redis.Z, n)
			for i, z := range saved.Scored[:n] {
				members[i] = redis.Z{Score: z.Score, Member: string(z.Member)}
			}
			pipe.ZAdd(ctx, key, members...)
			saved.Scored = saved.Scored[n:]
		}
	}
	if saved.Keep > 0 {
		pipe.PExpire(ctx, key, time.Duration(saved.Keep)*time.Millisecond)
	}
}

// eraseAgain takes out what was erased after the backup was made, and sets the
// sequence beyond every number that was ever given out, so that no version
// comes twice. Only then is the province no longer empty: a restore that broke
// off can be repeated.
func eraseAgain(ctx context.Context, client redis.UniversalClient, k keys, data, version string, lines []erased) error {
	highest := version
	for _, e := range lines {
		highest = max(highest, e.Version)
		if e.Version <= version {
			continue
		}
		pipe := client.Pipeline()
		for _, ref := range e.Docs {
			pipe.Del(ctx, k.doc(ref))
		}
		for _, entry := range e.Lists {
			pipe.ZRem(ctx, k.list(entry[0]), entry[1])
		}
		if pipe.Len() > 0 {
			if _, err := pipe.Exec(ctx); err != nil {
				return temporary(err)
			}
		}
		for _, sum := range e.Files {
			if err := FilesIn(data).Remove(sum); err != nil {
				return err
			}
		}
	}
	n, err := strconv.ParseInt(highest, 10, 64)
	if err != nil {
		return fmt.Errorf("storage: the list of what was erased is damaged: %w", err)
	}
	return temporary(client.Set(ctx, k.sequence(), n+1, 0).Err())
}
