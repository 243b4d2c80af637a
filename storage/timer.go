package storage

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
)

// DueTimers is the first n timers whose instant has come. A timer goes away by
// the commit of its own message, unless it was set to another instant meanwhile.
func (s *Store) DueTimers(ctx context.Context, now time.Time, n int) ([]dialog.Timer, error) {
	found, err := s.client.ZRangeByScoreWithScores(ctx, s.keys.timers(), &redis.ZRangeBy{
		Min: "-inf", Max: millis(now), Count: int64(max(n, 0)),
	}).Result()
	if err != nil {
		return nil, temporary(err)
	}
	timers := make([]dialog.Timer, 0, len(found))
	for _, z := range found {
		kind, id, _ := strings.Cut(z.Member.(string), ":")
		timers = append(timers, dialog.Timer{Kind: kind, ID: id, At: s.instant(z.Score)})
	}
	return timers, nil
}

// TimerInput is the message of a due timer, as it is handed to the writer.
func TimerInput(t dialog.Timer) Input {
	id := "timer:" + t.Kind + ":" + t.ID + "@" + t.At.UTC().Format(time.RFC3339Nano)
	return Input{
		ID: id, Source: "timer", At: t.At,
		Decode: func() (dialog.In, error) { return dialog.In{ID: id, At: t.At, Timer: &t}, nil },
	}
}

// LastSlot is the last slot of a job that was committed.
func (s *Store) LastSlot(ctx context.Context, job string) (time.Time, bool, error) {
	text, err := s.client.HGet(ctx, s.keys.slots(), job).Result()
	if errors.Is(err, redis.Nil) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, temporary(err)
	}
	at, err := time.Parse(slotForm, text)
	return at.In(s.zone), err == nil, err
}

// Next is the earliest instant at which a timer, a waiting message or a lane on
// hold falls due. It may be past.
func (s *Store) Next(ctx context.Context) (time.Time, bool, error) {
	pipe := s.client.Pipeline()
	var firsts []*redis.ZSliceCmd
	for _, key := range []string{
		s.keys.timers(), s.keys.waiting(), s.keys.held(dialog.ByChat), s.keys.held(dialog.ByMail),
	} {
		firsts = append(firsts, pipe.ZRangeWithScores(ctx, key, 0, 0))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return time.Time{}, false, temporary(err)
	}
	var next time.Time
	for _, first := range firsts {
		for _, z := range first.Val() {
			if at := s.instant(z.Score); next.IsZero() || at.Before(next) {
				next = at
			}
		}
	}
	return next, !next.IsZero(), nil
}
