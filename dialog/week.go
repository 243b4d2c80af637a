package dialog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"regia/training"
)

func init() {
	slots["week"] = weekSlot
	verbs["week"] = coordinators(func(c *conv, a Act) error { return c.weekTo(c.person.ID, true) })
}

// weekFigures are kept counters of one week: totals of the province.
type weekFigures struct {
	Enrolled  int `json:"enrolled"`
	Recovered int `json:"recovered"` // freed seats taken from the waiting list
	Absent    int `json:"absent"`
	Actions   int `json:"actions"` // messages of the coordinators
	Schema    int `json:"schema"`
}

// figuresLife is how long the figures of a week are kept: until the report of
// the year after.
const figuresLife = 2 * 366 * 24 * time.Hour

// weekID is the ISO week of an instant: «2027-11».
func weekID(t time.Time) string {
	y, w := t.ISOWeek()
	return fmt.Sprintf("%d-%02d", y, w)
}

// weekly adds to a counter of the week.
func (c *conv) weekly(what string, n int) {
	id := weekID(c.now)
	f, err := load[weekFigures](c, "week", id)
	if err != nil {
		return // the commit fails with the same error
	}
	if f == nil {
		f = &weekFigures{Schema: 1}
	}
	switch what {
	case "enrolled":
		f.Enrolled += n
	case "recovered":
		f.Recovered += n
	case "absent":
		f.Absent += n
	case "actions":
		f.Actions += n
	}
	c.Save(MakeRef("week", id), f, figuresLife)
}

func (c *conv) effort() { c.weekly("actions", 1) }

// MinutesPerAction is the estimate behind «circa 12 minuti»: reading a message
// and answering it with one tap or one line.
const MinutesPerAction = 2

// Effort is what the office did in the week of an instant.
func Effort(r Reader, t time.Time) (actions, minutes int, err error) {
	f, err := load[weekFigures](r, "week", weekID(t))
	if err != nil || f == nil {
		return 0, 0, err
	}
	return f.Actions, f.Actions * MinutesPerAction, nil
}

// weekSlot writes the week to the coordinators who are there, on Monday at 8:30.
func weekSlot(c *conv, _ string) error {
	office, err := c.deciders()
	if err != nil {
		return err
	}
	for _, id := range office {
		if err := c.weekTo(id, false); err != nil {
			return err
		}
	}
	return nil
}

// decisions are the topics that enough organizations ask for and no edition
// answers: those with most organizations first, in a pilot after what is
// mandatory.
func (c *conv) decisions() ([]training.Demand, error) {
	topics, err := c.List("demand", "", 200)
	if err != nil {
		return nil, err
	}
	var all []training.Demand
	for _, id := range topics {
		d, err := load[training.Demand](c, "demand", id)
		if err != nil {
			return nil, err
		}
		if d != nil && d.Organizations >= c.s.Decision && d.Edition == "" {
			all = append(all, *d)
		}
	}
	slices.SortStableFunc(all, func(a, b training.Demand) int {
		if a, b := c.mandatory(a), c.mandatory(b); a != b && c.s.Model.MandatoryFirst() {
			if a {
				return -1
			}
			return 1
		}
		if a.Organizations != b.Organizations {
			return b.Organizations - a.Organizations
		}
		return b.People - a.People
	})
	return all[:min(5, len(all))], nil
}

func (c *conv) mandatory(d training.Demand) bool {
	topic, ok := c.s.Topics.Topic(d.Topic)
	return ok && (topic.Mandatory == training.MandatoryByLaw || topic.Mandatory == training.MandatoryByRole)
}

// weekTo writes the week: decisions as buttons, and the figures of the last
// seven days.
func (c *conv) weekTo(person string, asked bool) error {
	open, err := c.decisions()
	if err != nil {
		return err
	}
	var topics []string
	var choices []Choice
	for _, d := range open {
		topics = append(topics, d.Topic)
		choices = append(choices, Choice{Text: "choice.open_n", Args: Args{"n": itoa(len(topics))}, Act: Act{Verb: "edition.new", ID: d.Topic}})
	}
	last, err := load[weekFigures](c, "week", weekID(c.now.AddDate(0, 0, -7)))
	if err != nil {
		return err
	}
	if last == nil {
		last = &weekFigures{}
	}
	coming, err := c.coming()
	if err != nil {
		return err
	}
	var ids []string
	for _, e := range coming[:min(5, len(coming))] {
		ids = append(ids, e.ID)
	}
	_, week := c.now.ISOWeek()
	o := Out{Text: "week", Args: Args{
		"week": itoa(week), "decisions": strings.Join(topics, ","), "n": itoa(len(topics)), "soon": strings.Join(ids, ","),
		"enrolled": itoa(last.Enrolled), "recovered": itoa(last.Recovered), "absent": itoa(last.Absent),
	}, Choices: choices}
	if c.s.Model.MandatoryFirst() && slices.ContainsFunc(open, c.mandatory) {
		o.Args["mandatory"] = "1"
	}
	if asked {
		return c.answer(o)
	}
	o.NotBefore = c.now // the slot is at an hour of the office
	return c.tell(person, o)
}

// weekOpen opens the n-th decision of the week: «apri 1».
func weekOpen(c *conv, a Act) error {
	open, err := c.decisions()
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(a.Arg)
	if err != nil || n < 1 || n > len(open) {
		return c.reply("week.no_such", nil)
	}
	return editionNew(c, Act{Verb: "edition.new", ID: open[n-1].Topic})
}
