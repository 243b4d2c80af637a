package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"regia/dialog"
	"regia/scheduler"
	"regia/storage"
	"regia/training"
)

// errDied says that a command could not be handled.
var errDied = errors.New("il servizio non ha potuto trattare il comando: guarda con «regia dead list»")

// submitFromOutside gives messages to the province from the command line: to
// the running service, through the store, or to a writer of this process when
// no service runs. It returns when all of them are done.
func submitFromOutside(ctx context.Context, s settings, ins []dialog.In, log *slog.Logger) error {
	o, err := openProvince(ctx, s, true, log)
	if err != nil {
		return err
	}
	err = handIn(ctx, s, o, ins, log)
	return errors.Join(err, o.Close())
}

func handIn(ctx context.Context, s settings, o *opened, ins []dialog.In, log *slog.Logger) error {
	e := newEngine(o.store, newService(s, ""), scheduler.Wall{Zone: training.Rome()}, log)
	var ids []string
	for _, in := range ins {
		input, err := inputOf(in)
		if err != nil {
			return err
		}
		if _, err := o.store.Enqueue(ctx, input); err != nil {
			return err
		}
		ids = append(ids, in.ID)
	}
	// Our own writer waits behind the one of a running service and works when
	// there is none.
	work, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- e.writer.Run(work) }()
	pumped := make(chan struct{})
	go func() {
		defer close(pumped)
		e.watchPending(work)
	}()
	err := e.waitFor(ctx, ids)
	stop()
	err = errors.Join(err, ignoreFenced(<-ended))
	<-pumped
	return err
}

// ignoreFenced leaves out that a service took over: it does the work then.
func ignoreFenced(err error) error {
	if errors.Is(err, storage.ErrFenced) {
		return nil
	}
	return err
}

// waitFor returns when none of the inputs waits any more.
func (e *engine) waitFor(ctx context.Context, ids []string) error {
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		waiting, err := e.store.Pending(ctx, 10_000)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(waiting, func(i storage.Input) bool { return slices.Contains(ids, i.ID) }) {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
		}
	}
	for _, id := range ids {
		if _, dead, err := e.store.Dead(ctx, id); err != nil {
			return err
		} else if dead {
			return fmt.Errorf("%w (%s)", errDied, id)
		}
	}
	return nil
}
