package dialog

import (
	"encoding/json"
	"time"

	"regia/training"
)

func init() {
	verbs["help"] = func(c *conv, a Act) error {
		if c.person != nil && c.person.Coordinator {
			return c.reply("help_office", nil)
		}
		return c.reply("help", Args{c.first(): "1"})
	}
	verbs["hello"] = func(c *conv, a Act) error {
		if c.person.Left { // «per tornare basta scrivere ciao»
			c.comeBack()
			return start(c, a)
		}
		if c.person.Coordinator {
			return c.reply("hello_office", nil)
		}
		return c.reply("hello", Args{c.first(): "1"})
	}
	verbs["thanks"] = func(c *conv, a Act) error { return c.reply("thanks", nil) }
	verbs["privacy"] = func(c *conv, a Act) error { return c.reply("privacy", nil) }
	verbs["cancel"] = cancel
	verbs["no"] = no
	verbs["hours"] = hours
	verbs["prefer.chat"] = func(c *conv, a Act) error { return c.prefer(ByChat) }
	verbs["prefer.mail"] = func(c *conv, a Act) error { return c.prefer(ByMail) }
	verbs["mydata"] = myData
	verbs["erase"] = func(c *conv, a Act) error { return c.reply("erase.sure", nil, yesNo(Act{Verb: "erase.yes"})...) }
	verbs["erase.yes"] = erase
}

// cancel leaves the conversation; where there is none, a coordinator means the
// last action, while it can be taken back, and whoever has a seat means that.
func cancel(c *conv, a Act) error {
	talk, err := c.lastQuestion()
	if err != nil {
		return err
	}
	if c.person != nil && c.person.Coordinator && (talk == nil || talk.Free == nil) {
		last, err := load[lastAction](c, "last", c.person.ID)
		if err != nil {
			return err
		}
		if last != nil && !c.now.After(last.Until) {
			return c.do(Act{Verb: "undo", ID: last.Undo})
		}
	}
	if c.person != nil && talk == nil && c.asked == nil {
		live, err := c.live(c.person.ID)
		if err != nil {
			return err
		}
		if len(live) > 0 {
			return giveUp(c, a)
		}
	}
	return no(c, a)
}

// no leaves what was asked, and nothing else.
func no(c *conv, a Act) error {
	if c.proven() {
		c.Delete(c.talk())
	}
	return c.reply("cancelled", nil)
}

// prefer has notices come on one channel from now on.
func (c *conv) prefer(ch Channel) error {
	mail, _ := c.person.Mail()
	if ch == ByChat && c.person.Chat == 0 || ch == ByMail && mail == "" {
		return c.reply("prefer.cannot", nil)
	}
	c.person.Prefers = string(ch)
	c.savePerson()
	return c.reply("prefer."+string(ch), nil)
}

// hours sums what the person attended this year.
func hours(c *conv, a Act) error {
	editions, err := c.List("enrolments:"+c.person.ID, "", 200)
	if err != nil {
		return err
	}
	var sum float64
	for _, id := range editions {
		en, err := c.enrolled(id, c.person.ID)
		if err != nil {
			return err
		}
		e, err := load[training.CourseEdition](c, "edition", id)
		if err != nil {
			return err
		}
		if en != nil && e != nil && e.State == training.EditionHeld && en.State == training.Confirmed && en.Presence != training.Absent && e.Start().Year() == c.now.Year() {
			sum += e.Hours()
		}
	}
	if sum == 0 {
		return c.reply("hours.none", Args{"year": itoa(c.now.Year())})
	}
	return c.reply("hours", Args{"h": decimalShort(sum), "year": itoa(c.now.Year())})
}

func decimalShort(v float64) string {
	if v == float64(int(v)) {
		return itoa(int(v))
	}
	return decimal(v)
}

// myData sends everything kept on the person to the office mail.
func myData(c *conv, a Act) error {
	address, shared := c.person.Mail()
	if address == "" || shared {
		return c.reply("mydata.no_mail", nil)
	}
	o := Out{To: c.person.ID, Channel: ByMail, Reply: true, Text: "mydata.mail", Attach: []string{"mydata:" + c.person.ID}}
	if c.channel == ByMail {
		return c.answer(o)
	}
	if err := c.post(o); err != nil {
		return err
	}
	return c.reply("mydata.sent", nil)
}

// MyData is everything kept on a person, as a file that people and programs
// can read.
func MyData(r Reader, person string) ([]byte, error) {
	p, err := load[training.Person](r, "person", person)
	if err != nil || p == nil {
		return nil, err
	}
	all := map[string]any{"persona": p}
	var needs, words, enrolments, sheets, notes []any
	ids, err := r.List("needs:"+person, "", 500)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if need, err := load[training.TrainingNeed](r, "need", id); err != nil {
			return nil, err
		} else if need != nil {
			needs = append(needs, need)
		}
		if w, err := load[needWords](r, "words", id); err != nil {
			return nil, err
		} else if w != nil {
			words = append(words, w)
		}
	}
	if ids, err = r.List("enrolments:"+person, "", 500); err != nil {
		return nil, err
	}
	for _, id := range ids {
		key := training.EnrollmentID(id, person)
		if en, err := load[training.Enrollment](r, "enrollment", key); err != nil {
			return nil, err
		} else if en != nil {
			enrolments = append(enrolments, en)
		}
		if s, err := load[training.AnswerSheet](r, "sheet", key); err != nil {
			return nil, err
		} else if s != nil {
			sheets = append(sheets, s)
		}
		if t, err := load[comments](r, "comments", key); err != nil {
			return nil, err
		} else if t != nil {
			sheets = append(sheets, t)
		}
	}
	if ids, err = r.List("notes:"+person, "", 500); err != nil {
		return nil, err
	}
	for _, id := range ids {
		if n, err := load[officeNote](r, "note", id); err != nil {
			return nil, err
		} else if n != nil {
			notes = append(notes, n)
		}
	}
	if absence, err := load[training.Absence](r, "absence", person); err != nil {
		return nil, err
	} else if absence != nil {
		all["assenza"] = absence
	}
	all["fabbisogni"], all["parole"], all["iscrizioni"], all["risposte"], all["messaggi"] = needs, words, enrolments, sheets, notes
	return json.MarshalIndent(all, "", "  ")
}

// erase removes the person: name, addresses, chat, words. Seats are given
// back; presences stay under an id that leads to nobody.
func erase(c *conv, a Act) error {
	if c.channel == ByMail && !c.sure {
		return c.confirm(a)
	}
	p := *c.person
	live, err := c.live(p.ID)
	if err != nil {
		return err
	}
	for i := range live {
		e, err := load[training.CourseEdition](c, "edition", live[i].Edition)
		if err != nil {
			return err
		}
		if e != nil {
			if err := c.letGo(e, &live[i], training.Cancelled); err != nil {
				return err
			}
		}
	}
	for _, kind := range []string{"needs", "notes", "enrolments"} {
		ids, err := c.List(kind+":"+p.ID, "", 500)
		if err != nil {
			return err
		}
		for _, id := range ids {
			switch kind {
			case "needs":
				if err := c.eraseNeed(id); err != nil {
					return err
				}
			case "notes":
				c.Delete(MakeRef("note", id))
			case "enrolments":
				c.Delete(MakeRef("sheet", training.EnrollmentID(id, p.ID)))
				c.Delete(MakeRef("comments", training.EnrollmentID(id, p.ID)))
				c.Delete(MakeRef("pending", training.EnrollmentID(id, p.ID)))
				e, err := load[training.CourseEdition](c, "edition", id)
				if err != nil {
					return err
				}
				if e != nil {
					c.Delist("wants:"+e.Topic, p.ID)
				}
			}
			c.Delist(kind+":"+p.ID, id)
		}
	}
	c.unlinkChat()
	for _, address := range p.Addresses {
		if address.Kind == training.Personal {
			c.Delete(MakeRef("address", c.MAC("address", address.Mail)))
		}
	}
	for _, pos := range p.Positions {
		c.Delist("people:"+pos.Organization, p.ID)
		c.Delist(officeList(pos.Office), p.ID)
		org, err := load[training.Organization](c, "org", pos.Organization)
		if err != nil {
			return err
		}
		if org != nil && org.Speaks(p.ID) {
			if org.FocalPoint == p.ID {
				org.FocalPoint = ""
			} else {
				org.DeputyPoint = ""
			}
			c.save("org", org.ID, org)
		}
	}
	c.Delist("coordinators", p.ID)
	c.Delete(MakeRef("absence", p.ID))
	c.Delete(MakeRef("person", p.ID))
	c.Delete(MakeRef("talk", p.ID))
	c.Enlist("erased", p.ID)
	c.RewriteLog()
	if c.channel == ByMail {
		c.person = nil
		address := c.in.Mail.From
		if err := c.setGuest(Guest{ID: boxID(c.MAC, address), Mail: address, Schema: 1}); err != nil {
			return err
		}
	}
	if err := c.farewell("erase.done"); err != nil {
		return err
	}
	c.Save(MakeRef("guest", c.guest.ID), c.guest, lastWord)
	return nil
}

// lastWord is how long it is kept where to say the last word to somebody who was
// erased: senders try for two days.
const lastWord = 49 * time.Hour

func (c *conv) eraseNeed(id string) error {
	need, err := load[training.TrainingNeed](c, "need", id)
	if err != nil || need == nil {
		return err
	}
	if err := c.forget(need); err != nil {
		return err
	}
	c.Delete(MakeRef("need", id))
	return nil
}
