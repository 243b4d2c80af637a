package storage

import (
	"crypto/hmac"
	cryptorand "crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// Secret is the secret of a province: the value given (REGIA_SECRET), or that
// of <data>/secret, which is made once and can be read by its owner only.
func Secret(value, data string) ([]byte, error) {
	if value = strings.TrimSpace(value); value != "" {
		if len(value) < 16 {
			return nil, errors.New("storage: REGIA_SECRET is too short: at least 16 characters")
		}
		return []byte(value), nil
	}
	path := filepath.Join(data, "secret")
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeSecret(data, path); err != nil {
			return nil, fmt.Errorf("storage: secret: %w", err)
		}
		raw, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("storage: secret: %w", err)
	}
	if value = strings.TrimSpace(string(raw)); len(value) >= 16 {
		return []byte(value), nil
	}
	return nil, fmt.Errorf("storage: %s is damaged: restore it from a backup", path)
}

// makeSecret links the finished file to its place, so that of two processes one
// wins and both read the same.
func makeSecret(data, path string) error {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	raw := make([]byte, 32)
	if _, err := cryptorand.Read(raw); err != nil {
		return err
	}
	return placeFile(path, []byte(hex.EncodeToString(raw)+"\n"))
}

// placeFile writes and syncs a file that only its owner reads, unless there is
// one already.
func placeFile(path string, body []byte) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".new-*") // made with 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(body)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(dir)
}

var base32lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// sum is the HMAC of the parts, each with its length before it, so that no two
// lists of parts give the same text.
func sum(secret []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, secret)
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}

// MAC is [dialog.Tx] MAC, for those who render and read mail.
func (s *Store) MAC(parts ...string) string {
	return base32lower.EncodeToString(sum(s.secret, append([]string{"mac"}, parts...)...))[:26]
}

// source gives ids and chance that depend on the message and on nothing else.
type source struct {
	secret  []byte
	id      string
	counter uint64
}

func (c *source) next(use string) []byte {
	c.counter++
	return sum(c.secret, use, c.id, fmt.Sprint(c.counter))
}

func (c *source) newID(kind string) string {
	return base32lower.EncodeToString(c.next("id:" + kind)[:10])
}

func (c *source) rand() *rand.Rand {
	return rand.New(rand.NewChaCha8([32]byte(c.next("rand"))))
}
