package bot

import (
	"errors"
	"net/http"
	"strings"
	"time"

	telegram "github.com/go-telegram/bot"
)

// verdict is what a call came to.
type verdict int

const (
	delivered verdict = iota
	tooFast           // 429
	gone              // the chat cannot be written to
	uneditable
	refused // the message itself is wrong: no use trying again
	trouble // network, 5xx, the token: it may work later
)

func (v verdict) String() string {
	return [...]string{"delivered", "too fast", "unreachable", "cannot be edited", "refused", "trouble"}[v]
}

// judge sorts the error of a call. Telegram tells most of its reasons in words
// only.
func judge(err error) (verdict, time.Duration) {
	if err == nil {
		return delivered, 0
	}
	var fast *telegram.TooManyRequestsError
	if errors.As(err, &fast) {
		return tooFast, time.Duration(min(max(fast.RetryAfter, 1), 24*60*60)) * time.Second
	}
	var moved *telegram.MigrateError
	if errors.As(err, &moved) {
		return gone, 0 // a group: the service writes to persons
	}
	var status *statusError
	if errors.As(err, &status) && status.code == http.StatusRequestEntityTooLarge {
		return refused, 0
	}
	if errors.Is(err, telegram.ErrorForbidden) {
		return gone, 0
	}
	if !errors.Is(err, telegram.ErrorBadRequest) {
		return trouble, 0
	}
	text := strings.ToLower(err.Error())
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(text, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("message is not modified"):
		return delivered, 0
	case has("chat not found", "user not found", "peer_id_invalid", "user is deactivated", "chat_id is empty", "group chat was upgraded", "have no rights to send", "chat_write_forbidden"):
		return gone, 0
	case has("message can't be edited", "message to edit not found", "message_id_invalid", "no text in the message to edit"):
		return uneditable, 0
	}
	return refused, 0
}

const (
	giveUp    = 48 * time.Hour
	firstWait = 2 * time.Second
	// longestWait is short, since the wait holds a person's replies too; it is
	// the pause of all that spares a network in trouble.
	longestWait = 2 * time.Minute
	// renderTries is how often words are looked for before a message that
	// finds none stops holding up the lane behind it.
	renderTries = 10
)

// backOff is the wait before the next attempt.
func backOff(tries int) time.Duration {
	return min(firstWait<<min(max(tries, 0), 16), longestWait)
}
