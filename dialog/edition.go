package dialog

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"regia/training"
)

func init() {
	verbs["edition.new"] = coordinators(editionNew)
	verbs["edition.fill"] = coordinators(editionFill)
	verbs["edition.publish"] = coordinators(editionPublish)
	verbs["edition.cancel"] = coordinators(editionCancel)
	verbs["edition.cancel.yes"] = coordinators(editionCancelYes)
	verbs["edition.move"] = coordinators(editionMove)
	verbs["edition.moved"] = coordinators(editionMoved)
	verbs["week.open"] = coordinators(weekOpen)
	verbs["undo"] = coordinators(undoAct)
	audience["edition.invite"], audience["edition.for_office"] = invite, announced
	audience["edition.cancelled"] = toEnrolled
	audience["edition.changed"] = toEnrolled
}

// coordinators keeps an act for the Province's office. By mail it counts when
// it answers a question that was sent to the roster address; otherwise it is
// asked back there.
func coordinators(v verb) verb {
	return func(c *conv, a Act) error {
		if !c.person.Coordinator {
			return c.reply("not_yours", nil)
		}
		if c.channel == ByMail && !c.sure && a.Verb != "edition.new" {
			return c.confirm(a)
		}
		return v(c, a)
	}
}

// editionNew begins an edition, from one message or step by step.
func editionNew(c *conv, a Act) error {
	e := training.CourseEdition{ID: c.NewID("edition"), State: training.EditionDraft, Author: c.person.ID, Mode: training.InPerson, Schema: 1}
	if a.ID != "" { // a topic: opened from the week
		if topic, ok := c.s.Topics.Topic(a.ID); ok {
			e.Topic, e.Title = topic.ID, topic.Title
		}
	}
	if a.Arg == "" && strings.Contains(strings.TrimSpace(c.text), "\n") {
		_, a.Arg, _ = strings.Cut(c.text, "\n")
	}
	if a.Arg != "" {
		if key, args := c.fillAll(&e, a.Arg); key != "" {
			c.save("edition", e.ID, e)
			return c.ask(key, args, Act{Verb: "edition.fill", ID: e.ID})
		}
	}
	c.save("edition", e.ID, e)
	return c.next(&e)
}

// next asks for what is missing, or shows the preview.
func (c *conv) next(e *training.CourseEdition) error {
	fill := Act{Verb: "edition.fill", ID: e.ID}
	if missing := e.Missing(); missing != "" {
		return c.ask("edition.ask_"+missing, nil, fill)
	}
	if e.Deadline.After(e.Start().Add(24 * time.Hour)) {
		e.Deadline = time.Time{}
		c.save("edition", e.ID, e)
		return c.ask("edition.late_deadline", nil, fill)
	}
	return c.ask("edition.preview", Args{"edition": e.ID}, fill,
		Choice{Text: "choice.publish", Act: Act{Verb: "edition.publish", ID: e.ID}},
		Choice{Text: "choice.discard", Act: Act{Verb: "no"}})
}

// draft is an edition not yet opened, of this office.
func (c *conv) draft(id string) (*training.CourseEdition, error) {
	e, err := load[training.CourseEdition](c, "edition", id)
	if err != nil || e == nil || e.State != training.EditionDraft {
		return nil, c.otherwise(err, "edition.not_draft", nil)
	}
	return e, nil
}

func editionFill(c *conv, a Act) error {
	e, err := c.draft(a.ID)
	if e == nil || err != nil {
		return err
	}
	if problem, args := c.fillAll(e, c.text); problem != "" {
		return c.ask(problem, args, Act{Verb: "edition.fill", ID: e.ID})
	}
	c.save("edition", e.ID, e)
	return c.next(e)
}

// editionPublish opens the edition and has the people told whose need it meets.
func editionPublish(c *conv, a Act) error {
	e, err := c.draft(a.ID)
	if e == nil || err != nil {
		return err
	}
	if e.Missing() != "" {
		return c.next(e)
	}
	if !e.Start().After(c.now) {
		return c.ask("date.past", nil, Act{Verb: "edition.fill", ID: e.ID})
	}
	c.beginUndo()
	e.State = training.EditionOpen
	c.save("edition", e.ID, e)
	c.Enlist("editions", editionMember(e))
	c.schedule(e)
	if e.Topic != "" {
		d, err := load[training.Demand](c, "demand", e.Topic)
		if err != nil {
			return err
		}
		if d != nil {
			d.Edition = e.ID
			c.save("demand", d.Topic, d)
		}
		c.mailTo("wants:"+e.Topic, "edition.invite", Args{"edition": e.ID}, c.now)
		if topic, ok := c.s.Topics.Topic(e.Topic); ok {
			for i, office := range topic.Offices {
				c.mailTo(officeList(office), "edition.for_office", Args{"edition": e.ID}, c.now.Add(c.s.UndoWindow+time.Duration(i+1)*time.Minute))
			}
		}
	}
	return c.reply("edition.opened", Args{"edition": e.ID}, c.undoChoice())
}

// editionMember sorts editions by their start.
func editionMember(e *training.CourseEdition) string {
	return e.Start().UTC().Format("20060102T1504") + "|" + e.ID
}

// schedule sets the timers of an edition: reminder two working days before, end.
func (c *conv) schedule(e *training.CourseEdition) {
	remind := c.s.Calendar.AddWorkdays(e.Start(), -2)
	remind = time.Date(remind.Year(), remind.Month(), remind.Day(), 9, 0, 0, 0, e.Start().Location())
	if remind.After(c.now) {
		c.SetTimer("reminder", e.ID, remind)
	} else {
		c.ClearTimer("reminder", e.ID)
	}
	c.SetTimer("end", e.ID, e.End())
}

// officeList is the list of the people of all offices of one name.
func officeList(office string) string { return "office:" + training.Fold(office) }

// invited notes that somebody was told of an edition: once is enough.
type invited struct {
	Schema int `json:"schema"`
}

// invite tells somebody of an edition that meets a need or an office.
func invite(c *conv, m mailing, person string) (Out, bool, error) {
	e, err := load[training.CourseEdition](c, "edition", m.Args["edition"])
	if err != nil || e == nil || e.Closed(c.now) {
		return Out{}, false, err
	}
	told := training.EnrollmentID(e.ID, person)
	before, err := load[invited](c, "invited", told)
	if err != nil || before != nil {
		return Out{}, false, err
	}
	c.Save(MakeRef("invited", told), invited{Schema: 1}, e.Start().Sub(c.now))
	already, err := c.enrolled(e.ID, person)
	if err != nil || already != nil && already.Live() {
		return Out{}, false, err
	}
	return Out{Text: m.Text, Args: m.Args, Choices: yesNo(Act{Verb: "enrol", ID: e.ID})}, true, nil
}

// announced is invite for those who did not ask, unless they said «basta avvisi».
func announced(c *conv, m mailing, person string) (Out, bool, error) {
	p, err := load[training.Person](c, "person", person)
	if err != nil || p == nil || p.NoAnnouncements {
		return Out{}, false, err
	}
	return invite(c, m, person)
}

// coming editions in the order of their start.
func (c *conv) coming() ([]training.CourseEdition, error) {
	members, err := c.List("editions", c.now.UTC().Format("20060102T1504"), 50)
	if err != nil {
		return nil, err
	}
	var all []training.CourseEdition
	for _, m := range members {
		_, id, _ := strings.Cut(m, "|")
		e, err := load[training.CourseEdition](c, "edition", id)
		if err != nil {
			return nil, err
		}
		if e != nil && e.State == training.EditionOpen {
			all = append(all, *e)
		}
	}
	return all, nil
}

var enrolForm = regexp.MustCompile(`(?i)\b(?:iscriv|partecip|prenot)`)

// wanted is the coming edition that somebody asks to join in words of their own:
// the one whose title shares a long word with them.
func (c *conv) wanted() (*training.CourseEdition, error) {
	if !enrolForm.MatchString(c.text) {
		return nil, nil
	}
	all, err := c.coming()
	if err != nil {
		return nil, err
	}
	said := map[string]bool{}
	for _, word := range strings.FieldsFunc(training.Fold(c.text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		said[word] = true
	}
	var found *training.CourseEdition
	for i := range all {
		for _, word := range strings.FieldsFunc(training.Fold(all[i].Title), func(r rune) bool { return !unicode.IsLetter(r) }) {
			if len(word) > 4 && said[word] {
				if found != nil {
					return nil, nil
				}
				found = &all[i]
				break
			}
		}
	}
	return found, nil
}

// find is the coming edition that the words name: the number in the list of
// courses, or part of the title.
func (c *conv) find(words string) (*training.CourseEdition, error) {
	all, err := c.coming()
	if err != nil {
		return nil, err
	}
	if n, err := strconv.Atoi(bare(words)); err == nil && n >= 1 && n <= len(all) {
		return &all[n-1], nil
	}
	var found *training.CourseEdition
	for i := range all {
		if w := bare(words); len(w) > 2 && strings.Contains(training.Fold(all[i].Title), w) {
			if found != nil {
				return nil, nil
			}
			found = &all[i]
		}
	}
	return found, nil
}
