package training

import "time"

// Brake counts the answers to one mail address, so that two programs that
// answer each other come to rest, however little the other one knows of the
// manners of programs. A person never meets it.
type Brake struct {
	Hour   time.Time      `json:"hour"` // in which Same was counted
	Same   map[string]int `json:"same"` // answers by their reason
	Day    time.Time      `json:"day"`
	All    int            `json:"all"`
	Told   bool           `json:"told,omitempty"` // that an answer did not go
	Schema int            `json:"schema"`
}

// What one address is answered at most.
const (
	SameAnHour = 10
	AllADay    = 100
)

// BrakeLife is how long a brake counts.
const BrakeLife = 24 * time.Hour

// Answer counts one more answer and tells whether it may go; first tells that
// it is the first of the day that may not.
func (b *Brake) Answer(reason string, now time.Time) (ok, first bool) {
	if now.Sub(b.Day) >= BrakeLife {
		*b = Brake{Day: now, Schema: 1}
	}
	if now.Sub(b.Hour) >= time.Hour {
		b.Hour, b.Same = now, map[string]int{}
	}
	if b.Same[reason] < SameAnHour && b.All < AllADay {
		b.Same[reason]++
		b.All++
		return true, false
	}
	first, b.Told = !b.Told, true
	return false, first
}
