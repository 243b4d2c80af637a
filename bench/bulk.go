package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"regia/bot/bottest"
	"regia/dialog"
)

const (
	waitingNotices = 10_000
	bulkTime       = 25 * time.Second
	bulkQuestions  = 4 // a second
)

// bulk is what came of notices that wait, and questions meanwhile, with
// Telegram's limits.
type bulk struct {
	p99     time.Duration // of a reply
	rate    float64       // of all messages
	tooMany int           // answers with 429
}

// layNotices puts the notices into the lanes of the first people.
func layNotices(ctx context.Context, db *database) error {
	p, err := openProvince(ctx, db)
	if err != nil {
		return err
	}
	defer p.stop()
	for from := 0; from < waitingNotices; from += 250 {
		if err := p.submit(ctx, p.command("notices", strconv.Itoa(from), span{from, from + 250})); err != nil {
			return err
		}
	}
	return nil
}

// measureBulk starts the service while the notices wait.
func (s *setup) measureBulk(ctx context.Context, db *database, people int) (bulk, error) {
	var b bulk
	if people < 2*waitingNotices {
		return b, errors.New("too few people for the notices and the questions")
	}
	if err := layNotices(ctx, db); err != nil {
		return b, fmt.Errorf("lay notices: %w", err)
	}
	a, err := gather(bottest.Telegram)
	if err != nil {
		return b, err
	}
	defer a.close()
	for n := range people {
		a.api.Open(chatOf(n))
	}
	bot, err := s.startRegia(db, a.api, true)
	if err != nil {
		return b, err
	}
	defer bot.stop()
	if err := a.await(ctx, 1, bot); err != nil {
		return b, err
	}
	var chats []int64
	for n := range bulkQuestions * int(bulkTime/time.Second) {
		chats = append(chats, chatOf(waitingNotices+n))
	}
	begin := time.Now()
	before := a.api.Stats().Sent
	delays, err := a.trickle(ctx, chats, bulkQuestions, bulkTime, bot)
	if err != nil {
		return b, err
	}
	stats := a.api.Stats()
	b.p99, b.tooMany = p99(delays), stats.TooMany
	b.rate = float64(stats.Sent-before) / time.Since(begin).Seconds()
	return b, nil
}

// question is a step of the conversation of a person, as the service gets it.
func question(at time.Time, chat int64, step, n int) dialog.In {
	return dialog.In{
		ID: fmt.Sprintf("tg:2:%d", n), At: at,
		Chat: &dialog.Chat{ID: chat, Text: conversation[step], Sort: "text"},
	}
}
