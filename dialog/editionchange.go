package dialog

import (
	"time"

	"regia/training"
)

// toEnrolled writes to who has or waits for a seat, with the calendar entry
// changed or taken away.
func toEnrolled(c *conv, m mailing, person string) (Out, bool, error) {
	en, err := c.enrolled(m.Args["edition"], person)
	if err != nil || en == nil || !en.Live() {
		return Out{}, false, err
	}
	o := Out{Text: m.Text, Args: m.Args, Attach: []string{"ics:" + en.ID()}}
	if m.Text == "edition.changed" {
		o.Choices = []Choice{{Text: "choice.yes", Act: Act{Verb: "coming", ID: en.Edition}}, {Text: "choice.cannot", Act: Act{Verb: "give_up", ID: en.Edition}}}
	}
	return o, true, nil
}

func editionCancel(c *conv, a Act) error {
	find := func() (*training.CourseEdition, error) { return c.find(a.Arg) }
	if a.ID != "" {
		find = func() (*training.CourseEdition, error) { return load[training.CourseEdition](c, "edition", a.ID) }
	}
	e, err := find()
	if err != nil || e == nil {
		return c.otherwise(err, "edition.which", nil)
	}
	key := "edition.cancel_sure"
	if urgent(e, c.now) {
		key = "edition.cancel_urgent"
	}
	return c.reply(key, Args{"edition": e.ID, "n": itoa(e.Seats.Taken + e.Seats.Waiting)}, yesNo(Act{Verb: "edition.cancel.yes", ID: e.ID})...)
}

// editionCancelYes cancels the edition; everybody with a seat or waiting is told.
func editionCancelYes(c *conv, a Act) error {
	e, err := load[training.CourseEdition](c, "edition", a.ID)
	if err != nil || e == nil || e.State != training.EditionOpen {
		return c.otherwise(err, "edition.not_open", nil)
	}
	soon := urgent(e, c.now)
	if !soon {
		c.beginUndo()
	}
	c.Delist("editions", editionMember(e))
	e.State = training.EditionCancelled
	e.Sequence++
	c.save("edition", e.ID, e)
	c.ClearTimer("reminder", e.ID)
	c.ClearTimer("end", e.ID)
	if e.Topic != "" {
		if d, err := load[training.Demand](c, "demand", e.Topic); err != nil {
			return err
		} else if d != nil && d.Edition == e.ID {
			d.Edition = ""
			c.save("demand", d.Topic, d)
		}
	}
	return c.tellEnrolled(e, soon, "edition.cancelled", "edition.cancelled_now", "edition.cancel_done")
}

// tellEnrolled has all who hold or wait for a seat told of a change, at once or
// after the time to undo it, and says so to the writer.
func (c *conv) tellEnrolled(e *training.CourseEdition, soon bool, text, now, done string) error {
	args := Args{"edition": e.ID}
	if soon {
		c.mailNow("enrolled:"+e.ID, text, args)
		return c.reply(now, args)
	}
	c.mailTo("enrolled:"+e.ID, text, args, c.now)
	return c.reply(done, args, c.undoChoice())
}

func editionMove(c *conv, a Act) error {
	return c.ask("edition.what_changes", nil, Act{Verb: "edition.moved", ID: a.ID})
}

// editionMoved changes date, place or seats of an open edition.
func editionMoved(c *conv, a Act) error {
	e, err := load[training.CourseEdition](c, "edition", a.ID)
	if err != nil || e == nil || e.State != training.EditionOpen {
		return c.otherwise(err, "edition.not_open", nil)
	}
	before, soon := editionMember(e), urgent(e, c.now)
	if problem, args := c.fillAll(e, c.text); problem != "" {
		return c.ask(problem, args, Act{Verb: "edition.moved", ID: e.ID})
	}
	soon = soon || urgent(e, c.now)
	if e.Seats.Total < e.Seats.Taken {
		return c.ask("edition.seats_taken", Args{"n": itoa(e.Seats.Taken)}, Act{Verb: "edition.moved", ID: e.ID})
	}
	if soon && !c.held {
		return c.hold(a, "edition.urgent_sure", Args{"n": itoa(e.Seats.Taken + e.Seats.Waiting)})
	}
	if !soon {
		c.beginUndo()
	}
	c.Delist("editions", before)
	c.Enlist("editions", editionMember(e))
	e.Sequence++
	c.schedule(e)
	if err := c.offerNext(e); err != nil {
		return err
	}
	c.save("edition", e.ID, e)
	return c.tellEnrolled(e, soon, "edition.changed", "edition.changed_now", "edition.changed_done")
}

// urgent tells whether a change of the edition cannot wait: its first meeting
// begins within 24 hours.
func urgent(e *training.CourseEdition, now time.Time) bool {
	return e.Start().Sub(now) < 24*time.Hour
}

// beginUndo makes this message one that «annulla» takes back.
func (c *conv) beginUndo() {
	c.undo = c.NewID("undo")
	c.Undoable(c.undo, c.s.UndoWindow)
	c.Save(MakeRef("last", c.person.ID), lastAction{Undo: c.undo, Until: c.now.Add(c.s.UndoWindow), Schema: 1}, c.s.UndoWindow)
}

// lastAction is what «annulla» alone takes back.
type lastAction struct {
	Undo   string    `json:"undo"`
	Until  time.Time `json:"until"`
	Schema int       `json:"schema"`
}

func (c *conv) undoChoice() Choice {
	return Choice{Text: "choice.undo", Act: Act{Verb: "undo", ID: c.undo}}
}

// undoAct takes the last action back.
func undoAct(c *conv, a Act) error {
	last, err := load[lastAction](c, "last", c.person.ID)
	if err != nil {
		return err
	}
	if last != nil && last.Undo == a.ID {
		c.Delete(MakeRef("last", c.person.ID))
	}
	inTheWay, found, err := c.Undo(a.ID)
	switch {
	case err != nil:
		return err
	case !found:
		return c.reply("undo.late", nil)
	case len(inTheWay) > 0:
		return c.reply("undo.built_on", Args{"n": itoa(len(inTheWay))})
	}
	return c.reply("undo.done", nil)
}
