package training

import (
	"errors"
	"time"
)

// DeliveryMode is how a course is held.
type DeliveryMode string

const (
	InPerson   DeliveryMode = "in_person"
	LiveOnline DeliveryMode = "live_online"
	SelfPaced  DeliveryMode = "self_paced"
	Blended    DeliveryMode = "blended"
)

// EditionState is where an edition stands.
type EditionState string

const (
	EditionDraft     EditionState = "draft"
	EditionOpen      EditionState = "open"
	EditionHeld      EditionState = "held" // the last meeting is over
	EditionCancelled EditionState = "cancelled"
)

// Meeting is a dated part of an edition.
type Meeting struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Seats counts the seats of an edition. Those offered to somebody in the
// waiting list are held for them and count as taken. Place is the last place
// given in the waiting list, Head the first that may still be waiting.
type Seats struct {
	Total   int            `json:"total"`
	PerOrg  int            `json:"per_org,omitempty"` // at most for one organization; 0: no limit
	Taken   int            `json:"taken"`
	ByOrg   map[string]int `json:"by_org,omitempty"`
	Waiting int            `json:"waiting"`
	Head    int            `json:"head"`
	Place   int            `json:"place"`
}

// Free tells whether a seat can be given to somebody of the organization.
func (s Seats) Free(org string) bool {
	return s.Taken < s.Total && (s.PerOrg == 0 || s.ByOrg[org] < s.PerOrg)
}

// Take gives a seat; ErrFull when none may be given.
func (s *Seats) Take(org string) error {
	if !s.Free(org) {
		return ErrFull
	}
	if s.ByOrg == nil {
		s.ByOrg = map[string]int{}
	}
	s.Taken++
	s.ByOrg[org]++
	return nil
}

// Release gives a seat back.
func (s *Seats) Release(org string) {
	if s.ByOrg[org] == 0 {
		return
	}
	s.Taken--
	if s.ByOrg[org]--; s.ByOrg[org] == 0 {
		delete(s.ByOrg, org)
	}
}

// Queue gives the next place in the waiting list, from 1.
func (s *Seats) Queue() int {
	s.Place++
	s.Waiting++
	if s.Head == 0 {
		s.Head = 1
	}
	return s.Place
}

// ErrFull says that no seat is left, or none for the organization.
var ErrFull = errors.New("no seat left")

// CourseEdition is a course held at given dates.
type CourseEdition struct {
	ID       string       `json:"id"`
	Title    string       `json:"title"`
	Topic    string       `json:"topic,omitempty"`
	Mode     DeliveryMode `json:"mode"`
	Meetings []Meeting    `json:"meetings"`
	Venue    string       `json:"venue,omitempty"` // place, or link of an online course
	Deadline time.Time    `json:"deadline,omitzero"`
	Seats    Seats        `json:"seats"`
	State    EditionState `json:"state"`
	Author   string       `json:"author"`   // coordinator
	Sequence int          `json:"sequence"` // of the calendar invitation
	Schema   int          `json:"schema"`
}

// Start and End are those of the first and the last meeting.
func (e CourseEdition) Start() time.Time {
	if len(e.Meetings) == 0 {
		return time.Time{}
	}
	return e.Meetings[0].From
}

// End is the end of the last meeting.
func (e CourseEdition) End() time.Time {
	if len(e.Meetings) == 0 {
		return time.Time{}
	}
	return e.Meetings[len(e.Meetings)-1].To
}

// Hours is the length of all meetings.
func (e CourseEdition) Hours() float64 {
	var d time.Duration
	for _, m := range e.Meetings {
		d += m.To.Sub(m.From)
	}
	return d.Hours()
}

// Closed tells whether nobody can enrol any more at the instant.
func (e CourseEdition) Closed(now time.Time) bool {
	return e.State != EditionOpen || !now.Before(e.Start()) || !e.Deadline.IsZero() && now.After(e.Deadline)
}

// Missing names what an edition still needs before it can be opened: "title",
// "when", "venue", "seats" in this order; "" when it is whole.
func (e CourseEdition) Missing() string {
	switch {
	case e.Title == "":
		return "title"
	case len(e.Meetings) == 0:
		return "when"
	case e.Venue == "":
		return "venue"
	case e.Seats.Total == 0:
		return "seats"
	}
	return ""
}

// Bounds of an edition.
const (
	MaxSeats    = 500
	MaxMeetings = 20
	MaxTitle    = 120 // characters
)
