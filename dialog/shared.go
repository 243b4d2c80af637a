package dialog

import (
	"slices"
	"strings"

	"regia/training"
)

func init() {
	verbs["who"] = who
	open["who"] = true
}

// A shared address (anagrafe@, protocollo@) is read by several people. What is
// written to one of them there names its addressee, and its token stands for
// the address; whoever answers is asked «Chi scrive?», and is then believed
// for what is their own and for nothing else.

// own are the verbs for what is one's own: all that a shared address may do.
var own = map[string]bool{
	"start": true, "here": true, "help": true, "privacy": true, "cancel": true, "no": true, "hello": true, "thanks": true, "office": true, "office.text": true,
	"need.tell": true, "announce.off": true, "announce.on": true, "need.text": true, "need.topic": true, "need.other": true, "need.none": true,
	"need.people": true, "need.when": true, "need.drop": true, "need.fix": true,
	"courses": true, "course": true, "mine": true, "hours": true, "enrol": true, "give_up": true, "give_up.yes": true,
	"offer.yes": true, "offer.no": true, "queue.next": true, "coming": true, "survey.answer": true, "survey.skip": true,
	"sure": true, // of one of these
}

// unsigned is a mail from a shared address whose writer is not known yet.
type unsigned struct {
	Box     string         `json:"box"` // guest that stands for the address
	Org     string         `json:"org"`
	Text    string         `json:"text"`
	Answers map[int]string `json:"answers,omitempty"`
	Asked   string         `json:"asked,omitempty"` // the question that it answers
	Schema  int            `json:"schema"`
}

// fromShared answers a mail from a shared address. Who said their name goes on
// in the same conversation; an answer to a survey goes to the sheet of whoever
// was asked, because it may be kept nowhere else.
func (c *conv) fromShared() error {
	q := c.asked
	if q != nil && q.To == c.guest.ID {
		return c.understand() // the answer to «Chi scrive?»
	}
	if q != nil && (q.Named && c.now.Sub(q.At) < freshLife || q.about("survey.")) {
		if err := c.setPerson(q.To); err != nil {
			return err
		}
		if c.person != nil {
			return c.understand()
		}
	}
	u := unsigned{Box: c.guest.ID, Org: c.shared.Org, Text: c.text, Answers: c.answers, Schema: 1}
	if q != nil {
		u.Asked = q.Out
	}
	id := c.NewID("unsigned")
	c.Save(MakeRef("unsigned", id), u, freshLife)
	return c.ask("who.ask", nil, Act{Verb: "who", ID: id})
}

// who takes the name of whoever wrote from a shared address, and answers what
// they had written.
func who(c *conv, a Act) error {
	u, err := load[unsigned](c, "unsigned", a.ID)
	if err != nil || u == nil || c.guest == nil || u.Box != c.guest.ID {
		return c.otherwise(err, "old_button", nil)
	}
	fits, err := c.colleagues(u.Org)
	if err != nil {
		return err
	}
	if a.Arg != "" {
		fits = slices.DeleteFunc(fits, func(p training.Person) bool { return p.ID != a.Arg })
	} else {
		fits = namedBy(signature(c.text), fits)
	}
	switch len(fits) {
	case 0:
		return c.ask("who.unknown", Args{"org": u.Org}, Act{Verb: "who", ID: a.ID})
	case 1:
	default:
		var choices []Choice
		for _, p := range fits[:min(6, len(fits))] {
			choices = append(choices, Choice{Text: "choice.person", Args: Args{"person": p.ID}, Act: Act{Verb: "who", ID: a.ID, Arg: p.ID}})
		}
		return c.ask("colleague.which", Args{"n": itoa(len(fits))}, Act{Verb: "who", ID: a.ID}, choices...)
	}
	if mail, shared := fits[0].Mail(); mail != "" && !shared {
		if err := c.reply("who.own_address", nil); err != nil {
			return err
		}
	}
	c.Delete(MakeRef("unsigned", a.ID))
	c.person, c.text, c.answers, c.asked = &fits[0], u.Text, u.Answers, nil
	c.doubt = false // the name answered a question that was sent to the address
	if u.Asked != "" {
		if c.asked, err = load[ask](c, "ask", u.Asked); err != nil {
			return err
		}
	}
	return c.understand()
}

// signature is the name in «sono Anna Rossi».
func signature(text string) string {
	said := firstLine(text)
	for _, before := range []string{"sono ", "mi chiamo ", "scrive "} {
		if len(said) > len(before) && strings.EqualFold(said[:len(before)], before) {
			return said[len(before):]
		}
	}
	return said
}

// boxID is the guest that stands for an address.
func boxID(mac func(...string) string, address string) string {
	return "g" + mac("address", strings.ToLower(address))[:15]
}
