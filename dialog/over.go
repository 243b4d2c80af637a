package dialog

import "regia/training"

// awaits is the state of an enrolment that a notice asks about; what asks whether
// to enrol at all awaits none.
var awaits = map[string]training.EnrollmentState{
	"offer.made": training.Offered, "offer.first": training.Waitlisted, "reminder": training.Confirmed,
	"edition.invite": "", "edition.for_office": "", "edition.changed": "",
}

// over tells a message that was held up until what it asks makes no sense any
// more: the course was called off or has begun, the seat was answered for or went
// to the next, the survey is closed.
func (v view) over(o Out) (bool, error) {
	edition := o.Args["edition"]
	if o.Text == "survey.first" || o.Text == "survey.mail" {
		s, err := load[training.SatisfactionSurvey](v.r, "survey", edition)
		return s == nil || s.Closed, err
	}
	state, asks := awaits[o.Text]
	if !asks {
		return false, nil
	}
	e, err := load[training.CourseEdition](v.r, "edition", edition)
	if err != nil || e == nil || e.State != training.EditionOpen || !v.now.Before(e.Start()) {
		return true, err
	}
	if state == "" {
		return false, nil
	}
	person := o.To
	if about := o.Args["about"]; about != "" { // told through the focal point
		person = about
	}
	en, err := load[training.Enrollment](v.r, "enrollment", training.EnrollmentID(edition, person))
	if err != nil || en == nil || en.State != state {
		return true, err
	}
	return state == training.Offered && !v.now.Before(en.OfferEnds), nil
}
