package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	json "github.com/go-json-experiment/json/v1"
	"github.com/redis/go-redis/v9"

	"regia/dialog"
)

// deadKeep is how long dead letters are kept.
const deadKeep = 30 * 24 * time.Hour

// Dead is an input that failed three times, or a message to leave that cannot be
// read ([OutSource]).
type Dead struct {
	Schema int       `json:"schema"`
	ID     string    `json:"id"`
	Source string    `json:"source"`
	Raw    []byte    `json:"raw,omitempty"`
	Class  string    `json:"class"` // sort of error, without the words of the message
	At     time.Time `json:"at"`
}

// DeadSource is the source of the message that tells of an input which nobody
// could read, or which ended the process again and again, or of a message that
// cannot leave: its id is "dead:<id of the dead letter>" and its Raw that of the
// letter, in which whoever decodes it finds no more than who wrote.
const DeadSource = "dead"

// tell leaves to the writer the message that tells of a dead letter.
func (s *Store) tell(ctx context.Context, d Dead) error {
	told := Input{ID: DeadSource + ":" + d.ID, Source: DeadSource, Raw: d.Raw, At: d.At}
	if len(told.ID) > maxID {
		return nil
	}
	return patiently(ctx, func() error { _, err := s.Enqueue(ctx, told); return err })
}

// bury lays an input among the dead letters and tells the person, in one commit
// of its own. What cannot be looked at without danger is told by a message of
// its own, whose attempts are counted like any other's.
func (w *Writer) bury(ctx context.Context, it *item) error {
	in := dialog.In{ID: it.ID, At: it.At}
	known := it.in != nil
	if known {
		in = *it.in
	}
	d := &Dead{Schema: Schema, ID: it.ID, Source: it.Source, Raw: it.Raw, Class: it.class, At: it.At}
	if d.At.IsZero() {
		d.At = in.At
	}
	if d.At.IsZero() {
		d.At = time.Now() // nothing decided by it but when it is forgotten
	}
	handled := known && it.class != "crash"
	if !handled && it.Source != DeadSource {
		if err := w.store.tell(ctx, *d); err != nil {
			return err
		}
	}
	for {
		var o *overlay
		err := patiently(ctx, func() error {
			o = newOverlay(w.store, nil)
			// Ids of its own: handled again one day, the message makes others.
			t := o.begin(ctx, in, "sorry:"+in.ID)
			if handled && w.sorry != nil {
				err := guarded(func() error { return w.sorry(t, in) })
				if err = errors.Join(err, t.close()); errors.Is(err, ErrTemporary) {
					return err
				}
				if err != nil {
					w.log.Error("storage: nobody could be told", "id", in.ID, "class", class(err))
					t = o.begin(ctx, in, "sorry:"+in.ID)
				}
			}
			o.add(it, t)
			o.messages[0].dead = d
			return nil
		})
		if err != nil {
			return err
		}
		v, err := w.commit(ctx, o, nil)
		switch {
		case err != nil:
			return err
		case v == nil:
			w.log.Error("storage: dead letter", "id", it.ID, "class", it.class)
			it.settle(Died, nil)
			return nil
		case len(v.done) > 0:
			return w.already(ctx, it)
		}
	}
}

// DeadCount is how many dead letters lie there since an instant.
func (s *Store) DeadCount(ctx context.Context, since time.Time) (int, error) {
	n, err := s.client.ZCount(ctx, s.keys.deadOrder(), millis(since), "+inf").Result()
	return int(n), temporary(err)
}

// DeadList is the dead letters, newest first, n at most.
func (s *Store) DeadList(ctx context.Context, n int) ([]Dead, error) {
	ids, err := s.client.ZRevRange(ctx, s.keys.deadOrder(), 0, int64(n)-1).Result()
	if err != nil || len(ids) == 0 || n <= 0 {
		return nil, temporary(err)
	}
	texts, err := s.client.HMGet(ctx, s.keys.dead(), ids...).Result()
	if err != nil {
		return nil, temporary(err)
	}
	var letters []Dead
	for _, text := range texts {
		if text, ok := text.(string); ok {
			d, err := parseDead(text)
			if err != nil {
				return nil, err
			}
			letters = append(letters, d)
		}
	}
	return letters, nil
}

// Dead is one dead letter.
func (s *Store) Dead(ctx context.Context, id string) (d Dead, found bool, err error) {
	text, err := s.client.HGet(ctx, s.keys.dead(), id).Result()
	if errors.Is(err, redis.Nil) {
		return Dead{}, false, nil
	}
	if err != nil {
		return Dead{}, false, temporary(err)
	}
	d, err = parseDead(text)
	return d, true, err
}

func parseDead(text string) (Dead, error) {
	var d Dead
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return Dead{}, fmt.Errorf("storage: a dead letter cannot be read: %w", err)
	}
	if d.Schema > Schema {
		return Dead{}, ErrNewer
	}
	return d, nil
}

// retryScript makes a dead letter a pending input.
//
// KEYS: 1 dead, 2 dead order, 3 pending, 4 pending order, 5 turn, 6 tries, 7 key
// of the id.
// ARGV: id, JSON of the pending input. Returns 1, or 0 when there is none.
var retryScript = redis.NewScript(`
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('DEL', KEYS[7])
redis.call('HDEL', KEYS[6], ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[4], redis.call('INCR', KEYS[5]), ARGV[1])
return 1
`)

// DeadRetry hands a dead letter in once more: the writer finds it among the
// pending inputs. Slots of the calendar are not made up this way, since a later
// one may be done. A message to leave goes back to the outbox.
func (s *Store) DeadRetry(ctx context.Context, id string) (bool, error) {
	d, found, err := s.Dead(ctx, id)
	if err != nil || !found {
		return false, err
	}
	if d.Source == OutSource {
		return s.resend(ctx, d)
	}
	if _, _, slot := slotOf(id); slot {
		return false, errors.New("storage: a slot of the calendar cannot be retried")
	}
	text, err := json.Marshal(pendingInput{Schema: Schema, Source: d.Source, Raw: d.Raw, At: d.At})
	if err != nil {
		return false, err
	}
	k := s.keys
	n, err := retryScript.Run(ctx, s.client, []string{
		k.dead(), k.deadOrder(), k.pending(), k.pendingOrder(), k.turn(), k.tries(), k.done(id),
	}, id, text).Int()
	signal(s.todo)
	return n == 1, temporary(err)
}
