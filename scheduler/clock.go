package scheduler

import (
	"sync"
	"time"
)

// Clock tells the time. Nothing else in the program asks for it.
type Clock interface {
	Now() time.Time
}

// Wall is the clock of the machine, in the time zone of the province.
type Wall struct{ Zone *time.Location }

// Now is the present instant.
func (w Wall) Now() time.Time { return time.Now().In(w.Zone) }

// Manual is a clock that stands still until it is set. It may be read and set
// from several goroutines.
type Manual struct {
	mu  sync.RWMutex
	now time.Time
}

// NewManual is a clock that stands at an instant.
func NewManual(at time.Time) *Manual { return &Manual{now: at} }

// Now is the instant at which the clock stands.
func (m *Manual) Now() time.Time {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.now
}

// Set moves the clock forward, in the zone it has; it never goes back, because
// what was done at an instant cannot be done before it.
func (m *Manual) Set(to time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if to.After(m.now) {
		m.now = to.In(m.now.Location())
	}
}
