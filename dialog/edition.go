package dialog

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

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
	audience["edition.invite"], audience["edition.for_office"] = invite, invite
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
	return c.ask("edition.preview", Args{"edition": e.ID}, fill,
		Choice{Text: "choice.publish", Act: Act{Verb: "edition.publish", ID: e.ID}},
		Choice{Text: "choice.discard", Act: Act{Verb: "cancel"}})
}

var (
	seatsForm    = regexp.MustCompile(`(?i)\b(\d{1,4})\s*posti\b`)
	perOrgForm   = regexp.MustCompile(`(?i)\b(?:max|massimo|al massimo)\s+(\d{1,3})\s+per\s+(?:ente|comune)\b`)
	deadlineForm = regexp.MustCompile(`(?i)^(?:iscrizioni\s+)?(?:entro|fino\s+a[l]?)\s+(?:il\s+)?(.+)$`)
)

// fillAll reads an edition written in one message: its parts are parted by
// semicolons or lines, «titolo; data e ore; luogo; posti; entro …».
func (c *conv) fillAll(e *training.CourseEdition, text string) (problem string, args Args) {
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ';' || r == '\n' }) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		if problem, args := c.fill(e, part); problem != "" {
			return problem, args
		}
	}
	return "", nil
}

// fill reads one part of an edition. What it is shows in its form; otherwise
// it is what is missing next.
func (c *conv) fill(e *training.CourseEdition, part string) (problem string, args Args) {
	seats, perOrg := seatsForm.FindStringSubmatch(part), perOrgForm.FindStringSubmatch(part)
	if m := deadlineForm.FindStringSubmatch(part); m != nil {
		day, err := training.ReadDate(m[1], c.now)
		if err != nil {
			return dateProblem(err)
		}
		e.Deadline = time.Date(day.From.Year(), day.From.Month(), day.From.Day(), 23, 59, 0, 0, day.From.Location())
		return "", nil
	}
	missing := e.Missing()
	if seats != nil || perOrg != nil || missing == "seats" {
		if seats == nil && perOrg == nil {
			seats = []string{"", strings.Map(digits, part)}
		}
		if seats != nil {
			n, err := strconv.Atoi(seats[1])
			if err != nil || n < 1 || n > training.MaxSeats {
				return "edition.bad_seats", Args{"n": itoa(training.MaxSeats)}
			}
			e.Seats.Total = n
		}
		if perOrg != nil {
			e.Seats.PerOrg, _ = strconv.Atoi(perOrg[1])
		}
		return "", nil
	}
	if e.Title == "" {
		if len([]rune(part)) > training.MaxTitle {
			return "edition.long_title", Args{"n": itoa(training.MaxTitle)}
		}
		e.Title = part
		if e.Topic == "" {
			if reading := c.s.Needs.Read(part, ""); len(reading.Topics) > 0 && reading.Topics[0].Score >= 0.3 {
				e.Topic = reading.Topics[0].ID
			}
		}
		return "", nil
	}
	dates, err := training.ReadDates(part, c.now)
	switch {
	case err != nil && (missing == "when" || !errors.Is(err, training.ErrNoDate)):
		return dateProblem(err)
	case err == nil && len(dates) > 0 && dates[0].From.Equal(dates[0].To):
		return "edition.no_hours", nil
	case err == nil && len(dates) > 0:
		e.Meetings = e.Meetings[:0]
		for _, d := range dates {
			e.Meetings = append(e.Meetings, training.Meeting{From: d.From, To: d.To})
		}
		return "", nil
	}
	e.Venue = part
	if strings.Contains(part, "://") || training.Fold(part) == "online" {
		e.Mode = training.LiveOnline
	}
	return "", nil
}

// dateProblem says what is wrong with a date.
func dateProblem(err error) (string, Args) {
	switch {
	case errors.Is(err, training.ErrPastDate):
		return "date.past", nil
	case errors.Is(err, training.ErrImpossible):
		return "date.impossible", nil
	case errors.Is(err, training.ErrWeekday):
		return "date.weekday", nil
	case errors.Is(err, training.ErrHours):
		return "date.hours", nil
	}
	return "date.none", nil
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

// toEnrolled writes to who has or waits for a seat, with the calendar entry
// changed or taken away.
func toEnrolled(c *conv, m mailing, person string) (Out, bool, error) {
	en, err := c.enrolled(m.Args["edition"], person)
	if err != nil || en == nil || !en.Live() && m.Text != "edition.cancelled" || en.State == training.Cancelled && en.By != "edition" {
		return Out{}, false, err
	}
	o := Out{Text: m.Text, Args: m.Args, Attach: []string{"ics:" + en.ID()}}
	if m.Text == "edition.changed" {
		o.Choices = []Choice{{Text: "choice.yes", Act: Act{Verb: "coming", ID: en.Edition}}, {Text: "choice.cannot", Act: Act{Verb: "give_up", ID: en.Edition}}}
	}
	return o, true, nil
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

func editionCancel(c *conv, a Act) error {
	find := func() (*training.CourseEdition, error) { return c.find(a.Arg) }
	if a.ID != "" {
		find = func() (*training.CourseEdition, error) { return load[training.CourseEdition](c, "edition", a.ID) }
	}
	e, err := find()
	if err != nil || e == nil {
		return c.otherwise(err, "edition.which", nil)
	}
	key := "edition.cancel_sure"
	if urgent(e, c.now) {
		key = "edition.cancel_urgent"
	}
	return c.reply(key, Args{"edition": e.ID, "n": itoa(e.Seats.Taken + e.Seats.Waiting)}, yesNo(Act{Verb: "edition.cancel.yes", ID: e.ID})...)
}

// editionCancelYes cancels the edition; everybody with a seat or waiting is told.
func editionCancelYes(c *conv, a Act) error {
	e, err := load[training.CourseEdition](c, "edition", a.ID)
	if err != nil || e == nil || e.State != training.EditionOpen {
		return c.otherwise(err, "edition.not_open", nil)
	}
	soon := urgent(e, c.now)
	if !soon {
		c.beginUndo()
	}
	c.Delist("editions", editionMember(e))
	e.State = training.EditionCancelled
	e.Sequence++
	c.save("edition", e.ID, e)
	c.ClearTimer("reminder", e.ID)
	c.ClearTimer("end", e.ID)
	if e.Topic != "" {
		if d, err := load[training.Demand](c, "demand", e.Topic); err != nil {
			return err
		} else if d != nil && d.Edition == e.ID {
			d.Edition = ""
			c.save("demand", d.Topic, d)
		}
	}
	if soon {
		c.mailNow("enrolled:"+e.ID, "edition.cancelled", Args{"edition": e.ID})
		return c.reply("edition.cancelled_now", Args{"edition": e.ID})
	}
	c.mailTo("enrolled:"+e.ID, "edition.cancelled", Args{"edition": e.ID}, c.now)
	return c.reply("edition.cancel_done", Args{"edition": e.ID}, c.undoChoice())
}

func editionMove(c *conv, a Act) error {
	return c.ask("edition.ask_when", nil, Act{Verb: "edition.moved", ID: a.ID})
}

// editionMoved changes date, place or seats of an open edition.
func editionMoved(c *conv, a Act) error {
	e, err := load[training.CourseEdition](c, "edition", a.ID)
	if err != nil || e == nil || e.State != training.EditionOpen {
		return c.otherwise(err, "edition.not_open", nil)
	}
	before, soon := editionMember(e), urgent(e, c.now)
	if problem, args := c.fillAll(e, c.text); problem != "" {
		return c.ask(problem, args, Act{Verb: "edition.moved", ID: e.ID})
	}
	if e.Seats.Total < e.Seats.Taken {
		return c.ask("edition.seats_taken", Args{"n": itoa(e.Seats.Taken)}, Act{Verb: "edition.moved", ID: e.ID})
	}
	if soon && !c.held {
		return c.hold(a, "edition.urgent_sure", Args{"n": itoa(e.Seats.Taken + e.Seats.Waiting)})
	}
	if !soon {
		c.beginUndo()
	}
	c.Delist("editions", before)
	c.Enlist("editions", editionMember(e))
	e.Sequence++
	c.schedule(e)
	if err := c.offerNext(e); err != nil {
		return err
	}
	c.save("edition", e.ID, e)
	if soon {
		c.mailNow("enrolled:"+e.ID, "edition.changed", Args{"edition": e.ID})
		return c.reply("edition.changed_now", Args{"edition": e.ID})
	}
	c.mailTo("enrolled:"+e.ID, "edition.changed", Args{"edition": e.ID}, c.now)
	return c.reply("edition.changed_done", Args{"edition": e.ID}, c.undoChoice())
}

// urgent tells whether a change of the edition cannot wait: its first meeting
// begins within 24 hours.
func urgent(e *training.CourseEdition, now time.Time) bool {
	return e.Start().Sub(now) < 24*time.Hour
}

// beginUndo makes this message one that «annulla» takes back.
func (c *conv) beginUndo() {
	c.undo = c.NewID("undo")
	c.Undoable(c.undo, c.s.UndoWindow)
}

func (c *conv) undoChoice() Choice {
	return Choice{Text: "choice.undo", Act: Act{Verb: "undo", ID: c.undo}}
}

// undoAct takes the last action back.
func undoAct(c *conv, a Act) error {
	inTheWay, found, err := c.Undo(a.ID)
	switch {
	case err != nil:
		return err
	case !found:
		return c.reply("undo.late", nil)
	case len(inTheWay) > 0:
		return c.reply("undo.built_on", Args{"n": itoa(len(inTheWay))})
	}
	return c.reply("undo.done", nil)
}
