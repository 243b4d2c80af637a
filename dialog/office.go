package dialog

import "time"

func init() {
	verbs["office"] = office
	verbs["office.text"] = officeText
	verbs["office.reply"] = coordinators(officeReply)
	verbs["office.reply_text"] = coordinators(officeReplyText)
}

// officeNote is a message to the office, or its answer; it is erased with the
// person who wrote or who gets it.
type officeNote struct {
	Person string `json:"person"`
	Text   string `json:"text"`
	Schema int    `json:"schema"`
}

const noteLife = 365 * 24 * time.Hour

func (c *conv) note(person string) (id string) {
	id = c.NewID("note")
	c.Save(MakeRef("note", id), officeNote{Person: person, Text: c.text, Schema: 1}, noteLife)
	c.Enlist("notes:"+person, id)
	return id
}

// part adds how much of a text was read, where that is not the whole.
func (c *conv) part(args Args) Args {
	if len([]rune(c.text)) >= maxText {
		args["part"] = itoa(maxText)
	}
	return args
}

func office(c *conv, a Act) error {
	return c.ask("office.ask", nil, Act{Verb: "office.text"})
}

func officeText(c *conv, a Act) error {
	id := c.note(c.person.ID)
	err := c.tellOffice(Out{Text: "office.note", Args: Args{"person": c.person.ID, "note": id}, Choices: []Choice{
		{Text: "choice.reply", Act: Act{Verb: "office.reply", ID: id}},
	}})
	if err != nil {
		return err
	}
	return c.reply("office.sent", c.part(Args{}))
}

// officeReply asks a coordinator for the words that answer a message.
func officeReply(c *conv, a Act) error {
	n, err := load[officeNote](c, "note", a.ID)
	if err != nil || n == nil {
		return c.otherwise(err, "office.gone", nil)
	}
	return c.ask("office.reply_ask", Args{"person": n.Person}, Act{Verb: "office.reply_text", ID: a.ID})
}

func officeReplyText(c *conv, a Act) error {
	n, err := load[officeNote](c, "note", a.ID)
	if err != nil || n == nil {
		return c.otherwise(err, "office.gone", nil)
	}
	if err := c.tell(n.Person, Out{Text: "office.answer", Args: Args{"note": c.note(n.Person)}}); err != nil {
		return err
	}
	return c.reply("office.reply_sent", c.part(Args{"person": n.Person}))
}
