package dialog

import (
	"strings"

	"regia/training"
)

func init() {
	timers["reminder"] = remind
	timers["end"] = ended
	verbs["coming"] = comingYes
	verbs["attendance"] = coordinators(attendance)
	verbs["absent"] = coordinators(absent)
	verbs["absent.one"] = coordinators(absentOne)
	audience["reminder"] = reminder
}

// remind asks everybody with a seat, two working days before, whether they
// come.
func remind(c *conv, id string) error {
	e, err := load[training.CourseEdition](c, "edition", id)
	if err != nil || e == nil || e.State != training.EditionOpen {
		return err
	}
	c.mailTo("enrolled:"+e.ID, "reminder", Args{"edition": e.ID}, c.now)
	return nil
}

func reminder(c *conv, m mailing, person string) (Out, bool, error) {
	en, err := c.enrolled(m.Args["edition"], person)
	if err != nil || en == nil || en.State != training.Confirmed {
		return Out{}, false, err
	}
	return Out{Text: m.Text, Args: m.Args, Choices: []Choice{
		{Text: "choice.yes", Act: Act{Verb: "coming", ID: en.Edition}},
		{Text: "choice.cannot", Act: Act{Verb: "give_up", ID: en.Edition}},
	}}, true, nil
}

func comingYes(c *conv, a Act) error {
	en, err := c.enrolled(a.ID, c.person.ID)
	if err != nil || en == nil || en.State != training.Confirmed {
		return c.otherwise(err, "give_up.not_enrolled", nil)
	}
	e, err := load[training.CourseEdition](c, "edition", a.ID)
	if err != nil || e == nil || e.State != training.EditionOpen {
		return c.otherwise(err, "edition.not_open", nil)
	}
	en.Coming = "yes"
	c.save("enrollment", en.ID(), en)
	return c.reply("coming.yes", Args{"edition": a.ID}, c.offerGiveUp(a.ID)...)
}

// ended closes the edition after its last meeting: who had a seat is taken as
// present until the office says otherwise, and is asked how it went.
func ended(c *conv, id string) error {
	e, err := load[training.CourseEdition](c, "edition", id)
	if err != nil || e == nil || e.State != training.EditionOpen {
		return err
	}
	e.State = training.EditionHeld
	c.save("edition", e.ID, e)
	c.Delist("editions", editionMember(e))
	c.save("held", "last", lastHeld{Edition: e.ID, Schema: 1})
	if err := c.openSurvey(e); err != nil {
		return err
	}
	return c.tellOffice(Out{Text: "attendance.ask", Args: Args{"edition": e.ID}, Choices: []Choice{allThere(e.ID)}})
}

func allThere(edition string) Choice {
	return Choice{Text: "choice.all_present", Act: Act{Verb: "absent", ID: edition, Arg: "nessuno"}}
}

// lastHeld is the edition that «assenti» without a title is about.
type lastHeld struct {
	Edition string `json:"edition"`
	Schema  int    `json:"schema"`
}

// tellOffice writes to the coordinators who are there.
func (c *conv) tellOffice(o Out) error {
	office, err := c.deciders()
	if err != nil {
		return err
	}
	for _, id := range office {
		if err := c.tell(id, o); err != nil {
			return err
		}
	}
	return nil
}

// attendance shows who is in the last edition held.
func attendance(c *conv, a Act) error {
	last, err := load[lastHeld](c, "held", "last")
	if err != nil || last == nil {
		return c.otherwise(err, "attendance.none", nil)
	}
	all, err := c.participants(last.Edition)
	if err != nil {
		return err
	}
	var ids []string
	for _, en := range all {
		ids = append(ids, en.ID())
	}
	return c.reply("attendance.list", Args{"edition": last.Edition, "participants": strings.Join(ids, ","), "n": itoa(len(ids))})
}

// participants are those who have a seat.
func (c *conv) participants(edition string) ([]training.Enrollment, error) {
	people, err := c.List("enrolled:"+edition, "", 4*training.MaxSeats)
	if err != nil {
		return nil, err
	}
	var all []training.Enrollment
	for _, p := range people {
		en, err := c.enrolled(edition, p)
		if err != nil {
			return nil, err
		}
		if en != nil && en.State == training.Confirmed {
			all = append(all, *en)
		}
	}
	return all, nil
}

// absent marks who did not come: «assenti: Rossi, Bianchi».
func absent(c *conv, a Act) error {
	last, err := load[lastHeld](c, "held", "last")
	if err != nil || last == nil {
		return c.otherwise(err, "attendance.none", nil)
	}
	if a.ID != "" { // the button of an edition held before
		last.Edition = a.ID
	}
	if training.Fold(a.Arg) == "nessuno" {
		return c.allPresent(last.Edition)
	}
	all, err := c.participants(last.Edition)
	if err != nil {
		return err
	}
	var people []training.Person
	for _, en := range all {
		p, err := load[training.Person](c, "person", en.Person)
		if err != nil {
			return err
		}
		if p != nil {
			people = append(people, *p)
		}
	}
	marked := 0
	names, more := namesIn(a.Arg)
	for _, name := range names {
		fits := namedBy(name, people)
		switch len(fits) {
		case 0:
			if err := c.reply("attendance.unknown", Args{"edition": last.Edition, "initial": initial(name)}); err != nil {
				return err
			}
		case 1:
			ok, err := c.markAbsent(last.Edition, fits[0].ID)
			if err != nil {
				return err
			}
			if ok {
				marked++
			}
		default:
			var choices []Choice
			for _, p := range fits[:min(6, len(fits))] {
				choices = append(choices, Choice{Text: "choice.person", Args: Args{"person": p.ID}, Act: Act{Verb: "absent.one", ID: last.Edition, Arg: p.ID}})
			}
			if err := c.reply("colleague.which", Args{"n": itoa(len(fits))}, choices...); err != nil {
				return err
			}
		}
	}
	if err := c.tellMore(more); err != nil {
		return err
	}
	switch {
	case marked == 0 && len(names) == 0:
		return c.reply("attendance.ask", Args{"edition": last.Edition}, allThere(last.Edition))
	case marked == 0 && c.replies == 0:
		return c.reply("attendance.already", Args{"edition": last.Edition})
	case marked == 0:
		return nil
	}
	c.beginUndo()
	return c.reply("attendance.marked", Args{"edition": last.Edition, "n": itoa(marked)}, c.undoChoice())
}

func absentOne(c *conv, a Act) error {
	ok, err := c.markAbsent(a.ID, a.Arg)
	if err != nil || !ok {
		return c.otherwise(err, "attendance.already", Args{"edition": a.ID})
	}
	c.beginUndo()
	return c.reply("attendance.marked", Args{"edition": a.ID, "n": "1"}, c.undoChoice())
}

// allPresent takes back the absences that were marked.
func (c *conv) allPresent(edition string) error {
	all, err := c.participants(edition)
	if err != nil {
		return err
	}
	var undo []Choice
	for _, en := range all {
		if en.Presence != training.Absent {
			continue
		}
		if undo == nil {
			c.beginUndo()
			undo = []Choice{c.undoChoice()}
		}
		en.Presence = ""
		c.save("enrollment", en.ID(), en)
		c.weekly("absent", -1)
	}
	return c.reply("attendance.all", Args{"edition": edition}, undo...)
}

// markAbsent records that a participant did not come; the survey does not
// count them at its close.
func (c *conv) markAbsent(edition, person string) (bool, error) {
	en, err := c.enrolled(edition, person)
	if err != nil || en == nil || en.State != training.Confirmed || en.Presence == training.Absent {
		return false, err
	}
	en.Presence = training.Absent
	c.save("enrollment", en.ID(), en)
	c.weekly("absent", 1)
	return true, nil
}
