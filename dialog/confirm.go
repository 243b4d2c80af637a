package dialog

import (
	"strings"
	"time"

	"regia/training"
)

func init() { verbs["sure"] = sure }

// pending is an act that waits for a yes: it came by mail without a proof of
// who wrote it, or tells many people something that cannot be taken back.
type pending struct {
	Person  string         `json:"person"`
	Act     Act            `json:"act"`
	Text    string         `json:"text"`
	Answers map[int]string `json:"answers,omitempty"`
	Schema  int            `json:"schema"`
}

// asking are the verbs that change nothing by themselves: they show something to
// whoever reads the roster address, or put a question there.
var asking = map[string]bool{
	"start": true, "help": true, "hello": true, "thanks": true, "privacy": true, "courses": true, "course": true, "mine": true, "hours": true,
	"no": true, "cancel": true, "leave": true, "erase": true, "give_up": true, "office": true, "sure": true, "who": true,
}

// settings are what a person says out of the blue about the messages they want:
// more than a From that anybody can write is needed for them.
var settings = map[string]bool{"announce.off": true, "announce.on": true, "prefer.chat": true, "prefer.mail": true}

// proven tells that more than a From says who writes: the chat, a token, or the
// own mail server, which must not be in doubt.
func (c *conv) proven() bool {
	return c.channel != ByMail || c.sure || !c.doubt && (c.asked != nil || c.in.Mail != nil && c.in.Mail.Proof == "pass")
}

// doubtful tells an act that came by mail and is asked back before it is done:
// where the own server does not vouch for the writer, and of the settings also
// where nothing else does.
func (c *conv) doubtful(a Act) bool {
	switch {
	case c.person == nil || c.channel != ByMail || c.sure:
		return false
	case c.doubt && !asking[a.Verb]:
		return true
	}
	comesBack := c.person.Left && (a.Verb == "here" || a.Verb == "hello")
	return (settings[a.Verb] || comesBack) && !c.proven()
}

// confirm asks back an act that came by mail unproven.
func (c *conv) confirm(a Act) error {
	if strings.HasPrefix(a.Verb, "survey.") {
		return c.hold(a, "survey.confirm", Args{})
	}
	return c.hold(a, "confirm", Args{})
}

// hold keeps an act until the answer to a question about it is yes.
func (c *conv) hold(a Act, question string, args Args) error {
	id := c.NewID("pending")
	if strings.HasPrefix(a.Verb, "survey.") {
		id = training.EnrollmentID(a.ID, c.person.ID) // so that it goes with the other answers
	}
	c.Save(MakeRef("pending", id), pending{Person: c.person.ID, Act: a, Text: c.text, Answers: c.answers, Schema: 1}, freshLife)
	args["pending"] = id
	return c.reply(question, args, yesNo(Act{Verb: "sure", ID: id})...)
}

// sure does what was asked back, once.
func sure(c *conv, a Act) error {
	p, err := load[pending](c, "pending", a.ID)
	if err != nil || p == nil || p.Person != c.person.ID {
		return c.otherwise(err, "old_button", nil)
	}
	c.text, c.answers = p.Text, p.Answers
	if c.channel == ByMail && !c.sure && c.shared == nil {
		return c.confirm(p.Act)
	}
	c.Delete(MakeRef("pending", a.ID))
	c.sure, c.held = true, true
	return c.do(p.Act)
}

// freshLife is how long the answer to a question proves who gives it.
const freshLife = 3 * 24 * time.Hour
