package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"runtime/pprof"
	"sync"
	"time"

	"regia/dialog"
	"regia/scheduler"
	"regia/storage"
	"regia/training"
)

// runServe is the service: it runs until a signal ends it or it cannot go on.
func runServe(ctx context.Context, a *app, args []string) error {
	flags := a.flags("serve")
	path := flags.String("config", "", "il file di configurazione")
	start := flags.String("clock", "", "prova generale: l'orologio parte da questo istante (RFC 3339) e si muove solo con POST /clock")
	lax := flags.Bool("bench-durability", false, "solo per misurare: accetta un Redis che perderebbe ciò che ha confermato")
	noLimits := flags.Bool("bench-no-limits", false, "solo per misurare: manda più in fretta di quanto Telegram permetta")
	profile := flags.String("cpuprofile", "", "solo per misurare: scrive qui il profilo del processore")
	rest, err := a.parseFlags(flags, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usagef("non capisco «%s»", rest[0])
	}
	s, err := readSettings(*path, a.env)
	if err != nil {
		return err
	}
	if *profile != "" {
		stop, err := startProfile(*profile)
		if err != nil {
			return err
		}
		defer stop()
	}
	if a.env("GOGC") == "" {
		// What lives is small and bounded: letting garbage grow to twice of it
		// saves a tenth of the processor's time for some ten megabytes.
		debug.SetGCPercent(200)
	}
	log := slog.New(slog.NewTextHandler(a.stderr, nil))
	o, err := openProvince(ctx, s, false, log)
	if err != nil {
		return err
	}
	if err := checkDurability(ctx, o.store, *lax, log); err != nil {
		return errors.Join(err, o.Close())
	}
	err = serve(ctx, s, o, *start, *noLimits, log)
	return errors.Join(err, o.Close())
}

// checkDurability refuses a Redis that could lose what was answered; lax is for
// benchmarks, which measure beside programs that take that risk.
func checkDurability(ctx context.Context, store *storage.Store, lax bool, log *slog.Logger) error {
	err := store.CheckDurability(ctx)
	switch {
	case !errors.Is(err, storage.ErrNotDurable):
		return err
	case lax:
		log.Warn("measuring only: a crash of this Redis loses what was answered")
		return nil
	}
	return fmt.Errorf("così com'è impostato, Redis perderebbe ciò che ha confermato: imposta appendonly yes, appendfsync always e maxmemory-policy noeviction: %w", err)
}

// startProfile writes where the processor's time goes until stop is called.
func startProfile(path string) (stop func(), err error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
	}, nil
}

// serve runs everything and stops it in order: readers first, then what is
// queued is committed, then the senders finish what they began.
func serve(ctx context.Context, s settings, o *opened, start string, noLimits bool, log *slog.Logger) error {
	var clock scheduler.Clock = scheduler.Wall{Zone: training.Rome()}
	var manual *scheduler.Manual
	if start != "" {
		at, err := time.Parse(time.RFC3339, start)
		if err != nil {
			return usagef("--clock: %q non è un istante come 2027-01-11T08:00:00+01:00", start)
		}
		if !loopback(s.HTTP) {
			return errors.New("--clock: chi raggiunge REGIA_HTTP muove l'orologio, quindi deve essere su questo computer, per esempio REGIA_HTTP=127.0.0.1:8081")
		}
		manual = scheduler.NewManual(at.In(training.Rome()))
		clock = manual
	}
	name := ""
	if s.chat() {
		name = botName(ctx, s, log)
	}
	e := newEngine(o.store, newService(s, name), clock, log)
	ch, err := openChannels(s, e, noLimits || manual != nil)
	if err != nil {
		return err
	}

	// Three circles, stopped from the outside in.
	reading, stopReading := context.WithCancel(ctx)
	sending, stopSending := context.WithCancel(context.WithoutCancel(ctx))
	writing, stopWriting := context.WithCancel(context.WithoutCancel(ctx))
	defer stopReading()
	defer stopSending()
	defer stopWriting()
	var readers, senders, writer sync.WaitGroup
	fatal := make(chan error, 8)
	fail := func(err error) {
		select {
		case fatal <- err:
		default:
		}
	}
	writer.Go(func() {
		if err := e.writer.Run(writing); err != nil {
			fail(fmt.Errorf("lo scrittore si è fermato: %w", err))
		}
	})
	if o.server != nil {
		go func() {
			select {
			case <-o.server.Ended():
				fail(errors.New("redis-server si è fermato"))
			case <-writing.Done():
			}
		}()
	}
	founding, err := found(s, o.store.Reader(ctx), o.store.MAC, clock.Now())
	if err != nil {
		return err
	}
	var rehearse *rehearsal
	if manual != nil {
		rehearse = newRehearsal(manual, e, ch)
	}
	readers.Go(func() {
		// This is committed once there is no other writer: until then another
		// process serves the province, and two that read the same chat would
		// cut each other off.
		if err := e.submitAll(reading, []dialog.In{founding}); err != nil {
			if reading.Err() == nil {
				fail(err)
			}
			return
		}
		log.Info("regia serves", "province", s.Province.ID, "chat", s.chat(), "mail", s.mail())
		if rehearse != nil {
			rehearse.run(reading)
			return
		}
		ch.start(reading, sending, &readers, &senders, e)
		readers.Go(func() { e.watchPending(reading) })
		readers.Go(func() { e.sweepFiles(reading) })
		if err := scheduler.Run(reading, clock, e.parts(clock.Now(), nil), log); err != nil {
			fail(err)
		}
	})
	if s.HTTP != "" {
		server := &http.Server{Addr: s.HTTP, Handler: healthHandler(e, rehearse), ReadHeaderTimeout: 5 * time.Second}
		go func() {
			if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
				fail(fmt.Errorf("REGIA_HTTP %s: %w", s.HTTP, err))
			}
		}()
		defer server.Close()
	}

	var why error
	select {
	case <-ctx.Done():
	case why = <-fatal:
		// Whoever waits for a commit would wait for ever.
		if o.server != nil {
			select {
			case <-o.server.Ended():
				stopWriting()
			default:
			}
		}
	}
	log.Info("regia stops")
	stopReading()
	readers.Wait()
	stopSending()
	senders.Wait()
	stopWriting()
	writer.Wait()
	return why
}

// sweepFiles removes once a day the files that nothing names any more.
func (e *engine) sweepFiles(ctx context.Context) {
	daily := time.NewTicker(24 * time.Hour)
	defer daily.Stop()
	for {
		n, err := e.store.SweepFiles(ctx, e.clock.Now())
		if err != nil && ctx.Err() == nil {
			e.log.Warn("files were not swept", "err", err)
		}
		if n > 0 {
			e.log.Info("files were swept", "count", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-daily.C:
		}
	}
}

// loopback tells whether an address to listen on is reached from this machine
// only.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback())
}

// watchPending hands in what waits in the store for the writer, at once when
// this process put it there and within a second when another one did.
func (e *engine) watchPending(ctx context.Context) {
	look := time.NewTicker(time.Second)
	defer look.Stop()
	for {
		n, err := e.pending(ctx)
		if err != nil && ctx.Err() == nil {
			e.log.Warn("pending inputs", "err", err)
		}
		if n > 0 && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-e.store.Todo():
		case <-look.C:
		}
	}
}
