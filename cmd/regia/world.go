package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"regia/bot/bottest"
	"regia/dialog"
	"regia/mail/mailtest"
	"regia/scheduler"
	"regia/storage"
	"regia/training"
)

// world is a whole province on this machine: a Bot API, a mail server and a
// Redis of its own, a clock that stands still, the sample people, and between
// them the same service that serve runs. Nothing of it is kept.
type world struct {
	*rehearsal
	chat  *bottest.Server
	post  *mailtest.Server
	store *storage.Store
	folk  []*resident

	redis  *miniredis.Miniredis
	client *redis.Client
	data   string
	stop   context.CancelFunc
	writer sync.WaitGroup
}

const demoMail = "formazione@provincia-imperia.example"

// demoStart is the Friday before an ordinary Monday.
func demoStart() time.Time { return time.Date(2027, 1, 8, 9, 0, 0, 0, training.Rome()) }

// newWorld builds a province and lets the people of the sample join it as
// people do.
func newWorld(ctx context.Context, log *slog.Logger) (w *world, err error) {
	w = &world{}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Close())
		}
	}()
	clock := scheduler.NewManual(demoStart())
	if w.chat, err = bottest.Start(bottest.Options{Clock: clock.Now, Username: "ImperiaForma_bot"}); err != nil {
		return nil, err
	}
	if w.post, err = mailtest.Start(demoMail, clock.Now); err != nil {
		return nil, err
	}
	w.redis = miniredis.NewMiniRedis()
	if err := w.redis.Start(); err != nil {
		return nil, err
	}
	w.client = redis.NewClient(&redis.Options{Addr: w.redis.Addr()})
	if w.data, err = os.MkdirTemp("", "regia-demo-"); err != nil {
		return nil, err
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return nil, err
	}
	s := settings{
		config: defaultConfig(), Token: secretText(w.chat.Token()), TelegramAPI: w.chat.URL(),
		Mailbox: mailbox{IMAP: secretText(w.post.IMAP()), SMTP: secretText(w.post.SMTP()), Address: demoMail}, Data: w.data,
	}
	s.Province.ID, s.Province.Name, s.Province.Service, s.Province.Patron = "imperia", sampleProvince, "ImperiaForma", "11-26"
	s.Telegram.Enabled, s.Topics = true, training.BuiltinCatalogue()
	w.store, err = storage.Open(ctx, storage.Options{
		Client: w.client, Province: s.Province.ID, Secret: []byte(hex.EncodeToString(secret)), Data: w.data,
		Zone: training.Rome(), Log: log, Exclusive: true,
	})
	if err != nil {
		return nil, err
	}
	e := newEngine(w.store, newService(s, "ImperiaForma_bot"), clock, log)
	ch, err := openChannels(s, e, true)
	if err != nil {
		return nil, err
	}
	writing, stop := context.WithCancel(context.WithoutCancel(ctx))
	w.stop = stop
	w.writer.Go(func() {
		if err := e.writer.Run(writing); err != nil {
			log.Error("demo: the writer ended", "err", err)
		}
	})
	w.rehearsal = newRehearsal(clock, e, ch)
	return w, w.populate(ctx)
}

// Close ends everything and removes what was written.
func (w *world) Close() error {
	var errs []error
	if w.rehearsal != nil {
		w.ch.mailIn.Close()
		w.ch.mailOut.Close()
	}
	if w.stop != nil {
		w.stop()
		w.writer.Wait()
	}
	if w.client != nil {
		errs = append(errs, w.client.Close())
	}
	if w.redis != nil {
		w.redis.Close()
	}
	if w.chat != nil {
		errs = append(errs, w.chat.Close())
	}
	if w.post != nil {
		errs = append(errs, w.post.Close())
	}
	if w.data != "" {
		errs = append(errs, os.RemoveAll(w.data))
	}
	return errors.Join(errs...)
}

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// populate imports the sample and links the chats, through the same doors that
// everybody uses.
func (w *world) populate(ctx context.Context) error {
	organizations, people, err := sampleRosters()
	if err != nil {
		return err
	}
	for _, list := range []struct {
		kind training.RosterKind
		data []byte
	}{{training.Organizations, organizations}, {training.People, people}} {
		rows, wrong := training.ParseRoster(list.kind, list.data)
		if len(wrong) > 0 {
			return fmt.Errorf("sample of %s: %w", list.kind, wrong[0])
		}
		ins, err := importInputs(list.data, rows, w.clock.Now())
		if err != nil {
			return err
		}
		if err := w.e.submitAll(ctx, ins); err != nil {
			return err
		}
	}
	for i, p := range samplePeople {
		r := &resident{samplePerson: p}
		w.folk = append(w.folk, r)
		if p.channel != "mail" {
			r.chatID = int64(1001 + i)
		}
	}
	// All at once: each step of everybody, then the next.
	for _, step := range []func(*resident){
		func(r *resident) { w.chat.Say(r.chatID, "/start") },
		func(r *resident) { w.chat.Say(r.chatID, r.mail()) },
		func(r *resident) {
			if box := w.post.Box(r.mail()); len(box) > 0 {
				w.chat.Say(r.chatID, sixDigits.FindString(box[len(box)-1].Text))
			}
		},
	} {
		for _, r := range w.folk {
			if r.chatID != 0 {
				step(r)
			}
		}
		if err := w.now(ctx); err != nil {
			return err
		}
	}
	for _, r := range w.folk {
		r.readChat, r.readMail = len(w.chat.Messages(r.chatID)), len(w.post.Box(r.mail()))
	}
	return nil
}

// forward moves the clock to the next event that somebody sees, or to the
// morning after.
func (w *world) forward(ctx context.Context, to string) error {
	now := w.clock.Now()
	switch to {
	case "tomorrow":
		y, m, d := now.Date()
		return w.move(ctx, time.Date(y, m, d+1, 8, 0, 0, 0, now.Location()))
	case "next":
		before := w.received()
		for range 60 {
			next, err := w.next(ctx)
			if err != nil {
				return err
			}
			if next.IsZero() || next.Sub(now) > 31*24*time.Hour {
				return nil
			}
			if err := w.move(ctx, next); err != nil {
				return err
			}
			if w.received() != before {
				return nil
			}
		}
		return nil
	}
	return errPage{"L'orologio va a «next» o a «tomorrow»."}
}

// received counts what reached anybody.
func (w *world) received() int {
	n := 0
	for _, r := range w.folk {
		n += len(w.chat.Messages(r.chatID)) + len(w.post.Box(r.mail()))
	}
	return n
}

// effort is what the office did this week.
func (w *world) effort(ctx context.Context) (actions, minutes int, err error) {
	return dialog.Effort(w.store.Reader(ctx), w.clock.Now())
}
