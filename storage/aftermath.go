package storage

import (
	"context"
	"errors"
	"strings"
	"sync"

	json "github.com/go-json-experiment/json/v1"
	"github.com/redis/go-redis/v9"

	"regia/dialog"
)

// job is what a commit leaves to be done outside the store. It stands in the
// store until it is done, so that a crash in between loses none.
type job struct {
	File    string  `json:"file,omitempty"`    // remove this file
	Rewrite bool    `json:"rewrite,omitempty"` // rewrite the log
	Erased  *erased `json:"erased,omitempty"`
}

// erased is a line of <data>/erased: what a commit that rewrote the log, or
// detached a file, removed for good. A restored backup loses it again.
type erased struct {
	Version string       `json:"version"` // of the commit: backups made later know of it
	Docs    []dialog.Ref `json:"docs,omitempty"`
	Lists   [][2]string  `json:"lists,omitempty"`
	Files   []string     `json:"files,omitempty"`
}

// aftermath is what the message leaves to be done: first the line that keeps
// the erased erased, then the rest.
func (m message) aftermath() []job {
	if len(m.jobs) == 0 {
		return nil
	}
	line := &erased{Version: "@version"} // filled in by the commit
	rewrite := false
	for _, j := range m.jobs {
		if j.File != "" {
			line.Files = append(line.Files, j.File)
		}
		rewrite = rewrite || j.Rewrite
	}
	if rewrite {
		for _, ref := range m.docs.keys {
			if m.docs.values[ref].body == nil {
				line.Docs = append(line.Docs, ref)
			}
		}
		for _, e := range m.lists.keys {
			if !m.lists.values[e] {
				line.Lists = append(line.Lists, [2]string{e.list, e.member})
			}
		}
	}
	return append([]job{{Erased: line}}, m.jobs...)
}

// settle does what commits left to do. It is called after a commit that left
// something, when the writer starts, and from time to time.
func (s *Store) settle(ctx context.Context) error {
	for {
		text, err := s.client.LIndex(ctx, s.keys.aftermath(), 0).Result()
		if errors.Is(err, redis.Nil) {
			return nil
		}
		if err != nil {
			return temporary(err)
		}
		var j job
		if err := json.Unmarshal([]byte(text), &j); err != nil {
			s.log.Error("storage: something left to do cannot be read")
		} else if err := s.do(ctx, j); err != nil {
			return err
		}
		// Only the writer takes from this list, and only from its head.
		if err := s.client.LPop(ctx, s.keys.aftermath()).Err(); err != nil && !errors.Is(err, redis.Nil) {
			return temporary(err)
		}
	}
}

func (s *Store) do(ctx context.Context, j job) error {
	switch {
	case j.Erased != nil && s.data != "":
		return appendErased(s.data, *j.Erased)
	case j.File != "" && s.data != "":
		return s.Files().Remove(j.File)
	case j.Rewrite:
		return s.rewriteLog(ctx)
	}
	return nil
}

// rewriteLog asks for a log without what was deleted. One that is being written
// already may still hold it, so that does not count.
func (s *Store) rewriteLog(ctx context.Context) error {
	err := s.eachMaster(ctx, func(c redis.Cmdable) error { return c.BgRewriteAOF(ctx).Err() })
	var reply redis.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &reply) && (strings.Contains(reply.Error(), "unknown command") || strings.HasPrefix(reply.Error(), "NOPERM")):
		s.log.Warn("storage: the log of Redis cannot be rewritten from here: what was erased stays in it until the server rewrites it by itself")
		return nil
	}
	return temporary(errors.Join(ErrTemporary, err))
}

// eachMaster does something on every server that may hold the province, on one
// after the other.
func (s *Store) eachMaster(ctx context.Context, f func(redis.Cmdable) error) error {
	if cluster, ok := s.client.(*redis.ClusterClient); ok {
		var one sync.Mutex
		return cluster.ForEachMaster(ctx, func(_ context.Context, c *redis.Client) error {
			one.Lock()
			defer one.Unlock()
			return f(c)
		})
	}
	return f(s.client)
}
