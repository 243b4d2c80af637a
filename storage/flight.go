package storage

import (
	"context"
	"errors"
)

// flight is a commit on its way.
type flight struct {
	group  []*item
	o      *overlay
	landed chan struct{}
	v      *verdict // these two once it has landed
	err    error
}

func (w *Writer) launch(ctx context.Context, group []*item, o *overlay, next *round) *flight {
	f := &flight{group: group, o: o, landed: make(chan struct{})}
	go func() {
		defer close(f.landed)
		f.v, f.err = w.commit(ctx, o, next)
	}()
	return f
}

// through handles a group and commits it, a batch at a time and in order. While
// one commit is on its way the next batch is handled on top of it; should it
// turn out that the commit was not made, both are handled again. It returns
// those that failed. With the last group of a round, the last commit counts the
// attempts of the next one.
func (w *Writer) through(ctx context.Context, group []*item, last bool) (failed []*item, err error) {
	var air *flight
	defer func() {
		if air != nil {
			<-air.landed
		}
	}()
	land := func() (stored bool, err error) {
		if air == nil {
			return true, nil
		}
		<-air.landed
		f := air
		air = nil
		switch {
		case f.err == nil && f.v == nil:
			return true, nil
		case f.err != nil && (errors.Is(f.err, ErrFenced) || ctx.Err() != nil):
			return false, errors.Join(f.err, ctx.Err())
		}
		lost, err := w.together(ctx, f.group)
		failed = append(failed, lost...)
		return false, err
	}
	for len(group) > 0 {
		batch := group[:min(len(group), maxBatch)]
		var under *overlay
		if air != nil {
			under = air.o
		}
		var o *overlay
		var rest, lost []*item
		if err := patiently(ctx, func() (err error) {
			o, rest, lost, err = w.handleAll(ctx, batch, under)
			return err
		}); err != nil {
			return failed, err
		}
		stored, err := land()
		if err != nil {
			return failed, err
		}
		if !stored {
			continue
		}
		o.stand()
		failed = append(failed, lost...)
		group = append(rest[:len(rest):len(rest)], group[len(batch):]...)
		if len(o.messages) == 0 {
			continue
		}
		var next *round
		if last && len(group) == 0 {
			next = w.ahead()
		}
		air = w.launch(ctx, without(without(batch, lost), rest), o, next)
	}
	_, err = land()
	return failed, err
}
