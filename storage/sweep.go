package storage

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// sweepAge is older than any input can be that has not been committed: its id
// is remembered for less.
const sweepAge = 91 * 24 * time.Hour

// SweepFiles removes the files that came in long ago and that nothing in the
// store names: those of messages that were never committed, or whose answer had
// no use for them. It looks once while the service works, and only if there is
// something to remove, once more while nothing is committed, so that no name
// can move past it.
func (s *Store) SweepFiles(ctx context.Context, now time.Time) (removed int, err error) {
	if err := s.Files().dropHalf(now.Add(-sweepAge)); err != nil {
		return 0, err
	}
	old, err := s.Files().before(now.Add(-sweepAge))
	if err != nil || len(old) == 0 {
		return 0, err
	}
	if err := s.dropNamed(ctx, old, func() error { return nil }); err != nil || len(old) == 0 {
		return 0, err
	}
	err = s.paused(ctx, func(renew func() error) error {
		if err := s.dropNamed(ctx, old, renew); err != nil {
			return err
		}
		for sum := range old {
			gone, err := s.Files().removeBefore(sum, now.Add(-sweepAge))
			if err != nil {
				return err
			}
			if gone {
				removed++
			}
		}
		return nil
	})
	return removed, err
}

var anySum = regexp.MustCompile(`[0-9a-f]{64}`)

// dropNamed takes out of the set whatever a value of the store names.
func (s *Store) dropNamed(ctx context.Context, sums map[string]bool, renew func() error) error {
	look := func(value []byte) {
		for _, sum := range anySum.FindAll(value, -1) {
			delete(sums, string(sum))
		}
	}
	return s.eachKey(ctx, func(page []savedKey) error {
		for _, k := range page {
			look(k.Text)
			for _, item := range k.Items {
				look(item)
			}
			for _, value := range k.Hash {
				look(value)
				var kept struct{ Raw []byte } // a dead letter or a pending input
				if json.Unmarshal(value, &kept) == nil {
					look(kept.Raw)
				}
			}
		}
		return renew()
	})
}

// before are the files that came before an instant and not since.
func (f Files) before(at time.Time) (map[string]bool, error) {
	sums, err := f.sums()
	old := map[string]bool{}
	for _, sum := range sums {
		if info, err := os.Stat(filepath.Join(f.dir, sum)); err == nil && info.ModTime().Before(at) {
			old[sum] = true
		}
	}
	return old, err
}

// dropHalf removes what a process left that died while a file came.
func (f Files) dropHalf(at time.Time) error {
	half, err := filepath.Glob(filepath.Join(f.dir, ".new-*"))
	for _, name := range half {
		if info, e := os.Stat(name); e == nil && info.ModTime().Before(at) {
			err = errors.Join(err, os.Remove(name))
		}
	}
	return err
}

// removeBefore removes a file unless it came again.
func (f Files) removeBefore(sum string, at time.Time) (bool, error) {
	filing.Lock()
	defer filing.Unlock()
	info, err := os.Stat(filepath.Join(f.dir, sum))
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(at) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, f.Remove(sum)
}
