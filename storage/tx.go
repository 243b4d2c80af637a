package storage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"time"

	json "github.com/go-json-experiment/json/v1"

	"regia/dialog"
)

// maxOuts is how many messages may leave by one commit; more is a mailing.
const maxOuts = 500

// tx is one message being handled. What it writes stays here until the message
// is through, so that one that fails leaves nothing behind.
type tx struct {
	ctx context.Context
	o   *overlay
	in  dialog.In
	src source
	changes

	undo     string
	undoKeep time.Duration
	err      error // the first that makes the message fail, whatever the handler returns
}

// changes are what a message writes.
type changes struct {
	docs    ordered[dialog.Ref, writing]
	lists   ordered[entry, bool]
	timers  ordered[string, int64] // kind:id -> milliseconds, cleared when 0
	outs    []dialog.Out
	recalls []string
	jobs    []job
}

// writing is a document to be written, or removed when body is nil.
type writing struct {
	body []byte
	keep time.Duration
}

type entry struct{ list, member string }

// ordered is a map that remembers the order of insertion: handled twice, a
// message gives the same commit, byte by byte.
type ordered[K comparable, V any] struct {
	keys   []K
	values map[K]V
}

func (m *ordered[K, V]) set(k K, v V) {
	if m.values == nil {
		m.values = map[K]V{}
	}
	if _, ok := m.values[k]; !ok {
		m.keys = append(m.keys, k)
	}
	m.values[k] = v
}

func (t *tx) fail(err error) {
	if t.err == nil || errors.Is(err, ErrTemporary) && !errors.Is(t.err, ErrTemporary) {
		t.err = err
	}
}

func (t *tx) Now() time.Time             { return t.in.At.In(t.o.store.zone) }
func (t *tx) NewID(kind string) string   { return t.src.newID(kind) }
func (t *tx) Rand() *rand.Rand           { return t.src.rand() }
func (t *tx) MAC(parts ...string) string { return t.o.store.MAC(parts...) }

func (t *tx) Load(ref dialog.Ref, doc any) (bool, error) {
	found, err := t.current(ref)
	if err != nil {
		return false, err
	}
	return decode(ref, found, doc)
}

// current is the document as this message sees it.
func (t *tx) current(ref dialog.Ref) (stored, error) {
	if w, ok := t.docs.values[ref]; ok {
		if w.body == nil {
			return stored{}, nil
		}
		return stored{version: ownVersion, body: w.body}, nil
	}
	found, err := t.o.read(t.ctx, ref)
	if err != nil {
		t.fail(err)
	}
	return found, err
}

func (t *tx) List(name, after string, limit int) ([]string, error) {
	// Entries written by this batch lie over those stored.
	fresh := map[string]bool{}
	for e, in := range t.o.lists {
		if e.list == name && e.member > after {
			fresh[e.member] = in
		}
	}
	for e, in := range t.lists.values {
		if e.list == name && e.member > after {
			fresh[e.member] = in
		}
	}
	if limit <= 0 {
		return nil, nil
	}
	limit = min(limit, maxList)
	page := limit + len(fresh)
	found, err := t.o.store.list(t.ctx, name, after, page)
	if err != nil {
		t.fail(err)
		return nil, err
	}
	if len(fresh) == 0 {
		return found, nil
	}
	end, whole := "", len(found) < min(page, maxList)
	if !whole {
		end = found[len(found)-1]
	}
	members := slices.DeleteFunc(found, func(m string) bool { _, ok := fresh[m]; return ok })
	for m, in := range fresh {
		if in && (whole || m <= end) {
			members = append(members, m)
		}
	}
	sort.Strings(members)
	return members[:min(limit, len(members))], nil
}

func (t *tx) Save(ref dialog.Ref, doc any, keep time.Duration) {
	body, err := json.Marshal(doc)
	if err != nil {
		t.fail(fmt.Errorf("storage: %s cannot be written: %T", ref, err))
		return
	}
	if keep < 0 {
		keep = time.Millisecond
	}
	t.docs.set(ref, writing{body, keep})
}

func (t *tx) Delete(ref dialog.Ref)      { t.docs.set(ref, writing{}) }
func (t *tx) Enlist(name, member string) { t.lists.set(entry{name, member}, true) }
func (t *tx) Delist(name, member string) { t.lists.set(entry{name, member}, false) }

func (t *tx) Send(out dialog.Out) {
	if out.Schema == 0 {
		out.Schema = dialog.OutSchema
	}
	switch {
	case out.ID == "" || out.To == "" || out.Channel != dialog.ByChat && out.Channel != dialog.ByMail:
		t.fail(fmt.Errorf("storage: message %q to %q by %q cannot be sent", out.ID, out.To, out.Channel))
	case len(t.outs) == maxOuts:
		t.fail(fmt.Errorf("storage: more than %d messages in one commit: make it a mailing", maxOuts))
	default:
		t.outs = append(t.outs, out)
	}
}

func (t *tx) SetTimer(kind, id string, at time.Time) {
	t.timers.set(kind+":"+id, max(at.UnixMilli(), 1))
}
func (t *tx) ClearTimer(kind, id string) { t.timers.set(kind+":"+id, 0) }

func (t *tx) DetachFile(sha256 string) { t.jobs = append(t.jobs, job{File: sha256}) }
func (t *tx) RewriteLog()              { t.jobs = append(t.jobs, job{Rewrite: true}) }

func (t *tx) Undoable(id string, keep time.Duration) { t.undo, t.undoKeep = id, keep }

// close ends the handling: what must still be read is read, and the message is
// ready to join its batch.
func (t *tx) close() error {
	if t.err == nil && t.undo != "" {
		if err := t.remember(); err != nil {
			t.fail(err)
		}
	}
	if t.err == nil && slices.Contains(t.jobs, job{Rewrite: true}) {
		if err := t.forgetUndos(maxList, t.deleted()...); err != nil {
			t.fail(err)
		}
	}
	return t.err
}
