package dialog

import (
	"strings"
	"time"

	"regia/training"
)

func init() {
	verbs["courses"] = courses
	verbs["course"] = course
	verbs["mine"] = mine
	verbs["enrol"] = enrol
	verbs["enrol.colleagues"] = enrolColleagues
	verbs["enrol.one"] = enrolOne
	verbs["give_up"] = giveUp
	verbs["give_up.yes"] = giveUpYes
	verbs["offer.yes"] = offerYes
	verbs["offer.no"] = offerNo
	verbs["queue.next"] = queueNext
	timers["offer"] = offerEnds
	timers["refill"] = refill
}

// courses lists what can be chosen in the next months.
func courses(c *conv, a Act) error {
	all, err := c.coming()
	if err != nil {
		return err
	}
	var ids []string
	var choices []Choice
	for _, e := range all[:min(9, len(all))] {
		ids = append(ids, e.ID)
		choices = append(choices, Choice{Text: "choice.number", Args: Args{"n": itoa(len(ids))}, Act: Act{Verb: "course", ID: e.ID}})
	}
	switch {
	case len(ids) == 0 && c.person.Coordinator:
		return c.reply("courses.none_office", nil)
	case len(ids) == 0:
		return c.reply("courses.none", nil)
	}
	return c.reply("courses.list", Args{"editions": strings.Join(ids, ",")}, choices...)
}

// course shows one course and asks whether to enrol.
func course(c *conv, a Act) error {
	e, err := load[training.CourseEdition](c, "edition", a.ID)
	if err != nil || e == nil || e.State != training.EditionOpen {
		return c.otherwise(err, "edition.not_open", nil)
	}
	if c.person.Coordinator {
		return c.reply("edition.office", Args{"edition": e.ID},
			Choice{Text: "choice.move", Act: Act{Verb: "edition.move", ID: e.ID}},
			Choice{Text: "choice.cancel_course", Act: Act{Verb: "edition.cancel", ID: e.ID}})
	}
	en, err := c.enrolled(e.ID, c.person.ID)
	if err != nil {
		return err
	}
	if en != nil && en.Live() {
		return c.already(en)
	}
	key := "course.details"
	if pos, _ := c.person.At(c.now); !e.Seats.Free(pos.Organization) {
		key = "course.full"
	}
	return c.reply(key, Args{"edition": e.ID}, yesNo(Act{Verb: "enrol", ID: e.ID})...)
}

func (c *conv) already(en *training.Enrollment) error {
	if en.State == training.Offered {
		return c.reply("offer.open", Args{"edition": en.Edition}, offerChoices(en.Edition)...)
	}
	key := "enrol.already"
	if en.State == training.Waitlisted {
		key = "enrol.already_waiting"
	}
	return c.reply(key, Args{"edition": en.Edition}, c.offerGiveUp(en.Edition)...)
}

// offerGiveUp goes with what tells of a seat: whoever answers «annulla» or «non
// posso» to it means that course. A shared address is asked first who writes.
func (c *conv) offerGiveUp(edition string) []Choice {
	if c.shared != nil {
		return nil
	}
	return []Choice{{Text: "choice.give_up", Act: Act{Verb: "give_up", ID: edition}}}
}

// mine lists the writer's own enrolments.
func mine(c *conv, a Act) error {
	live, err := c.live(c.person.ID)
	if err != nil {
		return err
	}
	if len(live) == 0 {
		return c.reply("mine.none", nil)
	}
	var ids []string
	var choices []Choice
	for _, en := range live {
		ids = append(ids, en.ID())
		choices = append(choices, Choice{Text: "choice.give_up_n", Args: Args{"n": itoa(len(ids))}, Act: Act{Verb: "give_up", ID: en.Edition}})
	}
	return c.reply("mine.list", Args{"enrollments": strings.Join(ids, ",")}, choices...)
}

// live are the enrolments of a person that still stand, in coming editions.
func (c *conv) live(person string) ([]training.Enrollment, error) {
	editions, err := c.List("enrolments:"+person, "", 50)
	if err != nil {
		return nil, err
	}
	var all []training.Enrollment
	for _, id := range editions {
		en, err := c.enrolled(id, person)
		if err != nil {
			return nil, err
		}
		e, err := load[training.CourseEdition](c, "edition", id)
		if err != nil {
			return nil, err
		}
		if en != nil && en.Live() && e != nil && e.State == training.EditionOpen {
			all = append(all, *en)
		}
	}
	return all, nil
}

func enrol(c *conv, a Act) error {
	c.comeBack() // to be told of the course
	return c.enrolPerson(a.ID, c.person)
}

// enrolPerson gives the person a seat, or a place in the waiting list, and
// tells whoever asked for it and the person.
func (c *conv) enrolPerson(edition string, p *training.Person) error {
	e, err := load[training.CourseEdition](c, "edition", edition)
	if err != nil || e == nil || e.State != training.EditionOpen {
		return c.otherwise(err, "edition.not_open", nil)
	}
	en, err := c.enrolled(e.ID, p.ID)
	if err != nil {
		return err
	}
	self := p.ID == c.person.ID
	if en != nil && en.Live() {
		if self {
			return c.already(en)
		}
		return c.reply("colleague.already", Args{"person": p.ID, "edition": e.ID})
	}
	if e.Closed(c.now) {
		return c.reply("edition.closed", Args{"edition": e.ID})
	}
	pos, _ := p.At(c.now)
	fresh := training.Enrollment{Edition: e.ID, Person: p.ID, Organization: pos.Organization, At: c.now, Schema: 1}
	if en != nil {
		fresh.Sequence = en.Sequence + 1
	}
	if !self {
		fresh.By = c.person.ID
	}
	key := "enrol.done"
	if err := e.Seats.Take(pos.Organization); err == nil {
		fresh.State = training.Confirmed
	} else {
		key, fresh.State, fresh.Place = "enrol.waiting", training.Waitlisted, e.Seats.Queue()
		c.save("place", placeID(e.ID, fresh.Place), place{Person: p.ID, Schema: 1})
	}
	c.saveEnrolment(e, &fresh)
	c.Enlist("enrolled:"+e.ID, p.ID)
	c.Enlist("enrolments:"+p.ID, e.ID)
	c.weekly("enrolled", 1)
	o := Out{Text: key, Args: Args{"edition": e.ID, "n": itoa(e.Seats.Waiting)}, Choices: c.offerGiveUp(e.ID)}
	if fresh.State == training.Confirmed {
		o.Attach = []string{"ics:" + fresh.ID()}
	}
	if self {
		return c.answer(o)
	}
	if err := c.tell(p.ID, o); err != nil {
		return err
	}
	return c.reply("colleague."+string(fresh.State), Args{"person": p.ID, "edition": e.ID, "n": itoa(e.Seats.Waiting)})
}

// place in a waiting list: who stands there.
type place struct {
	Person string `json:"person"`
	Schema int    `json:"schema"`
}

func placeID(edition string, n int) string { return edition + "." + itoa(n) }

func (c *conv) saveEnrolment(e *training.CourseEdition, en *training.Enrollment) {
	c.save("edition", e.ID, e)
	c.save("enrollment", en.ID(), en)
}

// giveUp asks back once; «rinuncio» alone is about the only course there is.
func giveUp(c *conv, a Act) error {
	if a.ID == "" {
		live, err := c.live(c.person.ID)
		if err != nil {
			return err
		}
		switch len(live) {
		case 0:
			return c.reply("mine.none", nil)
		case 1:
			a.ID = live[0].Edition
		default:
			return mine(c, a)
		}
	}
	en, err := c.enrolled(a.ID, c.person.ID)
	if err != nil {
		return err
	}
	e, err := load[training.CourseEdition](c, "edition", a.ID)
	if err != nil {
		return err
	}
	switch {
	case en == nil || !en.Live() || e == nil || e.State == training.EditionCancelled:
		return c.reply("give_up.not_enrolled", nil)
	case e.State != training.EditionOpen || !c.now.Before(e.Start()):
		return c.reply("give_up.late", Args{"edition": e.ID})
	}
	return c.reply("give_up.sure", Args{"edition": a.ID}, yesNo(Act{Verb: "give_up.yes", ID: a.ID})...)
}

func giveUpYes(c *conv, a Act) error {
	en, err := c.enrolled(a.ID, c.person.ID)
	if err != nil || en == nil || !en.Live() {
		return c.otherwise(err, "give_up.not_enrolled", nil)
	}
	e, err := load[training.CourseEdition](c, "edition", a.ID)
	if err != nil || e == nil {
		return err
	}
	if !c.now.Before(e.Start()) {
		return c.reply("give_up.late", Args{"edition": e.ID})
	}
	held := en.State == training.Confirmed
	if err := c.letGo(e, en, training.Cancelled); err != nil {
		return err
	}
	o := Out{Text: "give_up.done", Args: Args{"edition": e.ID}}
	if held {
		o.Attach = []string{"ics:" + en.ID()}
	}
	return c.answer(o)
}

// letGo frees the seat or the place of an enrolment and offers it to the next.
func (c *conv) letGo(e *training.CourseEdition, en *training.Enrollment, state training.EnrollmentState) error {
	switch {
	case en.Holds():
		e.Seats.Release(en.Organization)
		c.ClearTimer("offer", en.ID())
	case en.State == training.Waitlisted:
		e.Seats.Waiting--
	}
	if en.Place > 0 {
		c.Delete(MakeRef("place", placeID(e.ID, en.Place)))
	}
	en.State, en.Place, en.OfferEnds = state, 0, time.Time{}
	en.Sequence++
	c.save("enrollment", en.ID(), en)
	if err := c.offerNext(e); err != nil {
		return err
	}
	c.save("edition", e.ID, e)
	return nil
}
