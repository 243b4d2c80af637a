package storage

import (
	"time"

	json "github.com/go-json-experiment/json/v1"
)

// commitArgs is ARGV, and the item of each id in it.
func (s *Store) commitArgs(fence string, o *overlay) ([]any, []*item, error) {
	args := make([]any, 0, 64*len(o.messages))
	add := func(words ...any) { args = append(args, words...) }

	add(fence, len(o.messages))
	var items []*item
	ids := len(args)
	add(0)
	for _, m := range o.messages {
		for _, id := range idsOf(m.in) {
			if job, slot, ok := slotOf(id); ok {
				add("c", job, slot)
			} else {
				add("k", s.keys.done(id))
			}
			items = append(items, m.item)
		}
	}
	args[ids] = len(items)
	add(len(o.read0))
	for ref, doc := range o.read0 {
		add(s.keys.doc(ref), doc.version)
	}
	for _, m := range o.messages {
		add("m")
		if err := s.addMessage(&args, m); err != nil {
			return nil, nil, err
		}
	}
	return args, items, nil
}

func (s *Store) addMessage(args *[]any, m message) error {
	add := func(words ...any) { *args = append(*args, words...) }
	k := s.keys
	for _, ref := range m.docs.keys {
		switch w := m.docs.values[ref]; {
		case w.body == nil:
			add("x", k.doc(ref))
		case w.keep > 0:
			add("D", k.doc(ref), w.body, max(w.keep.Milliseconds(), 1))
		default:
			add("d", k.doc(ref), w.body)
		}
	}
	for _, e := range m.lists.keys {
		if m.lists.values[e] {
			add("+", k.list(e.list), e.member)
		} else {
			add("-", k.list(e.list), e.member)
		}
	}
	// By the id: one that killed the process is buried without being read, and
	// must not stay due.
	if member, at, ok := timerOf(m.in.ID); ok {
		add("f", member, at)
	}
	for _, member := range m.timers.keys {
		if at := m.timers.values[member]; at != 0 {
			add("t", member, at)
		} else {
			add("T", member)
		}
	}
	for _, undo := range m.recalls {
		add("c", k.recall(undo))
	}
	for _, out := range m.outs {
		l := laneOf(out)
		text, err := encodeOut(out)
		if err != nil {
			return err
		}
		if out.NotBefore.After(m.in.At) {
			add("w", out.ID, text, out.NotBefore.UnixMilli())
		} else {
			add("o", out.ID, text, k.lane(l), k.ready(l), l.to)
		}
		if out.Undo != "" {
			add("r", k.recall(out.Undo), out.ID, recallKeep.Milliseconds())
		}
	}
	for _, id := range idsOf(m.in) {
		if job, slot, ok := slotOf(id); ok {
			add("s", job, slot)
		} else {
			add("i", k.done(id), keepID(id).Milliseconds())
		}
	}
	add("n", m.in.ID)
	if m.item != nil && m.item.pending {
		add("p", m.in.ID)
	}
	for _, j := range m.aftermath() {
		text, err := json.Marshal(j)
		if err != nil {
			return err
		}
		add("a", text)
	}
	if d := m.dead; d != nil {
		text, err := json.Marshal(d)
		if err != nil {
			return err
		}
		add("k", d.ID, text, d.At.UnixMilli(), d.At.Add(-deadKeep).UnixMilli())
	}
	return nil
}

// recallKeep is how long messages can be found by the id of their undo.
const recallKeep = 30 * 24 * time.Hour
