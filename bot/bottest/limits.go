package bottest

import (
	"net/http"
	"strconv"
	"time"
)

// Limits are Telegram's, as strictly as they are written. Zero is no limit.
type Limits struct {
	// Overall is how many messages the bot may send or edit in any second, in
	// all: Telegram says 30.
	Overall int
	// PerChat is how many messages a chat takes in any second unasked:
	// Telegram says 1. Each message of a person, and each button pressed,
	// allows Answers more at once.
	PerChat int
	Answers int // 10 when 0
}

// Telegram are the limits that Telegram publishes.
var Telegram = Limits{Overall: 30, PerChat: 1}

type turn struct {
	recent []time.Time
	credit int
}

type limiter struct {
	limits Limits
	recent []time.Time
	chats  map[int64]*turn
}

// asked notes that the person of the chat wrote.
func (l *limiter) asked(chat int64) {
	if l.limits.PerChat == 0 {
		return
	}
	n := l.limits.Answers
	if n == 0 {
		n = 10
	}
	l.turn(chat).credit = n
}

func (l *limiter) turn(chat int64) *turn {
	t := l.chats[chat]
	if t == nil {
		t = &turn{}
		l.chats[chat] = t
	}
	return t
}

// take lets a message pass, or says how long to wait.
func (l *limiter) take(chat int64, edit bool, now time.Time) *apiError {
	l.recent = fresh(l.recent, now)
	if l.limits.Overall > 0 && len(l.recent) >= l.limits.Overall {
		return tooMany(l.recent[0], now)
	}
	if l.limits.PerChat > 0 && !edit {
		t := l.turn(chat)
		t.recent = fresh(t.recent, now)
		switch {
		case len(t.recent) < l.limits.PerChat:
		case t.credit > 0:
			t.credit--
		default:
			return tooMany(t.recent[0], now)
		}
		t.recent = append(t.recent, now)
	}
	if l.limits.Overall > 0 {
		l.recent = append(l.recent, now)
	}
	return nil
}

// fresh drops what is a second old.
func fresh(at []time.Time, now time.Time) []time.Time {
	for len(at) > 0 && now.Sub(at[0]) >= time.Second {
		at = at[1:]
	}
	return at
}

func tooMany(first, now time.Time) *apiError {
	wait := int((time.Second - now.Sub(first) + time.Second - 1) / time.Second)
	wait = max(wait, 1)
	return &apiError{code: http.StatusTooManyRequests, text: "Too Many Requests: retry after " + strconv.Itoa(wait), retryAfter: wait}
}
