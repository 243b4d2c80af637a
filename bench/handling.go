package main

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
)

// emptyCommit remembers an id unless it is known, and nothing else.
//
// KEYS[1] the id. It gives 1 when the id was new.
var emptyCommit = redis.NewScript(`
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('SET', KEYS[1], 1, 'EX', 60)
return 1`)

const commitTime = 2 * time.Second

// handlingAlone compares handling the conversation in batches with the rate of
// an empty commit by one client on the same Redis, synced always.
func (s *setup) handlingAlone(ctx context.Context, t *table) error {
	db, err := s.prepare(ctx, "always", chats)
	if err != nil {
		return err
	}
	defer db.close()
	commits := 0
	begin := time.Now()
	for time.Since(begin) < commitTime {
		if err := emptyCommit.Run(ctx, db.client, []string{fmt.Sprintf("empty:%d", commits)}).Err(); err != nil {
			return err
		}
		commits++
	}
	alone := float64(commits) / time.Since(begin).Seconds()

	p, err := openProvince(ctx, db)
	if err != nil {
		return err
	}
	defer p.stop()
	var ins []dialog.In
	for step := range conversation {
		for _, chat := range chatsOf(chats, chats) {
			ins = append(ins, question(p.at, chat, step, len(ins)))
		}
	}
	inputs := inputsOf(ins) // all wait: batches are as full as they get
	begin = time.Now()
	if err := p.commit(ctx, inputs); err != nil {
		return err
	}
	rate := float64(len(inputs)) / time.Since(begin).Seconds()
	t.row("handling alone, batches, always", fmt.Sprintf("%.0f/s", rate), fmt.Sprintf("%.0f/s (1 client)", alone), rate/alone, "≥ 5", rate >= 5*alone)
	return nil
}
