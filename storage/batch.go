package storage

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	json "github.com/go-json-experiment/json/v1"

	"regia/dialog"
)

// round deals with one batch. The error ends the writer.
func (w *Writer) round(ctx context.Context, r *round) error {
	if err := patiently(ctx, func() error { return w.store.attempt(ctx, r) }); err != nil {
		return err
	}
	var group, failed []*item
	flush := func(last bool) error {
		lost, err := w.through(ctx, group, last)
		failed = append(failed, lost...)
		group = nil
		return err
	}
	for _, it := range r.items {
		switch {
		case it.tries == 0:
			if err := w.already(ctx, it); err != nil {
				return err
			}
		case it.tries == 1:
			group = append(group, it)
		default:
			// Tried before: it may be what killed the process, so nobody else
			// goes with it.
			if err := flush(false); err != nil {
				return err
			}
			if it.tries > maxDeaths {
				it.class = "crash"
				failed = append(failed, it)
				continue
			}
			alone := w.newRound(it)
			alone.alone = true
			if err := patiently(ctx, func() error { return w.store.attempt(ctx, alone) }); err != nil {
				return err
			}
			if it.tries == 0 {
				if err := w.already(ctx, it); err != nil {
					return err
				}
				continue
			}
			group = alone.items
			if err := flush(false); err != nil {
				return err
			}
		}
	}
	if err := flush(true); err != nil {
		return err
	}
	var again []*item
	for _, it := range failed {
		w.log.Warn("storage: message failed", "id", it.ID, "attempt", it.tries, "class", it.class)
		if it.tries < maxAttempts {
			again = append(again, it)
		} else if err := w.bury(ctx, it); err != nil {
			return err
		}
	}
	w.again(again)
	return nil
}

// already ends an input that was committed before. What would bring it again, or
// count it again, is forgotten: it may have been committed under another id, and
// a timer may have been set again to an instant that is over.
func (w *Writer) already(ctx context.Context, it *item) error {
	if err := patiently(ctx, func() error { return w.store.forget(ctx, it) }); err != nil {
		return err
	}
	it.settle(Already, nil)
	return nil
}

// together handles a group on one overlay and commits it. After a conflict it
// does so once more, then one by one. It returns those that failed.
func (w *Writer) together(ctx context.Context, group []*item) (failed []*item, err error) {
	conflicts := 0
	apart := func() error {
		for _, it := range group {
			lost, err := w.together(ctx, []*item{it})
			failed = append(failed, lost...)
			if err != nil {
				return err
			}
		}
		return nil
	}
	for len(group) > 0 {
		var o *overlay
		var rest []*item
		err := patiently(ctx, func() error {
			var lost []*item
			var err error
			o, rest, lost, err = w.handleAll(ctx, group, nil)
			if err != nil {
				return err // all of it is handled again
			}
			failed = append(failed, lost...)
			group = without(group, lost)
			return nil
		})
		if err != nil {
			return failed, err
		}
		v, err := w.commit(ctx, o, nil)
		switch {
		case err != nil && (errors.Is(err, ErrFenced) || ctx.Err() != nil):
			return failed, errors.Join(err, ctx.Err())
		case err != nil && len(group) > 1:
			return failed, apart()
		case err != nil:
			group[0].class = class(err)
			return append(failed, group[0]), nil
		case v == nil:
			group = rest
		case len(v.done) > 0:
			for it := range v.done {
				if err := w.already(ctx, it); err != nil {
					return failed, err
				}
				group = without(group, []*item{it})
			}
		default:
			conflicts++
			if conflicts > 1 && len(group) > 1 {
				return failed, apart()
			}
			if conflicts > 100 {
				group[0].class = "conflict"
				return append(failed, group...), nil
			}
		}
	}
	return failed, nil
}

// commit makes the overlay true, however long the store cannot be reached, does
// what it leaves to do, and tells those who wait. On its way it counts the
// attempts of the next round, if there is one.
func (w *Writer) commit(ctx context.Context, o *overlay, next *round) (v *verdict, err error) {
	err = patiently(ctx, func() error {
		v, err = w.store.commit(ctx, w.fence, o, next)
		return err
	})
	if err != nil || v != nil {
		return v, err
	}
	for _, m := range o.messages {
		if len(m.jobs) > 0 {
			w.settle(ctx)
			break
		}
	}
	for _, m := range o.messages {
		if m.dead == nil {
			m.item.settle(Committed, nil)
		}
	}
	return nil, nil
}

// handleAll handles the group in order, over a batch whose commit is on its way
// (or nil). What does not fit into the commit any more is left for the next one
// (rest). A temporary error ends it.
func (w *Writer) handleAll(ctx context.Context, group []*item, under *overlay) (o *overlay, rest, failed []*item, err error) {
	o = newOverlay(w.store, under)
	for i, it := range group {
		if err := w.decode(it); err != nil {
			if errors.Is(err, ErrTemporary) {
				return nil, nil, nil, err
			}
			it.class = "decode: " + class(err)
			failed = append(failed, it)
			continue
		}
		if o.holds(*it.in) {
			rest = append(rest, it) // the commit will find it done
			continue
		}
		t := o.begin(ctx, *it.in, it.ID)
		err := guarded(func() error { return w.handle(t, *it.in) })
		if err = errors.Join(err, t.close()); errors.Is(t.err, ErrTemporary) || errors.Is(err, ErrTemporary) {
			return nil, nil, nil, err
		}
		if err != nil {
			it.class = class(err)
			failed = append(failed, it)
			continue
		}
		if o.outs+len(t.outs) > maxOuts {
			return o, append(rest, group[i:]...), failed, nil
		}
		o.add(it, t)
	}
	return o, rest, failed, nil
}

func (w *Writer) decode(it *item) error {
	if it.in != nil {
		return nil
	}
	var in dialog.In
	err := guarded(func() (err error) {
		if it.Decode == nil {
			return json.Unmarshal(it.Raw, &in)
		}
		in, err = it.Decode()
		return err
	})
	if err != nil {
		return err
	}
	in.ID = it.ID // the one that was counted
	if len(in.Also) > maxID {
		return errors.New("second id too long")
	}
	it.in = &in
	return nil
}

func without(group, gone []*item) []*item {
	if len(gone) == 0 {
		return group
	}
	drop := map[*item]bool{}
	for _, it := range gone {
		drop[it] = true
	}
	left := make([]*item, 0, len(group))
	for _, it := range group {
		if !drop[it] {
			left = append(left, it)
		}
	}
	return left
}

// panicked is a panic turned into an error.
type panicked struct{ class string }

func (p panicked) Error() string { return p.class }

func guarded(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked{fmt.Sprintf("panic: %T at %s", r, panicPlace())}
		}
	}()
	return f()
}

// panicPlace is the line that panicked.
func panicPlace() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") {
			return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
		}
		if !more {
			return "?"
		}
	}
}

// class says what sort of error it was. Its text may quote the message, so it is
// not kept; the type and the line of a panic are.
func class(err error) string {
	var p panicked
	if errors.As(err, &p) {
		return p.class
	}
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		for _, e := range joined.Unwrap() {
			return class(e)
		}
	}
	kinds := []string{}
	for e := err; e != nil; e = errors.Unwrap(e) {
		kinds = append(kinds, fmt.Sprintf("%T", e))
	}
	return strings.Join(kinds, " ")
}
