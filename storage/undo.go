package storage

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	json "github.com/go-json-experiment/json/v1"
	"github.com/redis/go-redis/v9"

	"regia/dialog"
)

// undoSchema is the version of the shape of undoRecord.
const undoSchema = 1

// undoRecord is what a commit has to keep to be taken back. It is written by
// the same message as the documents, as a document, and so carries the very
// version that they must still have.
type undoRecord struct {
	Schema int         `json:"schema"`
	Until  int64       `json:"until"` // milliseconds; the clock of the messages decides, not the key's life
	Docs   []undoDoc   `json:"docs,omitempty"`
	Lists  []undoEntry `json:"lists,omitempty"`
	Timers []undoTimer `json:"timers,omitempty"`
}

type undoDoc struct {
	Ref    dialog.Ref      `json:"ref"`
	Before json.RawMessage `json:"before,omitempty"` // none when there was no document
	Keep   int64           `json:"keep,omitempty"`   // milliseconds that it had left
	Gone   bool            `json:"gone,omitempty"`   // the commit removed it
}

type undoEntry struct {
	List   string `json:"list"`
	Member string `json:"member"`
	Before bool   `json:"before"`
}

type undoTimer struct {
	Timer  string `json:"timer"` // kind:id
	Before int64  `json:"before"`
}

func undoRef(id string) dialog.Ref { return dialog.MakeRef("storage.undo", id) }

// undoList names the undo records, and some that are gone.
const undoList = "storage.undo"

// forgetUndos takes the records out of the list that are gone, of the first n,
// and forgets those that speak of any of the ids.
func (t *tx) forgetUndos(n int, ids ...string) error {
	names, err := t.List(undoList, "", n)
	if err != nil {
		return err
	}
	for _, id := range names {
		record, err := t.current(undoRef(id))
		if err != nil {
			return err
		}
		speaks := func(id string) bool { return bytes.Contains(record.body, []byte(id)) }
		switch {
		case record.version == "":
			t.Delist(undoList, id)
		case slices.ContainsFunc(ids, speaks):
			t.Delist(undoList, id)
			t.Delete(undoRef(id))
		}
	}
	return nil
}

// deleted are the ids of the documents that this message removes.
func (t *tx) deleted() []string {
	var ids []string
	for _, ref := range t.docs.keys {
		if _, id, _ := strings.Cut(string(ref), ":"); id != "" && t.docs.values[ref].body == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// remember writes down how the things that this message changed were before.
func (t *tx) remember() error {
	record := undoRecord{Schema: undoSchema, Until: t.Now().Add(t.undoKeep).UnixMilli()}
	pipe := t.o.store.client.Pipeline()
	k := t.o.store.keys

	// A message that fails after this has read more than it had to, no harm.
	ttls := map[dialog.Ref]*redis.DurationCmd{}
	for _, ref := range t.docs.keys {
		w := t.docs.values[ref]
		before, err := t.o.read(t.ctx, ref)
		if err != nil {
			return err
		}
		if w.keep > 0 || w.body == nil && (before.version == "" || before.keep > 0) {
			continue // passing, or not there before and not after: see dialog.Tx.Save
		}
		record.Docs = append(record.Docs, undoDoc{Ref: ref, Before: before.body, Gone: w.body == nil, Keep: before.keep.Milliseconds()})
		if len(before.version) == versionWidth { // it is stored
			ttls[ref] = pipe.PTTL(t.ctx, k.doc(ref))
		}
	}
	var scores []*redis.FloatCmd
	for _, e := range t.lists.keys {
		record.Lists = append(record.Lists, undoEntry{List: e.list, Member: e.member})
		scores = append(scores, pipe.ZScore(t.ctx, k.list(e.list), e.member))
	}
	var instants []*redis.FloatCmd
	for _, member := range t.timers.keys {
		record.Timers = append(record.Timers, undoTimer{Timer: member})
		instants = append(instants, pipe.ZScore(t.ctx, k.timers(), member))
	}
	if pipe.Len() > 0 {
		if _, err := pipe.Exec(t.ctx); err != nil && !errors.Is(err, redis.Nil) {
			return temporary(err)
		}
	}
	for i, d := range record.Docs {
		if ttl := ttls[d.Ref]; ttl != nil && ttl.Val() > 0 {
			record.Docs[i].Keep = ttl.Val().Milliseconds()
		}
	}
	record.Docs = slices.DeleteFunc(record.Docs, func(d undoDoc) bool { return d.Gone && d.Keep > 0 })
	for i, e := range t.lists.keys {
		record.Lists[i].Before = scores[i].Err() == nil
		if in, ok := t.o.lists[e]; ok {
			record.Lists[i].Before = in
		}
	}
	for i, member := range t.timers.keys {
		if instants[i].Err() == nil {
			record.Timers[i].Before = int64(instants[i].Val())
		}
		if at, ok := t.o.timers[member]; ok {
			record.Timers[i].Before = at
		}
	}
	if err := t.forgetUndos(10); err != nil {
		return err
	}
	t.Save(undoRef(t.undo), record, t.undoKeep)
	t.Enlist(undoList, t.undo)
	return nil
}

// Undo is [dialog.Tx] Undo.
func (t *tx) Undo(id string) (inTheWay []dialog.Ref, found bool, err error) {
	made, err := t.current(undoRef(id))
	if err != nil || made.version == "" {
		return nil, false, err
	}
	var record undoRecord
	if err := json.Unmarshal(made.body, &record); err != nil {
		return nil, false, fmt.Errorf("storage: undo record %s cannot be read: %T", id, err)
	}
	if record.Schema > undoSchema {
		return nil, false, ErrNewer
	}
	if t.Now().UnixMilli() > record.Until {
		return nil, false, nil
	}
	for _, d := range record.Docs {
		now, err := t.current(d.Ref)
		if err != nil {
			return nil, false, err
		}
		// Removed and still missing is as untouched as written and still of
		// that version.
		if d.Gone && now.version != "" || !d.Gone && now.version != made.version {
			inTheWay = append(inTheWay, d.Ref)
		}
	}
	if len(inTheWay) > 0 {
		return inTheWay, true, nil
	}
	for _, d := range record.Docs {
		if d.Before == nil {
			t.Delete(d.Ref)
		} else {
			t.docs.set(d.Ref, writing{d.Before, time.Duration(d.Keep) * time.Millisecond})
		}
	}
	for _, e := range record.Lists {
		t.lists.set(entry{e.List, e.Member}, e.Before)
	}
	for _, tm := range record.Timers {
		t.timers.set(tm.Timer, tm.Before)
	}
	t.Delete(undoRef(id))
	t.Delist(undoList, id)
	t.recalls = append(t.recalls, id)
	return nil, true, nil
}
