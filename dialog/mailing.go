package dialog

import (
	"time"

	"regia/training"
)

func init() { timers["mailing"] = expand }

// mailing is one message to many: its recipients are the members of a list,
// taken some at a time when its timer comes, so that no commit grows with the
// province.
type mailing struct {
	ID     string `json:"id"`
	List   string `json:"list"`
	Text   string `json:"text"`
	Args   Args   `json:"args"`
	Cursor string `json:"cursor,omitempty"`
	Urgent bool   `json:"urgent,omitempty"`
	Schema int    `json:"schema"`
}

// perMailing is how many people one step of a mailing writes to.
const perMailing = 100

// audience makes the message to one member of a list, by the key of its text;
// ok is false for somebody who is not to be written to.
var audience = map[string]func(c *conv, m mailing, person string) (Out, bool, error){}

// mailTo writes to all in a list, from the instant given on; within the undo
// window nothing leaves.
func (c *conv) mailTo(list, text string, args Args, from time.Time) {
	if c.undo != "" && from.Before(c.now.Add(c.s.UndoWindow)) {
		from = c.now.Add(c.s.UndoWindow)
	}
	c.begin(mailing{List: list, Text: text, Args: args}, from)
}

// mailNow writes to all in a list at once, on every channel, at any hour at
// which people may be woken by it: it cannot be taken back.
func (c *conv) mailNow(list, text string, args Args) {
	c.begin(mailing{List: list, Text: text, Args: args, Urgent: true}, c.now)
}

func (c *conv) begin(m mailing, from time.Time) {
	m.ID, m.Schema = c.NewID("mailing"), 1
	c.save("mailing", m.ID, m)
	c.SetTimer("mailing", m.ID, from)
}

// expand takes the next people of a mailing.
func expand(c *conv, id string) error {
	m, err := load[mailing](c, "mailing", id)
	if err != nil || m == nil {
		return err
	}
	people, err := c.List(m.List, m.Cursor, perMailing)
	if err != nil {
		return err
	}
	for _, p := range people {
		o, ok := Out{Text: m.Text, Args: m.Args}, true
		if letter := audience[m.Text]; letter != nil {
			if o, ok, err = letter(c, *m, p); err != nil {
				return err
			}
		}
		if ok {
			o.ID = c.MAC("mailing", m.ID, p)[:16]
			send := c.tell
			if m.Urgent {
				send = c.tellEverywhere
			}
			if err := send(p, o); err != nil {
				return err
			}
		}
		m.Cursor = p
	}
	if len(people) < perMailing {
		c.Delete(MakeRef("mailing", m.ID))
		return nil
	}
	c.save("mailing", m.ID, m)
	c.SetTimer("mailing", m.ID, c.now.Add(time.Second))
	return nil
}

// enrolled is the enrolment of a member of an edition's list.
func (c *conv) enrolled(edition, person string) (*training.Enrollment, error) {
	return load[training.Enrollment](c, "enrollment", training.EnrollmentID(edition, person))
}
