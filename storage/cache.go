package storage

import (
	"container/list"
	"sync"
	"time"

	"regia/dialog"
)

// stored is a document as Redis holds it. A missing one has no version.
type stored struct {
	version string
	body    []byte
	keep    time.Duration // how long, of one that is not stored yet; 0 for ever
}

// versionWidth is the length of the number before each document. It is the
// number of the message that wrote it, never used twice.
const versionWidth = 16

func parseStored(raw string) stored {
	if len(raw) < versionWidth {
		return stored{}
	}
	return stored{version: raw[:versionWidth], body: []byte(raw[versionWidth:])}
}

// cache keeps documents at hand that were read or written last. It may be stale
// only when a document expired: the commit finds out, and forgets it here.
type cache struct {
	mu    sync.Mutex
	limit int
	size  int
	live  bool // while this process is the writer
	order *list.List
	byRef map[dialog.Ref]*list.Element
}

type cached struct {
	ref dialog.Ref
	doc stored
}

// cost is a guess at what an entry takes besides its text.
func (c cached) cost() int { return len(c.ref) + len(c.doc.body) + 200 }

func newCache(limit int) *cache {
	if limit == 0 {
		limit = 16 << 20
	}
	return &cache{limit: limit, order: list.New(), byRef: map[dialog.Ref]*list.Element{}}
}

func (c *cache) get(ref dialog.Ref) (stored, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byRef[ref]
	if !ok {
		return stored{}, false
	}
	c.order.MoveToFront(e)
	return e.Value.(cached).doc, true
}

// put remembers a document.
func (c *cache) put(ref dialog.Ref, doc stored) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.live {
		return
	}
	entry := cached{ref, doc}
	if entry.cost() > c.limit/8 {
		c.remove(ref)
		return
	}
	c.remove(ref)
	c.byRef[ref] = c.order.PushFront(entry)
	c.size += entry.cost()
	for c.size > c.limit {
		c.remove(c.order.Back().Value.(cached).ref)
	}
}

func (c *cache) drop(ref dialog.Ref) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(ref)
}

func (c *cache) remove(ref dialog.Ref) {
	if e, ok := c.byRef[ref]; ok {
		c.size -= e.Value.(cached).cost()
		c.order.Remove(e)
		delete(c.byRef, ref)
	}
}

// use empties the cache, and turns it on or off.
func (c *cache) use(live bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.live, c.size = live, 0
	c.order.Init()
	clear(c.byRef)
}
