package main

import (
	"context"
	"fmt"
	"time"

	"regia/bot/bottest"
)

// figures are what one run of a bot gave.
type figures struct {
	rate   float64       // updates a second
	cpu    time.Duration // of the bot, for each update
	store  time.Duration // of its Redis, for each update
	memory float64       // most megabytes
	start  time.Duration // from the start of the process to the first call
	p99    time.Duration // at a light load
}

const (
	lightRate = 300
	lightTime = 5 * time.Second
)

// starter starts a bot that speaks with the server.
type starter func(api *bottest.Server) (*process, error)

// measure runs a bot: one rehearsal, the conversation with all chats, and a
// light load where that is wanted. The script is what the bot is expected to
// say, and nil for the one whose replies make it.
func measure(ctx context.Context, db *database, begin starter, chats []int64, light bool, script []reply) (figures, []reply, error) {
	var f figures
	a, err := gather(bottest.Limits{})
	if err != nil {
		return f, nil, err
	}
	defer a.close()
	bot, err := begin(a.api)
	if err != nil {
		return f, nil, err
	}
	defer bot.stop()
	if f.start, err = a.ready(ctx, bot); err != nil {
		return f, nil, err
	}
	said, err := a.rehearse(ctx, chats[0], bot)
	if err != nil {
		return f, nil, fmt.Errorf("rehearsal: %w", err)
	}
	if script == nil {
		script = said
	}
	chats = chats[1:]
	used, usedByStore := bot.cpu(), db.cpu()
	took, err := a.converse(ctx, chats, script, bot)
	if err != nil {
		return f, nil, err
	}
	n := len(chats) * len(conversation)
	f.rate = float64(n) / took.Seconds()
	f.cpu = (bot.cpu() - used) / time.Duration(n)
	f.store = (db.cpu() - usedByStore) / time.Duration(n)
	if light {
		delays, err := a.trickle(ctx, chats, lightRate, lightTime, bot)
		if err != nil {
			return f, nil, err
		}
		f.p99 = p99(delays)
	}
	f.memory = bot.peak()
	return f, script, nil
}

// better keeps the run with the higher rate.
func (f figures) better(than figures) figures {
	if f.rate > than.rate {
		return f
	}
	return than
}

// chatsOf are n chats spread over that many people; one more is for the
// rehearsal.
func chatsOf(n, people int) []int64 {
	chats := make([]int64, n)
	for i := range chats {
		chats[i] = chatOf(i * people / n)
	}
	return chats
}
