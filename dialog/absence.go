package dialog

import (
	"regia/training"
)

func init() {
	verbs["away"] = coordinators(away)
	verbs["back"] = coordinators(back)
}

// away notes when a coordinator is absent, and has the others told: decisions
// and the week go to them meanwhile.
func away(c *conv, a Act) error {
	words := a.Arg
	if words == "" {
		words = c.text
	}
	days, err := training.ReadSpan(words, c.now)
	if err != nil {
		return c.ask("away.how", nil, Act{Verb: "away"})
	}
	c.beginUndo()
	c.save("absence", c.person.ID, training.Absence{Days: days, Schema: 1})
	args := Args{"from": days.From, "to": days.To, "person": c.person.ID}
	if err := c.tellOthers(Out{Text: "away.told", Args: args}); err != nil {
		return err
	}
	return c.reply("away.done", args, c.undoChoice())
}

// back ends an absence early.
func back(c *conv, a Act) error {
	absence, err := load[training.Absence](c, "absence", c.person.ID)
	if err != nil || absence == nil || c.now.In(training.Rome()).Format("2006-01-02") > absence.Days.To {
		return c.otherwise(err, "back.none", nil)
	}
	c.beginUndo()
	c.Delete(MakeRef("absence", c.person.ID))
	if err := c.tellOthers(Out{Text: "back.told", Args: Args{"person": c.person.ID}}); err != nil {
		return err
	}
	return c.reply("back.done", nil, c.undoChoice())
}

// coordinatorIDs are all coordinators; there are few.
func (c *conv) coordinatorIDs() ([]string, error) { return c.List("coordinators", "", 20) }

// tellOthers writes to every coordinator but the writer.
func (c *conv) tellOthers(o Out) error {
	office, err := c.coordinatorIDs()
	if err != nil {
		return err
	}
	for _, id := range office {
		if id == c.person.ID {
			continue
		}
		if err := c.tell(id, o); err != nil {
			return err
		}
	}
	return nil
}

// deciders are the coordinators whom what the office has to know reaches: those
// who are there when it can be read. When nobody is, all of them: nothing is
// lost.
func (c *conv) deciders() ([]string, error) {
	office, err := c.coordinatorIDs()
	if err != nil {
		return nil, err
	}
	var there []string
	for _, id := range office {
		p, err := load[training.Person](c, "person", id)
		if err != nil {
			return nil, err
		}
		if p == nil || p.Left || p.Channel() == "" {
			continue
		}
		absence, err := load[training.Absence](c, "absence", id)
		if err != nil {
			return nil, err
		}
		if absence == nil || !absence.Days.Contains(c.calendarOf(p).NoticeTime(c.now)) {
			there = append(there, id)
		}
	}
	if len(there) == 0 {
		return office, nil
	}
	return there, nil
}
