package dialog

import (
	"maps"
	"strings"
	"time"

	"regia/training"
)

// conv is one message being answered: who wrote it, where, and what it says.
type conv struct {
	Tx
	s   *Service
	in  In
	now time.Time

	channel Channel
	person  *training.Person // nil when the writer is not known
	guest   *Guest           // then this is who writes
	writer  string           // MAC of the address that wrote, by mail
	shared  *link            // the mail came from this address that several read
	edit    int              // message in the chat whose button was pressed
	text    string
	answers map[int]string
	asked   *ask // the question that a mail answers, proven by its token
	doubt   bool // the own mail server does not vouch for who wrote
	sure    bool // the act was chosen in answer to a question sent to the person
	held    bool // the act was asked back and confirmed
	undo    string
	replies int
	quiet   bool // the writer got enough answers
}

// Guest is a chat or an address that is not linked to a person yet.
type Guest struct {
	ID     string    `json:"id"`
	Chat   int64     `json:"chat,omitempty"`
	Mail   string    `json:"mail,omitempty"`
	PEC    bool      `json:"pec,omitempty"`    // the address is one of certified mail
	Claims string    `json:"claims,omitempty"` // person whose address was given, "" for nobody's
	Code   string    `json:"code,omitempty"`   // id of the code that was sent
	Ends   time.Time `json:"ends,omitzero"`
	Tries  int       `json:"tries,omitempty"`
	Sent   int       `json:"sent,omitempty"` // codes sent to this chat today
	Schema int       `json:"schema"`
}

// link is what an address or a chat leads to.
type link struct {
	Person string `json:"person,omitempty"`
	Shared bool   `json:"shared,omitempty"`
	Org    string `json:"org,omitempty"`
	Schema int    `json:"schema"`
}

const guestLife = 30 * 24 * time.Hour

func (c *conv) whoInChat(id int64) error {
	key := c.MAC("chat", itoa(id))
	l, err := load[link](c, "chat", key)
	if err != nil {
		return err
	}
	if l != nil {
		if err := c.setPerson(l.Person); err != nil || c.person != nil {
			return err
		}
	}
	return c.setGuest(Guest{ID: "g" + key[:15], Chat: id})
}

func (c *conv) whoByMail(address string) error {
	c.writer = c.MAC("address", strings.ToLower(address))
	l, err := load[link](c, "address", c.writer)
	if err != nil {
		return err
	}
	if l != nil && l.Shared {
		c.shared = l
	} else if l != nil {
		if err := c.setPerson(l.Person); err != nil || c.person != nil {
			return err
		}
	}
	pec := c.in.Mail != nil && c.in.Mail.Certified
	return c.setGuest(Guest{ID: boxID(c.MAC, address), Mail: strings.ToLower(address), PEC: pec})
}

func (c *conv) setPerson(id string) error {
	p, err := load[training.Person](c, "person", id)
	if p != nil {
		c.person = p
	}
	return err
}

// setGuest takes the guest as it is kept, or the new one given.
func (c *conv) setGuest(g Guest) error {
	known, err := load[Guest](c, "guest", g.ID)
	if known != nil {
		known.PEC = known.PEC || g.PEC
		g = *known
	}
	g.Schema = 1
	c.guest = &g
	return err
}

func (c *conv) save(kind, id string, doc any) { c.Save(MakeRef(kind, id), doc, 0) }

func (c *conv) savePerson() { c.save("person", c.person.ID, c.person) }
func (c *conv) saveGuest()  { c.Save(MakeRef("guest", c.guest.ID), c.guest, guestLife) }

// position is the writer's present one, and its organization.
func (c *conv) position() (training.Position, training.Organization, error) {
	pos, _ := c.person.At(c.now)
	org, err := load[training.Organization](c, "org", pos.Organization)
	if org == nil {
		org = &training.Organization{ID: pos.Organization}
	}
	return pos, *org, err
}

func noMail(p *training.Person) bool {
	mail, _ := p.Mail()
	return mail == ""
}

// reply answers the writer on the channel that was used; with choices it
// becomes the question that the next words answer.
func (c *conv) reply(key string, args Args, choices ...Choice) error {
	return c.answer(Out{Text: key, Args: args, Choices: choices})
}

// ask is reply with a question to be answered in words, which become the
// argument of the act free.
func (c *conv) ask(key string, args Args, free Act, choices ...Choice) error {
	return c.answer(Out{Text: key, Args: args, Choices: choices, Free: &free})
}

func (c *conv) answer(o Out) error {
	if c.channel == ByMail && c.replies == 0 {
		var err error
		if c.quiet, err = c.braked(o.Text); err != nil {
			return err
		}
	}
	if c.replies++; c.quiet {
		return nil
	}
	o.Reply, o.Channel = true, c.channel
	switch {
	case c.person == nil:
		o.To = c.guest.ID
		c.saveGuest()
	case c.shared != nil && noMail(c.person):
		// Nowhere else to reach them than where they wrote from.
		args := Args{"box": c.guest.ID}
		maps.Copy(args, o.Args)
		o.To, o.Args = c.person.ID, args
	default:
		o.To = c.person.ID
	}
	if c.replies == 1 && c.channel == ByChat {
		o.Edit = c.edit
	}
	return c.post(o)
}

// tell sends a notice to a person on the channel that reaches them, in office
// hours of their working days, and after the undo window of a coordinator's
// action. Somebody whom no channel reaches is told by the focal point.
func (c *conv) tell(to string, o Out) error {
	p, err := load[training.Person](c, "person", to)
	if err != nil || p == nil || p.Left {
		return err
	}
	ch := Channel(p.Channel())
	if ch == "" {
		return c.tellThrough(p, o)
	}
	o.To, o.Channel = p.ID, ch
	if o.NotBefore.IsZero() {
		from := c.now
		if c.undo != "" {
			from = from.Add(c.s.UndoWindow)
			o.Undo = c.undo
		}
		o.NotBefore = c.calendarOf(p).NoticeTime(from)
	}
	if !o.NotBefore.After(c.now) {
		o.NotBefore = time.Time{}
	}
	return c.post(o)
}

// tellEverywhere sends an urgent notice on every channel of a person, between
// 6:30 and 22:00 of any day.
func (c *conv) tellEverywhere(to string, o Out) error {
	p, err := load[training.Person](c, "person", to)
	if err != nil || p == nil {
		return err
	}
	o.NotBefore = training.UrgentTime(c.now)
	mail, _ := p.Mail()
	if p.Chat != 0 && !p.ChatLost && mail != "" {
		also := o
		also.ID, also.To, also.Channel = c.MAC("also", o.ID)[:16], p.ID, ByMail
		if p.Channel() == string(ByMail) {
			also.Channel = ByChat
		}
		if err := c.post(also); err != nil {
			return err
		}
	}
	return c.tell(to, o)
}

// tellThrough hands the notice to the focal point of a person without address.
func (c *conv) tellThrough(p *training.Person, o Out) error {
	pos, ok := p.At(c.now)
	if !ok {
		return nil
	}
	org, err := load[training.Organization](c, "org", pos.Organization)
	if err != nil || org == nil || org.FocalPoint == "" || org.FocalPoint == p.ID {
		return err
	}
	focal, err := load[training.Person](c, "person", org.FocalPoint)
	if err != nil || focal == nil || focal.Channel() == "" {
		return err
	}
	args := Args{"about": p.ID}
	for k, v := range o.Args {
		args[k] = v
	}
	var answers []Choice
	for _, choice := range o.Choices {
		if choice.Act.Verb == "offer.yes" || choice.Act.Verb == "offer.no" {
			choice.Act.Arg = p.ID // the focal point answers for them
			answers = append(answers, choice)
		}
	}
	o.Args, o.Choices, o.Free = args, answers, nil
	o.ID = ""
	return c.tell(focal.ID, o)
}

// calendarOf joins the closed days of the person's organization to the
// province's.
func (c *conv) calendarOf(p *training.Person) training.Calendar {
	cal := c.s.Calendar
	pos, _ := p.At(c.now)
	if org, err := load[training.Organization](c, "org", pos.Organization); err == nil && org != nil {
		if org.Calendar.Patron != "" {
			cal.Patron = org.Calendar.Patron
		}
		cal.Closures = append(cal.Closures[:len(cal.Closures):len(cal.Closures)], org.Calendar.Closures...)
	}
	return cal
}

// post stores a message and the question that it asks.
func (c *conv) post(o Out) error {
	if o.ID == "" {
		o.ID = c.NewID("out")
	}
	o.Schema = OutSchema
	if len(o.Choices) > 0 || o.Free != nil {
		if err := c.remember(o); err != nil {
			return err
		}
	}
	if o.Channel == ByMail {
		c.Save(MakeRef("mailed", o.ID), mailed{Out: o, Schema: 1}, mailedLife)
		if err := c.watch(o); err != nil {
			return err
		}
	}
	c.Send(o)
	return nil
}
