package storage

import (
	"context"
	"errors"
	"fmt"

	json "github.com/go-json-experiment/json/v1"
	"github.com/redis/go-redis/v9"

	"regia/dialog"
)

// maxList bounds one page of a list.
const maxList = 10000

// Reader reads the province as it is, for rendering and reports.
func (s *Store) Reader(ctx context.Context) *Snapshot {
	return &Snapshot{store: s, ctx: ctx, docs: map[dialog.Ref]stored{}}
}

// Snapshot is a [dialog.Reader] that reads each document once. It is for one
// piece of work (a batch of messages to render), and for one goroutine.
type Snapshot struct {
	store *Store
	ctx   context.Context
	docs  map[dialog.Ref]stored
}

// Prefetch reads many documents in one call.
func (r *Snapshot) Prefetch(refs ...dialog.Ref) error {
	var missing []dialog.Ref
	for _, ref := range refs {
		if _, ok := r.docs[ref]; ok {
			continue
		}
		if doc, ok := r.store.cache.get(ref); ok {
			r.docs[ref] = doc
			continue
		}
		missing = append(missing, ref)
	}
	for len(missing) > 0 {
		n := min(len(missing), 500)
		docs, err := r.store.fetch(r.ctx, missing[:n])
		if err != nil {
			return err
		}
		for i, doc := range docs {
			r.docs[missing[i]] = doc
		}
		missing = missing[n:]
	}
	return nil
}

// Load is [dialog.Reader] Load.
func (r *Snapshot) Load(ref dialog.Ref, doc any) (bool, error) {
	if err := r.Prefetch(ref); err != nil {
		return false, err
	}
	return decode(ref, r.docs[ref], doc)
}

// List is [dialog.Reader] List.
func (r *Snapshot) List(name, after string, limit int) ([]string, error) {
	return r.store.list(r.ctx, name, after, limit)
}

func decode(ref dialog.Ref, found stored, doc any) (bool, error) {
	if found.version == "" {
		return false, nil
	}
	if err := json.Unmarshal(found.body, doc); err != nil {
		// The text of the error may quote the document.
		return true, fmt.Errorf("storage: %s cannot be read: %T", ref, err)
	}
	return true, nil
}

func (s *Store) fetch(ctx context.Context, refs []dialog.Ref) ([]stored, error) {
	docs := make([]stored, len(refs))
	if len(refs) == 1 {
		raw, err := s.client.Get(ctx, s.keys.doc(refs[0])).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return nil, temporary(err)
		}
		docs[0] = parseStored(raw)
		return docs, nil
	}
	names := make([]string, len(refs))
	for i, ref := range refs {
		names[i] = s.keys.doc(ref)
	}
	raws, err := s.client.MGet(ctx, names...).Result()
	if err != nil {
		return nil, temporary(err)
	}
	for i, raw := range raws {
		if text, ok := raw.(string); ok {
			docs[i] = parseStored(text)
		}
	}
	return docs, nil
}

func (s *Store) list(ctx context.Context, name, after string, limit int) ([]string, error) {
	if limit <= 0 {
		return nil, nil
	}
	from := "-"
	if after != "" {
		from = "(" + after
	}
	members, err := s.client.ZRangeByLex(ctx, s.keys.list(name), &redis.ZRangeBy{
		Min: from, Max: "+", Count: int64(min(limit, maxList)),
	}).Result()
	return members, temporary(err)
}
