package training

import "time"

// EnrollmentState is where an enrolment stands.
//
//	             ┌──────────── confirmed ──► present / absent
//	requested ───┤                 ▲  └────► cancelled
//	             └─► waitlisted ─► offered ─► cancelled
//	                     ▲            │ (no answer: passed)
//	                     └────────────┘ next place is offered
type EnrollmentState string

const (
	Confirmed  EnrollmentState = "confirmed"
	Waitlisted EnrollmentState = "waitlisted"
	Offered    EnrollmentState = "offered"   // a freed seat is held until OfferEnds
	Passed     EnrollmentState = "passed"    // let the offer go by
	Cancelled  EnrollmentState = "cancelled" // by the participant, or with the edition
)

// Presence is what is known of who came.
type Presence string

const (
	Present Presence = "present"
	Absent  Presence = "absent"
)

// Enrollment is a person's place in an edition. Its id joins both.
type Enrollment struct {
	Edition      string          `json:"edition"`
	Person       string          `json:"person"`
	Organization string          `json:"organization"`
	State        EnrollmentState `json:"state"`
	Place        int             `json:"place,omitempty"` // in the waiting list
	OfferEnds    time.Time       `json:"offer_ends,omitzero"`
	By           string          `json:"by,omitempty"`     // who enrolled, when not the person
	Coming       string          `json:"coming,omitempty"` // "yes" after the reminder
	Presence     Presence        `json:"presence,omitempty"`
	At           time.Time       `json:"at"`
	Sequence     int             `json:"sequence"` // of the invitation
	Schema       int             `json:"schema"`
}

// ID is the id of the enrolment.
func (e Enrollment) ID() string { return EnrollmentID(e.Edition, e.Person) }

// EnrollmentID joins the ids of edition and person.
func EnrollmentID(edition, person string) string { return edition + "." + person }

// Holds tells whether the enrolment holds a seat.
func (e Enrollment) Holds() bool { return e.State == Confirmed || e.State == Offered }

// Live tells whether the enrolment stands: seated, offered or waiting.
func (e Enrollment) Live() bool { return e.Holds() || e.State == Waitlisted }
