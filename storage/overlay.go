package storage

import (
	"context"
	"maps"
	"strconv"
	"strings"
	"time"

	"regia/dialog"
)

// overlay is what a batch sees: what is stored, over it what the batch before
// has written, whose commit is on its way, and over that what those of its own
// messages that are through have written.
type overlay struct {
	store    *Store
	under    *overlay // the batch before; nil when it is stored
	sign     string   // of its pending versions: not that of the batch before
	messages []message
	outs     int
	first    int64 // number of the first message, once they are stored

	read0  map[dialog.Ref]stored // as it was before, with the versions that the commit checks
	docs   map[dialog.Ref]stored
	lists  map[entry]bool
	timers map[string]int64
	ids    map[string]bool
}

// message is one that is through.
type message struct {
	item *item
	in   dialog.In
	changes
	dead *Dead
}

// ownVersion stands for what a message wrote itself: no record can hold it.
const ownVersion = "own"

// pendingVersion stands for the version that a message of this batch will give
// to what it wrote.
func (o *overlay) pendingVersion(index int) string { return o.sign + strconv.Itoa(index) }

// cachedLife is what a document must have to live to be kept at hand: the last
// question in a chat, kept for a week, is read with the next message.
const cachedLife = time.Hour

func newOverlay(s *Store, under *overlay) *overlay {
	o := &overlay{
		store: s, under: under, sign: "+",
		read0: map[dialog.Ref]stored{}, docs: map[dialog.Ref]stored{},
		lists: map[entry]bool{}, timers: map[string]int64{}, ids: map[string]bool{},
	}
	if under != nil {
		if under.sign == o.sign {
			o.sign = "-"
		}
		// Stored meanwhile or not, they lie over what is stored.
		maps.Copy(o.lists, under.lists)
		maps.Copy(o.timers, under.timers)
	}
	return o
}

func (o *overlay) begin(ctx context.Context, in dialog.In, derive string) *tx {
	return &tx{ctx: ctx, o: o, in: in, src: source{secret: o.store.secret, id: derive}}
}

func (o *overlay) read(ctx context.Context, ref dialog.Ref) (stored, error) {
	if doc, ok := o.docs[ref]; ok {
		return doc, nil
	}
	if doc, ok := o.read0[ref]; ok {
		return doc, nil
	}
	doc, ok := stored{}, false
	if o.under != nil {
		doc, ok = o.under.docs[ref]
	}
	if !ok {
		doc, ok = o.store.cache.get(ref)
	}
	if !ok {
		docs, err := o.store.fetch(ctx, []dialog.Ref{ref})
		if err != nil {
			return stored{}, err
		}
		doc = docs[0]
		o.store.cache.put(ref, doc)
	}
	o.read0[ref] = doc
	return doc, nil
}

// add takes in what a message wrote.
func (o *overlay) add(it *item, t *tx) {
	version := o.pendingVersion(len(o.messages))
	o.messages = append(o.messages, message{item: it, in: t.in, changes: t.changes})
	o.outs += len(t.outs)
	for _, id := range idsOf(t.in) {
		o.ids[id] = true
	}
	for ref, w := range t.docs.values {
		if w.body == nil {
			o.docs[ref] = stored{}
		} else {
			o.docs[ref] = stored{version, w.body, w.keep}
		}
	}
	for e, in := range t.lists.values {
		o.lists[e] = in
	}
	if member, at, ok := timerOf(t.in.ID); ok && o.timers[member] == at {
		// It is gone unless something set it anew; what is stored is compared
		// by the commit.
		o.timers[member] = 0
	}
	for member, at := range t.timers.values {
		o.timers[member] = at
	}
}

// holds tells whether a message came to this batch, or to the one before, under
// another of its ids.
func (o *overlay) holds(in dialog.In) bool {
	for _, id := range idsOf(in) {
		if o.ids[id] || o.under != nil && o.under.ids[id] {
			return true
		}
	}
	return false
}

// stand says that the batch before is stored: what was read of it has a version
// now.
func (o *overlay) stand() {
	if o.under == nil {
		return
	}
	for ref, doc := range o.read0 {
		if index, ok := strings.CutPrefix(doc.version, o.under.sign); ok {
			i, _ := strconv.ParseInt(index, 10, 64) // of our own making
			o.read0[ref] = stored{version: fixed(o.under.first + i), body: doc.body}
		}
	}
	o.under = nil
}

// forget makes the cache forget what the batch wrote.
func (o *overlay) forget() {
	for ref := range o.docs {
		o.store.cache.drop(ref)
	}
}

// committed tells the cache what is stored now.
func (o *overlay) committed(base int64) {
	o.first = base
	c := o.store.cache
	for i, m := range o.messages {
		for ref, w := range m.docs.values {
			if w.body == nil {
				c.put(ref, stored{})
			} else if w.keep > 0 && w.keep < cachedLife {
				c.drop(ref) // it will soon go by itself, unseen from here
			} else {
				c.put(ref, stored{version: fixed(base + int64(i)), body: w.body})
			}
		}
	}
}

func fixed(n int64) string {
	text := strconv.FormatInt(n, 10)
	for len(text) < versionWidth {
		text = "0" + text
	}
	return text
}
