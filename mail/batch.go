package mail

import (
	"context"
	"fmt"

	"github.com/emersion/go-imap/v2"
)

// cut takes the next batch off the queue: bounded in number and bytes, large
// and suspicious messages alone.
func (r *Reader) cut() []item {
	var size int64
	n := 0
	for n < len(r.queue) && n < r.Batch {
		it := r.queue[n]
		if it.size > r.MaxSize || r.alone[it.uid] {
			if n == 0 {
				n = 1
			}
			break
		}
		if size += it.size; n > 0 && size > maxBatchBytes {
			break
		}
		n++
	}
	batch := r.queue[:n:n]
	r.queue = r.queue[n:]
	return batch
}

// fetch reads the bodies. A batch that fails is read again one by one, and what
// fails alone time after time is handed over empty: nobody can read it.
func (r *Reader) fetch(ctx context.Context, batch []item) ([]Arrived, []imap.UID, error) {
	tooLarge := batch[0].size > r.MaxSize
	bodies, err := r.s.bodies(ctx, batch, tooLarge)
	if err != nil {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		return r.fetchFailed(ctx, batch, err)
	}
	var arrived []Arrived
	var uids []imap.UID
	for _, it := range batch {
		raw, ok := bodies[it.uid]
		if !ok {
			continue // moved away by somebody else
		}
		delete(r.alone, it.uid)
		arrived = append(arrived, Arrived{ID: r.id(it.uid), Raw: raw, TooLarge: tooLarge, Size: it.size, At: it.date, Seen: it.seen})
		uids = append(uids, it.uid)
	}
	return arrived, uids, nil
}

func (r *Reader) fetchFailed(ctx context.Context, batch []item, err error) ([]Arrived, []imap.UID, error) {
	if len(batch) > 1 {
		for _, it := range batch {
			r.alone[it.uid] = true
		}
		return nil, nil, fmt.Errorf("mail: fetch of %d messages: %w", len(batch), err)
	}
	uid := batch[0].uid
	r.alone[uid] = true
	// The connection may be out of step after a failed fetch. Where no new one
	// opens, the server is away and the message is not to blame.
	r.Close()
	if err := r.open(ctx); err != nil {
		return nil, nil, err
	}
	r.tries[uid]++
	if r.tries[uid] < r.Tries {
		return nil, nil, fmt.Errorf("mail: fetch of %s: %w", r.id(uid), err)
	}
	return []Arrived{{ID: r.id(uid), Size: batch[0].size, At: batch[0].date, Seen: batch[0].seen}}, []imap.UID{uid}, nil
}
