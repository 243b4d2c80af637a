// Package dialogtest holds a province in memory: people who write by chat or
// by mail, a clock that is moved, and the messages that reached each of them.
// It keeps to the contract of dialog.Tx without a store, so that conversations
// can be told as transcripts.
package dialogtest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"time"

	"regia/dialog"
)

// World is a province in memory.
type World struct {
	Service *dialog.Service
	Now     time.Time
	Slots   func(after, until time.Time) []dialog.Slot // of the calendar; nil for none

	docs    map[dialog.Ref][]byte
	lists   map[string]map[string]bool
	timers  map[[2]string]time.Time
	waiting []dialog.Out
	undo    map[string]snapshot
	passing map[dialog.Ref]bool // documents that are not kept for ever
	count   int
	Got     []Message
}

// Message is what reached somebody.
type Message struct {
	Out      dialog.Out
	Rendered dialog.Rendered
	At       time.Time
}

type snapshot struct {
	docs   map[dialog.Ref][]byte
	after  map[dialog.Ref][]byte
	lists  map[string]map[string]bool
	timers map[[2]string]time.Time
	until  time.Time
}

// NewWorld is an empty province at the instant given.
func NewWorld(s *dialog.Service, now time.Time) *World {
	return &World{
		Service: s, Now: now, docs: map[dialog.Ref][]byte{}, lists: map[string]map[string]bool{},
		timers: map[[2]string]time.Time{}, undo: map[string]snapshot{}, passing: map[dialog.Ref]bool{},
	}
}

// Handle has the service answer a message, and delivers what may leave. A
// message that fails changes nothing.
func (w *World) Handle(in dialog.In) error {
	if in.ID == "" {
		w.count++
		in.ID = fmt.Sprintf("test:%d", w.count)
	}
	in.At = w.Now
	t := &tx{World: w, in: in, docs: maps.Clone(w.docs), lists: cloneLists(w.lists), timers: maps.Clone(w.timers)}
	if err := w.Service.Handle(t, in); err != nil {
		return err
	}
	t.commit()
	return w.deliver()
}

// Advance moves the clock to an instant and lets happen what is due until then.
func (w *World) Advance(to time.Time) error {
	for range 100_000 {
		next, do := to, func() error { return nil }
		for key, at := range w.timers {
			if !at.After(next) {
				next, do = at, func() error {
					delete(w.timers, key)
					return w.Handle(dialog.In{Timer: &dialog.Timer{Kind: key[0], ID: key[1], At: at}})
				}
			}
		}
		for _, o := range w.waiting {
			if o.NotBefore.Before(next) {
				next, do = o.NotBefore, func() error { return nil }
			}
		}
		if w.Slots != nil {
			for _, s := range w.Slots(w.Now, next) {
				if !s.At.After(next) {
					next, do = s.At, func() error { return w.Handle(dialog.In{Slot: &s}) }
				}
			}
		}
		if next.After(w.Now) {
			w.Now = next
		}
		if err := do(); err != nil {
			return err
		}
		if err := w.deliver(); err != nil {
			return err
		}
		if !w.Now.Before(to) && !w.due() {
			return nil
		}
	}
	return fmt.Errorf("the clock does not come to rest before %s", to)
}

func (w *World) due() bool {
	for _, at := range w.timers {
		if !at.After(w.Now) {
			return true
		}
	}
	return false
}

// deliver renders what may leave now.
func (w *World) deliver() error {
	var later, dropped []dialog.Out
	for _, o := range w.waiting {
		if o.NotBefore.After(w.Now) {
			later = append(later, o)
			continue
		}
		r, err := w.Service.Render(reader{w}, MAC, w.Now, o)
		if err == dialog.ErrNoRecipient && o.Channel == dialog.ByMail {
			dropped = append(dropped, o)
		}
		if err == dialog.ErrNoRecipient || err == nil && o.Channel == dialog.ByMail && r.Address == "" {
			continue
		}
		if err != nil {
			return err
		}
		w.Got = append(w.Got, Message{Out: o, Rendered: r, At: w.Now})
	}
	w.waiting = later
	for _, o := range dropped {
		if err := w.Handle(dialog.In{Sent: &dialog.Sent{Out: o, Outcome: dialog.Dropped}}); err != nil {
			return err
		}
	}
	return nil
}

// Find decodes a document.
func (w *World) Find(ref dialog.Ref, doc any) bool {
	found, _ := reader{w}.Load(ref, doc)
	return found
}

// Reader reads the documents as they are now.
func (w *World) Reader() dialog.Reader { return reader{w} }

// Documents are the names of all documents of a kind.
func (w *World) Documents(kind string) []dialog.Ref {
	var all []dialog.Ref
	for ref := range w.docs {
		if strings.HasPrefix(string(ref), kind+":") {
			all = append(all, ref)
		}
	}
	slices.Sort(all)
	return all
}

// Members of a list.
func (w *World) Members(list string) []string { return sorted(w.lists[list]) }

// Dump is everything that is stored, as text.
func (w *World) Dump() string {
	var b strings.Builder
	for ref, doc := range w.docs {
		fmt.Fprintf(&b, "%s %s\n", ref, doc)
	}
	for name, list := range w.lists {
		fmt.Fprintf(&b, "%s %v\n", name, sorted(list))
	}
	return b.String()
}

// MAC is that of a province whose secret is known.
func MAC(parts ...string) string {
	h := hmac.New(sha256.New, []byte("a secret for tests"))
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h.Sum(nil)))[:26]
}

type reader struct{ w *World }

func (r reader) Load(ref dialog.Ref, doc any) (bool, error) {
	b, ok := r.w.docs[ref]
	if !ok {
		return false, nil
	}
	return true, json.Unmarshal(b, doc)
}

func (r reader) List(name, after string, limit int) ([]string, error) {
	return page(r.w.lists[name], after, limit), nil
}

func page(list map[string]bool, after string, limit int) []string {
	all := sorted(list)
	i := sort.SearchStrings(all, after)
	if i < len(all) && all[i] == after {
		i++
	}
	return all[i:min(len(all), i+limit)]
}

func sorted(list map[string]bool) []string { return slices.Sorted(maps.Keys(list)) }

func cloneLists(lists map[string]map[string]bool) map[string]map[string]bool {
	out := make(map[string]map[string]bool, len(lists))
	for k, v := range lists {
		out[k] = maps.Clone(v)
	}
	return out
}

// tx is a message being handled on a copy of the world.
type tx struct {
	*World
	in     dialog.In
	docs   map[dialog.Ref][]byte
	lists  map[string]map[string]bool
	timers map[[2]string]time.Time
	outs   []dialog.Out
	ids    int
	undoID string
	keep   time.Duration
	recall map[string]bool
}

func (t *tx) Now() time.Time { return t.World.Now }
func (t *tx) NewID(kind string) string {
	t.ids++
	return MAC("id", t.in.ID, kind, fmt.Sprint(t.ids))[:16]
}
func (t *tx) Rand() *rand.Rand           { return rand.New(rand.NewPCG(1, uint64(t.count))) }
func (t *tx) MAC(parts ...string) string { return MAC(parts...) }
func (t *tx) Delete(ref dialog.Ref)      { delete(t.docs, ref) }
func (t *tx) Delist(name, member string) { delete(t.lists[name], member) }
func (t *tx) Send(o dialog.Out)          { t.outs = append(t.outs, o) }
func (t *tx) ClearTimer(kind, id string) { delete(t.timers, [2]string{kind, id}) }
func (t *tx) DetachFile(string)          {}
func (t *tx) RewriteLog()                {}
func (t *tx) SetTimer(kind, id string, at time.Time) {
	t.timers[[2]string{kind, id}] = at
}

func (t *tx) Load(ref dialog.Ref, doc any) (bool, error) {
	b, ok := t.docs[ref]
	if !ok {
		return false, nil
	}
	return true, json.Unmarshal(b, doc)
}

func (t *tx) List(name, after string, limit int) ([]string, error) {
	return page(t.lists[name], after, limit), nil
}

func (t *tx) Save(ref dialog.Ref, doc any, keep time.Duration) {
	t.passing[ref] = keep > 0
	b, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	t.docs[ref] = b
}

func (t *tx) Enlist(name, member string) {
	if t.lists[name] == nil {
		t.lists[name] = map[string]bool{}
	}
	t.lists[name][member] = true
}

func (t *tx) Undoable(id string, keep time.Duration) { t.undoID, t.keep = id, keep }

func (t *tx) Undo(id string) ([]dialog.Ref, bool, error) {
	s, ok := t.undo[id]
	if !ok || t.World.Now.After(s.until) {
		return nil, false, nil
	}
	var inTheWay []dialog.Ref
	for ref, after := range s.after {
		if string(after) != string(s.docs[ref]) && string(t.docs[ref]) != string(after) {
			inTheWay = append(inTheWay, ref)
		}
	}
	if len(inTheWay) > 0 {
		return inTheWay, true, nil
	}
	for ref := range s.after {
		if before, had := s.docs[ref]; had {
			t.docs[ref] = before
		} else {
			delete(t.docs, ref)
		}
	}
	t.lists, t.timers = cloneLists(s.lists), maps.Clone(s.timers)
	t.recall = map[string]bool{id: true}
	return nil, true, nil
}

func (t *tx) commit() {
	w := t.World
	if t.undoID != "" {
		after := map[dialog.Ref][]byte{}
		for ref, doc := range t.docs {
			if string(w.docs[ref]) != string(doc) && !t.passing[ref] {
				after[ref] = doc
			}
		}
		for ref := range w.docs {
			if _, kept := t.docs[ref]; !kept && !t.passing[ref] {
				after[ref] = nil // deleted
			}
		}
		w.undo[t.undoID] = snapshot{docs: w.docs, after: after, lists: w.lists, timers: w.timers, until: w.Now.Add(t.keep)}
	}
	w.docs, w.lists, w.timers = t.docs, t.lists, t.timers
	w.waiting = slices.DeleteFunc(w.waiting, func(o dialog.Out) bool { return t.recall[o.Undo] })
	w.waiting = append(w.waiting, t.outs...)
}
