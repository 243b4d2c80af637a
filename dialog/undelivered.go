package dialog

import (
	"regia/training"
)

// chatLost notes that the person stopped the bot: mail takes over.
func (c *conv) chatLost() error {
	if c.person != nil && !c.person.ChatLost {
		c.person.ChatLost = true
		c.savePerson()
	}
	return nil
}

// chatFound notes that the person writes again where the bot was stopped.
func (c *conv) chatFound() error {
	if c.person != nil && c.person.ChatLost {
		c.person.ChatLost = false
		c.savePerson()
	}
	return nil
}

// unsent takes a message that could not be delivered: the channel is marked,
// and the message goes out on the other one.
func (c *conv) unsent(s Sent) error {
	p, err := load[training.Person](c, "person", s.Out.To)
	if err != nil || p == nil {
		return err
	}
	switch {
	case s.Out.Channel == ByChat && s.Outcome == Unreachable:
		p.ChatLost = true
	case s.Out.Channel == ByMail && s.Outcome == Bounced:
		markDead(p)
	}
	c.save("person", p.ID, p)
	other := Channel(p.Channel())
	o := s.Out
	o.ID, o.Edit, o.Tries = c.NewID("out"), 0, 0
	o.FirstTry = c.now
	switch {
	case other == "":
		return c.tellThrough(p, o)
	case other == s.Out.Channel:
		return nil // given up on the only channel: nothing else to try
	}
	o.Channel = other
	return c.post(o)
}

// markDead notes that the address that was used does not work.
func markDead(p *training.Person) {
	mail, _ := p.Mail()
	for i := range p.Addresses {
		if p.Addresses[i].Mail == mail {
			p.Addresses[i].Dead = true
		}
	}
}

// bounced takes a report that a mail came back, by the id of the message.
func (c *conv) bounced(m Mail) error {
	if !m.Hard || m.Bounced == "" {
		return nil
	}
	q, err := load[ask](c, "ask", m.Bounced)
	if err != nil || q == nil {
		return err
	}
	p, err := load[training.Person](c, "person", q.To)
	if err != nil || p == nil {
		return err
	}
	markDead(p)
	c.save("person", p.ID, p)
	return nil
}

// calendarAnswer takes the answer to an invitation, from its attendee only.
func (c *conv) calendarAnswer(a Answer) error {
	if c.person == nil {
		return nil
	}
	if mail, _ := c.person.Mail(); mail != c.in.Mail.From {
		return nil
	}
	edition, person, ok := splitUID(a.UID)
	if !ok || person != c.person.ID {
		return nil
	}
	en, err := c.enrolled(edition, person)
	if err != nil || en == nil || a.Sequence < en.Sequence {
		return err
	}
	switch a.Status {
	case "ACCEPTED":
		return comingYes(c, Act{ID: edition})
	case "DECLINED":
		return giveUp(c, Act{ID: edition})
	}
	return nil
}
