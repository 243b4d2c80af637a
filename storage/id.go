package storage

import (
	"strings"
	"time"

	"regia/dialog"
)

// keepID is how long an id is remembered after its commit: longer than its
// source could bring it again.
func keepID(id string) time.Duration {
	const day = 24 * time.Hour
	switch source, _, _ := strings.Cut(id, ":"); source {
	case "tg":
		return 14 * day
	case "mail", "left":
		return 90 * day
	}
	return 30 * day
}

// slotOf takes the id of a slot apart; only the last slot of a job is kept.
func slotOf(id string) (job, slot string, ok bool) {
	rest, ok := strings.CutPrefix(id, "cron:")
	if !ok {
		return "", "", false
	}
	i := strings.LastIndexByte(rest, '@')
	if i <= 0 {
		return "", "", false
	}
	at, err := time.Parse(time.RFC3339, rest[i+1:])
	if err != nil {
		return "", "", false
	}
	return rest[:i], at.UTC().Format(slotForm), true
}

// slotForm has a fixed width, so that slots compare as text.
const slotForm = "2006-01-02T15:04:05Z"

// timerOf takes the id of a timer's message apart: kind:id and the instant in
// milliseconds.
func timerOf(id string) (member string, at int64, ok bool) {
	rest, ok := strings.CutPrefix(id, "timer:")
	i := strings.LastIndexByte(rest, '@')
	if !ok || i <= 0 {
		return "", 0, false
	}
	instant, err := time.Parse(time.RFC3339Nano, rest[i+1:])
	return rest[:i], instant.UnixMilli(), err == nil
}

// idsOf is every id under which a message may come.
func idsOf(in dialog.In) []string {
	if in.Also == "" || in.Also == in.ID {
		return []string{in.ID}
	}
	return []string{in.ID, in.Also}
}
