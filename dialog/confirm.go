package dialog

import "time"

func init() { verbs["sure"] = sure }

// pending is an act that waits for a yes: it came by mail without a proof of
// who wrote it, or tells many people something that cannot be taken back.
type pending struct {
	Person string `json:"person"`
	Act    Act    `json:"act"`
	Text   string `json:"text"`
	Schema int    `json:"schema"`
}

// confirm asks back an act that came by mail unproven.
func (c *conv) confirm(a Act) error { return c.hold(a, "confirm", Args{}) }

// hold keeps an act until the answer to a question about it is yes.
func (c *conv) hold(a Act, question string, args Args) error {
	id := c.NewID("pending")
	c.Save(MakeRef("pending", id), pending{Person: c.person.ID, Act: a, Text: c.text, Schema: 1}, freshLife)
	args["pending"] = id
	return c.reply(question, args, yesNo(Act{Verb: "sure", ID: id})...)
}

// sure does what was asked back, once.
func sure(c *conv, a Act) error {
	p, err := load[pending](c, "pending", a.ID)
	if err != nil || p == nil || p.Person != c.person.ID {
		return c.otherwise(err, "old_button", nil)
	}
	if c.channel == ByMail && !c.sure {
		return c.confirm(p.Act)
	}
	c.Delete(MakeRef("pending", a.ID))
	c.sure, c.held, c.text = true, true, p.Text
	return c.do(p.Act)
}

// freshLife is how long the answer to a question proves who gives it.
const freshLife = 3 * 24 * time.Hour
