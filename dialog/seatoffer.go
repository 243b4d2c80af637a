package dialog

import (
	"strconv"
	"strings"
	"time"

	"regia/training"
)

// perRefill is how many places one commit looks at: a longer list goes on with
// a timer.
const perRefill = 100

// offerNext offers every free seat to the first in the waiting list who may
// take it. In the last two working days all are told at once and the first
// yes wins.
func (c *conv) offerNext(e *training.CourseEdition) error { return c.offerFrom(e, e.Seats.Head) }

// offerFrom is offerNext from a place in the waiting list on.
func (c *conv) offerFrom(e *training.CourseEdition, from int) error {
	if e.State != training.EditionOpen || !c.now.Before(e.Start()) {
		return nil
	}
	last := c.s.Calendar.WorkdaysBetween(c.now, e.Start()) <= 2
	atHead := from == e.Seats.Head
	for n, looked := max(1, from), 0; n <= e.Seats.Place && e.Seats.Taken < e.Seats.Total; n++ {
		if looked++; looked > perRefill {
			c.SetTimer("refill", placeID(e.ID, n), c.now.Add(time.Second))
			return nil
		}
		p, err := load[place](c, "place", placeID(e.ID, n))
		if err != nil {
			return err
		}
		if p == nil {
			if atHead {
				e.Seats.Head = n + 1
			}
			continue
		}
		atHead = false
		en, err := c.enrolled(e.ID, p.Person)
		if err != nil {
			return err
		}
		if en == nil || en.State != training.Waitlisted || !e.Seats.Free(en.Organization) {
			continue
		}
		who, err := load[training.Person](c, "person", en.Person)
		if err != nil {
			return err
		}
		if who == nil || who.Left {
			continue
		}
		if err := c.offer(e, en, last); err != nil {
			return err
		}
	}
	return nil
}

// offer holds the seat for the person until an answer is due, or, in the last
// days, only says that there is one.
func (c *conv) offer(e *training.CourseEdition, en *training.Enrollment, last bool) error {
	args := Args{"edition": e.ID}
	if last {
		return c.tell(en.Person, Out{Text: "offer.first", Args: args, Choices: offerChoices(e.ID), NotBefore: training.UrgentTime(c.now)})
	}
	if err := e.Seats.Take(en.Organization); err != nil {
		return err
	}
	e.Seats.Waiting--
	c.weekly("recovered", 1)
	en.State = training.Offered
	en.OfferEnds = c.s.Calendar.AddWorkingHours(c.s.Calendar.NoticeTime(c.now), offerHours)
	if !en.OfferEnds.Before(e.Start()) {
		en.OfferEnds = e.Start().Add(-time.Hour)
	}
	args["ends"] = en.OfferEnds.Format(time.RFC3339)
	c.save("enrollment", en.ID(), en)
	c.SetTimer("offer", en.ID(), en.OfferEnds)
	return c.tell(en.Person, Out{Text: "offer.made", Args: args, Choices: offerChoices(e.ID)})
}

// offerHours is how many working hours an offer stands: one day of the office.
const offerHours = 10

func offerChoices(edition string) []Choice {
	return []Choice{
		{Text: "choice.yes", Act: Act{Verb: "offer.yes", ID: edition}},
		{Text: "choice.no", Act: Act{Verb: "offer.no", ID: edition}},
	}
}

func offerYes(c *conv, a Act) error {
	who, en, e, err := c.offered(a)
	if en == nil || err != nil {
		return err
	}
	switch en.State {
	case training.Confirmed:
		if who.ID != c.person.ID {
			return c.reply("colleague.already", Args{"person": who.ID, "edition": e.ID})
		}
		return c.already(en)
	case training.Waitlisted:
		if err := e.Seats.Take(en.Organization); err != nil || e.Closed(c.now) && !c.now.Before(e.Start()) {
			return c.reply("offer.gone_stay", Args{"edition": e.ID})
		}
		e.Seats.Waiting--
		c.weekly("recovered", 1)
	}
	c.ClearTimer("offer", en.ID())
	c.Delete(MakeRef("place", placeID(e.ID, en.Place)))
	en.State, en.Place, en.OfferEnds = training.Confirmed, 0, time.Time{}
	c.saveEnrolment(e, en)
	if who.ID != c.person.ID {
		return c.reply("colleague.confirmed", Args{"person": who.ID, "edition": e.ID})
	}
	return c.answer(Out{Text: "offer.taken", Args: Args{"edition": e.ID}, Choices: c.offerGiveUp(e.ID), Attach: []string{"ics:" + en.ID()}})
}

func offerNo(c *conv, a Act) error {
	who, en, e, err := c.offered(a)
	if en == nil || err != nil {
		return err
	}
	if en.State == training.Confirmed {
		if who.ID != c.person.ID {
			return c.reply("colleague.already", Args{"person": who.ID, "edition": e.ID})
		}
		return giveUp(c, a)
	}
	if err := c.letGo(e, en, training.Passed); err != nil {
		return err
	}
	if who.ID != c.person.ID {
		return c.reply("colleague.passed", Args{"person": who.ID, "edition": e.ID})
	}
	if e.Topic == "" {
		return c.reply("offer.refused", Args{"edition": e.ID})
	}
	return c.reply("offer.refused", Args{"edition": e.ID, "topic": e.Topic}, yesNo(Act{Verb: "queue.next", ID: e.ID})...)
}

// queueNext has whoever let a seat go be told of the next edition on the topic.
func queueNext(c *conv, a Act) error {
	en, err := c.enrolled(a.ID, c.person.ID)
	if err != nil {
		return err
	}
	e, err := load[training.CourseEdition](c, "edition", a.ID)
	if err != nil || e == nil || e.Topic == "" || en == nil {
		return c.otherwise(err, "edition.not_open", nil)
	}
	c.Enlist("wants:"+e.Topic, c.person.ID)
	return c.reply("offer.stay", nil)
}

// offered is who was offered a seat, the writer or the colleague for whom a
// focal point answers, and the enrolment; an offer that has passed is told so.
func (c *conv) offered(a Act) (*training.Person, *training.Enrollment, *training.CourseEdition, error) {
	who := c.person
	if a.Arg != "" {
		var err error
		if who, err = c.colleague(a); who == nil || err != nil {
			return nil, nil, nil, err
		}
	}
	en, err := c.enrolled(a.ID, who.ID)
	if err != nil {
		return nil, nil, nil, err
	}
	e, err := load[training.CourseEdition](c, "edition", a.ID)
	if err != nil {
		return nil, nil, nil, err
	}
	if en == nil || e == nil || !en.Live() || e.State != training.EditionOpen {
		return nil, nil, nil, c.reply("offer.gone", nil)
	}
	return who, en, e, nil
}

// offerEnds passes an offer without answer to the next.
func offerEnds(c *conv, id string) error {
	en, err := load[training.Enrollment](c, "enrollment", id)
	if err != nil || en == nil || en.State != training.Offered || c.now.Before(en.OfferEnds) {
		return err
	}
	e, err := load[training.CourseEdition](c, "edition", en.Edition)
	if err != nil || e == nil || e.State != training.EditionOpen {
		return err
	}
	if err := c.letGo(e, en, training.Passed); err != nil {
		return err
	}
	return c.tell(en.Person, Out{Text: "offer.passed", Args: Args{"edition": e.ID}})
}

func refill(c *conv, id string) error {
	id, n, _ := strings.Cut(id, ".")
	e, err := load[training.CourseEdition](c, "edition", id)
	if err != nil || e == nil {
		return err
	}
	from, err := strconv.Atoi(n)
	if err != nil {
		from = e.Seats.Head
	}
	if err := c.offerFrom(e, from); err != nil {
		return err
	}
	c.save("edition", e.ID, e)
	return nil
}
