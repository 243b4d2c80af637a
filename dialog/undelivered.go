package dialog

import (
	"crypto/hmac"
	"slices"
	"time"

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

// mailFound notes that an address works which did not: its owner writes from it.
func (c *conv) mailFound(m Mail) {
	if c.person == nil || c.doubt {
		return
	}
	for i := range c.person.Addresses {
		if a := &c.person.Addresses[i]; a.Mail == m.From && a.Dead {
			a.Dead = false
			c.savePerson()
		}
	}
}

// unsent takes a message that could not be delivered: the channel is marked,
// and the message goes out on another way. One that was dropped only ends.
func (c *conv) unsent(s Sent) error {
	if s.Outcome == Dropped {
		c.ended(s.Out.ID)
		return nil
	}
	p, err := load[training.Person](c, "person", s.Out.To)
	if err != nil || p == nil {
		return err
	}
	dead := s.Out.Channel == ByMail && s.Outcome == Bounced
	switch {
	case s.Out.Channel == ByChat && s.Outcome == Unreachable:
		p.ChatLost = true
	case dead:
		// Several messages may have been refused at once: the address is that of
		// the message, and not the one that would be written to now.
		_, _, address, _, err := c.openReturn(s.Return)
		if err != nil {
			return err
		}
		markDead(p, address)
	}
	c.save("person", p.ID, p)
	return c.elsewhere(p, s.Out, dead)
}

// byMailOnly are texts that go to the mailbox of the person and nowhere else.
var byMailOnly = map[string]bool{"join.code_mail": true, "mydata.mail": true}

// elsewhere sends again what did not arrive: on the other channel, to another
// address where the first is dead, or through the focal point. A reply is for
// the eyes of who asked, and goes through nobody.
func (c *conv) elsewhere(p *training.Person, o Out, dead bool) error {
	mail, _ := p.Mail()
	chat := p.Chat != 0 && !p.ChatLost
	o.ID, o.Edit, o.Tries, o.FirstTry = c.NewID("out"), 0, 0, c.now
	switch {
	case byMailOnly[o.Text]:
		return nil
	case o.Channel == ByMail && chat:
		o.Channel = ByChat
	case mail != "" && (o.Channel == ByChat || dead):
		o.Channel = ByMail
	case o.Reply:
		return nil
	default:
		return c.tellThrough(p, o)
	}
	return c.post(o)
}

// markDead notes that an address does not work.
func markDead(p *training.Person, address string) {
	for i := range p.Addresses {
		if address != "" && p.Addresses[i].Mail == address {
			p.Addresses[i].Dead = true
		}
	}
}

// mailed is a message that left by mail, kept while it may come back: servers
// try for five days.
type mailed struct {
	Out   Out `json:"out"`
	Again int `json:"again,omitempty"` // how often it was sent again
	// Accepted is when the operator of certified mail took it.
	Accepted time.Time `json:"accepted,omitzero"`
	Schema   int       `json:"schema"`
}

const (
	mailedLife = 10 * 24 * time.Hour
	// What comes back for now, a full mailbox, is sent again the next day.
	mailedAgain = 2
)

// ended forgets a message that left by mail, or was to: nothing of it can come
// back any more, and no receipt is awaited.
func (c *conv) ended(out string) {
	c.ClearTimer("certified", out)
	c.Delete(MakeRef("mailed", out))
}

// ReturnToken stands in the envelope of a mail and nowhere else: it names the
// person, the message and, by its proof, the address, so that a report that it
// came back is tied to all three. The 0 in front is no base32: it is never taken
// for a [Token].
func ReturnToken(mac func(...string) string, person, out, address string) string {
	return "0" + person + out + mac("return", person, out, address)[:10]
}

// openReturn reads a token that came with a report: that of the envelope, which
// proves the address; or that of the question itself, or the id of a message that
// asked nothing, which name none and are known to whoever the message was
// forwarded to.
func (c *conv) openReturn(token string) (p *training.Person, out, address string, proven bool, err error) {
	if len(token) != 43 || token[0] != '0' {
		out := token
		if _, asked, ok := openToken(c.MAC, token); ok {
			out = asked // the reader that it names may be an address that several read
		}
		sent, err := load[mailed](c, "mailed", out)
		if err != nil || sent == nil {
			return nil, "", "", false, err
		}
		if p, err = load[training.Person](c, "person", sent.Out.To); err != nil || p == nil {
			return nil, "", "", false, err
		}
		address, _ = p.Mail()
		return p, out, address, false, nil
	}
	out = token[17:33]
	if p, err = load[training.Person](c, "person", token[1:17]); err != nil || p == nil {
		return nil, "", "", false, err
	}
	for _, a := range p.Addresses {
		if hmac.Equal([]byte(token), []byte(ReturnToken(c.MAC, p.ID, out, a.Mail))) {
			return p, out, a.Mail, true, nil
		}
	}
	return nil, "", "", false, nil // forged, or the address is theirs no more
}

// bounced takes a report that a mail came back: for good, then the address is
// dead and the message goes another way; or for now, then it is sent again. It
// is for good only where the report proves the address, or is a receipt of
// certified mail, and names no other: a mailbox that forwards is not dead when
// the one behind it is.
func (c *conv) bounced(m Mail) error {
	p, out, address, proven, err := c.openReturn(m.Token)
	if err != nil || p == nil {
		return err
	}
	m.Hard = m.Hard && (proven || m.Certified) && (len(m.Recipients) == 0 || slices.Contains(m.Recipients, address))
	if m.Hard {
		markDead(p, address)
		c.save("person", p.ID, p)
	}
	sent, err := load[mailed](c, "mailed", out)
	if err != nil || sent == nil {
		return err // reported before, or too long ago to be of use to anybody
	}
	c.ended(out)
	if m.Certified {
		if err := c.noteUndelivered(p.ID, "failed", c.now); err != nil {
			return err
		}
	}
	if m.Hard || sent.Again >= mailedAgain {
		return c.elsewhere(p, sent.Out, m.Hard)
	}
	o := sent.Out
	o.ID, o.NotBefore = c.NewID("out"), c.calendarOf(p).NoticeTime(c.now.Add(24*time.Hour))
	if err := c.post(o); err != nil {
		return err
	}
	c.Save(MakeRef("mailed", o.ID), mailed{Out: o, Again: sent.Again + 1, Schema: 1}, mailedLife)
	return nil
}
