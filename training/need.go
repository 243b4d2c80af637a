package training

import "time"

// NeedState is where a training need stands.
type NeedState string

const (
	NeedDraft    NeedState = "draft"    // told, not confirmed yet
	NeedRecorded NeedState = "recorded" // counts
	NeedDropped  NeedState = "dropped"  // taken back by its author, or not a need
)

// Urgency is how soon a course is wanted.
type Urgency string

const (
	Soon     Urgency = "soon"
	ThisYear Urgency = "year"
	NoHurry  Urgency = "any"
)

// TrainingNeed is a need told by a person; its words stand in a document of
// their own, which is erased apart.
type TrainingNeed struct {
	ID           string    `json:"id"`
	Person       string    `json:"person"`
	Organization string    `json:"organization"`
	Candidates   []string  `json:"candidates,omitempty"` // topics proposed, most likely first, at most 3
	Topic        string    `json:"topic,omitempty"`
	People       int       `json:"people,omitempty"` // how many in the office, 1–99
	Urgency      Urgency   `json:"urgency,omitempty"`
	State        NeedState `json:"state"`
	Told         time.Time `json:"told"`
	Schema       int       `json:"schema"`
}

// Counts tells whether the need is part of the demand.
func (n TrainingNeed) Counts() bool { return n.State == NeedRecorded }

// MaxPeople bounds the people of one office that one need speaks for.
const MaxPeople = 99

// Demand is what is asked on a topic in the whole province: totals only.
type Demand struct {
	Topic         string `json:"topic"`
	Organizations int    `json:"organizations"` // that ask for it
	People        int    `json:"people"`
	Edition       string `json:"edition,omitempty"` // opened in answer; "" while open
	Schema        int    `json:"schema"`
}

// LocalDemand is what one organization asks on a topic.
type LocalDemand struct {
	Needs  int `json:"needs"`
	People int `json:"people"`
	Schema int `json:"schema"`
}

// Add counts a need of the organization whose demand is l, in both.
func (d *Demand) Add(l *LocalDemand, people int) {
	if l.Needs == 0 {
		d.Organizations++
	}
	l.Needs++
	l.People += people
	d.People += people
}

// Drop takes a counted need back.
func (d *Demand) Drop(l *LocalDemand, people int) {
	if l.Needs == 0 {
		return
	}
	l.Needs--
	l.People -= people
	d.People -= people
	if l.Needs == 0 {
		d.Organizations--
	}
}
