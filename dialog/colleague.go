package dialog

import (
	"regexp"
	"strings"

	"regia/training"
)

var colleaguesForm = regexp.MustCompile(`(?i)^(?:al corso )?([^:]{1,80}):\s*(.+)$`)

// maxNames bounds the names that are read of one message.
const maxNames = 30

// enrolColleagues enrols several people of the organization: «iscrivi al corso
// 1: anna.rossi, bianchi». A name that fits two is asked back.
func enrolColleagues(c *conv, a Act) error {
	_, org, err := c.position()
	if err != nil {
		return err
	}
	if !org.Speaks(c.person.ID) {
		return c.reply("colleague.not_focal", nil)
	}
	if c.channel == ByMail && !c.sure {
		return c.confirm(a)
	}
	m := colleaguesForm.FindStringSubmatch(a.Arg)
	if m == nil {
		return c.reply("colleague.how", nil)
	}
	e, err := c.find(m[1])
	if err != nil || e == nil {
		return c.otherwise(err, "edition.which", nil)
	}
	people, err := c.colleagues(org.ID)
	if err != nil {
		return err
	}
	names, more := namesIn(m[2])
	if len(names) == 0 {
		return c.reply("colleague.how", nil)
	}
	for _, name := range names {
		if err := c.enrolNamed(e.ID, name, people); err != nil {
			return err
		}
	}
	return c.tellMore(more)
}

// namesIn are the names in a list written by hand, and how many more there are.
func namesIn(list string) (names []string, more int) {
	for _, name := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	read := min(len(names), maxNames)
	return names[:read], len(names) - read
}

// tellMore says that a list was not read to its end.
func (c *conv) tellMore(more int) error {
	if more == 0 {
		return nil
	}
	return c.reply("names.more", Args{"n": itoa(maxNames), "more": itoa(more)})
}

// initial is all that is said back of a name that fits nobody.
func initial(name string) string { return strings.ToUpper(string([]rune(name)[:1])) }

// enrolNamed enrols the one person the name fits, or asks which.
func (c *conv) enrolNamed(edition, name string, people []training.Person) error {
	fits := namedBy(name, people)
	switch len(fits) {
	case 0:
		return c.reply("colleague.unknown", Args{"initial": initial(name)})
	case 1:
		return c.enrolPerson(edition, &fits[0])
	}
	var choices []Choice
	for _, p := range fits[:min(6, len(fits))] {
		choices = append(choices, Choice{Text: "choice.person", Args: Args{"person": p.ID}, Act: Act{Verb: "enrol.one", ID: edition, Arg: p.ID}})
	}
	return c.reply("colleague.which", Args{"n": itoa(len(fits))}, choices...)
}

func enrolOne(c *conv, a Act) error {
	p, err := c.colleague(a)
	if p == nil || err != nil {
		return err
	}
	return c.enrolPerson(a.ID, p)
}

// colleague is the person whom an act of the focal point is about; nil when it
// was answered that it may not be done, or has to be confirmed.
func (c *conv) colleague(a Act) (*training.Person, error) {
	_, org, err := c.position()
	if err != nil {
		return nil, err
	}
	if !org.Speaks(c.person.ID) {
		return nil, c.reply("colleague.not_focal", nil)
	}
	if c.channel == ByMail && !c.sure {
		return nil, c.confirm(a)
	}
	p, err := load[training.Person](c, "person", a.Arg)
	if err != nil || p == nil {
		return nil, c.otherwise(err, "colleague.gone", nil)
	}
	if pos, ok := p.At(c.now); !ok || pos.Organization != org.ID {
		return nil, c.reply("colleague.gone", nil)
	}
	return p, nil
}

// colleagues are the people of an organization.
func (c *conv) colleagues(org string) ([]training.Person, error) {
	ids, err := c.List("people:"+org, "", 600)
	if err != nil {
		return nil, err
	}
	var all []training.Person
	for _, id := range ids {
		p, err := load[training.Person](c, "person", id)
		if err != nil {
			return nil, err
		}
		if p != nil {
			all = append(all, *p)
		}
	}
	return all, nil
}

// namedBy are the people whom the words name; an address names one.
func namedBy(name string, people []training.Person) []training.Person {
	var fits []training.Person
	for _, p := range people {
		if mail, shared := p.Mail(); mail != "" && !shared && strings.EqualFold(mail, strings.TrimSpace(name)) {
			return []training.Person{p}
		}
		if p.Fits(name) {
			fits = append(fits, p)
		}
	}
	return fits
}
