package dialog

import (
	"strings"
	"time"

	"regia/training"
)

// stranger answers words of somebody who is not linked. By mail the answer is
// the same for known and unknown addresses, and the focal point decides.
func (c *conv) stranger() error {
	if c.channel == ByChat {
		if strings.Contains(c.text, "@") {
			return joinMail(c, Act{})
		}
		return c.welcome()
	}
	if c.guest.Ends.After(c.now) { // answered already: one answer in 24 hours, so that robots do not talk
		if c.in.Mail.Manned {
			return c.setAside()
		}
		return nil
	}
	c.guest.Ends = c.now.Add(24 * time.Hour)
	if err := c.reply("join.mail_received", nil); err != nil {
		return err
	}
	return c.askFocalPoint()
}

// strangersADay is how many unknown addresses one focal point is asked about in
// a day: anybody can write many.
const strangersADay = 20

// askFocalPoint asks the focal point of the organization that owns the domain
// of the unknown address for a yes or no, unless the own server says that the
// address is forged.
func (c *conv) askFocalPoint() error {
	_, domain, _ := strings.Cut(c.guest.Mail, "@")
	owner, err := load[link](c, "domain", c.MAC("domain", domain))
	if err != nil || owner == nil {
		return err
	}
	org, err := load[training.Organization](c, "org", owner.Org)
	if err != nil || org == nil || org.FocalPoint == "" || c.in.Mail != nil && c.in.Mail.Proof == "fail" {
		return err
	}
	if many, err := c.tooMany("strangers."+org.ID, strangersADay); err != nil || many {
		return err
	}
	return c.tell(org.FocalPoint, Out{Text: "join.unknown", Args: Args{"guest": c.guest.ID, "org": org.ID}, Choices: []Choice{
		{Text: "choice.yes", Act: Act{Verb: "join.accept", ID: c.guest.ID}},
		{Text: "choice.no", Act: Act{Verb: "join.refuse", ID: c.guest.ID}},
	}})
}

// joinAccept takes an unknown address in: the focal point knows the person.
func joinAccept(c *conv, a Act) error {
	g, org, err := c.claim(a)
	if g == nil || err != nil {
		return err
	}
	if c.channel == ByMail && !c.sure {
		return c.confirm(a)
	}
	key := c.MAC("address", g.Mail)
	taken, err := load[link](c, "address", key)
	if err != nil || taken != nil {
		return c.otherwise(err, "join.already", nil)
	}
	local, _, _ := strings.Cut(g.Mail, "@")
	first, last, _ := strings.Cut(local, ".")
	p := training.Person{
		ID: c.NewID("person"), First: capital(first), Last: capital(last), Schema: 1,
		Addresses: []training.Address{{Mail: g.Mail, Kind: training.Personal}},
		Positions: []training.Position{{Organization: org.ID, Relation: training.Employee, From: c.now}},
	}
	c.save("person", p.ID, p)
	c.save("address", key, link{Person: p.ID, Schema: 1})
	c.Enlist("people:"+org.ID, p.ID)
	c.Delete(MakeRef("guest", g.ID))
	if err := c.tell(p.ID, Out{Text: "join.accepted", Args: Args{"org": org.ID}}); err != nil {
		return err
	}
	return c.reply("join.accept_done", Args{"person": p.ID})
}

func joinRefuse(c *conv, a Act) error {
	g, _, err := c.claim(a)
	if g == nil || err != nil {
		return err
	}
	if c.channel == ByMail && !c.sure {
		return c.confirm(a)
	}
	c.Delete(MakeRef("guest", g.ID))
	return c.reply("join.refuse_done", nil)
}

// claim is the unknown address and the organization, where the writer speaks
// for it.
func (c *conv) claim(a Act) (*Guest, *training.Organization, error) {
	_, org, err := c.position()
	if err != nil {
		return nil, nil, err
	}
	if !org.Speaks(c.person.ID) {
		return nil, nil, c.reply("not_yours", nil)
	}
	g, err := load[Guest](c, "guest", a.ID)
	if err != nil || g == nil || g.Mail == "" {
		return nil, nil, c.otherwise(err, "join.gone", nil)
	}
	return g, &org, nil
}

// here is «ci sono» by mail: the person wants mail, and is known to read it.
func here(c *conv, a Act) error {
	if c.person == nil {
		return c.stranger()
	}
	if c.channel == ByMail && c.shared == nil {
		c.person.MailOnly, c.person.Left = true, false
		if c.person.Chat == 0 {
			c.person.Prefers = "mail"
		}
		c.savePerson()
	}
	return start(c, a)
}
