package dialog

import (
	"maps"
	"regexp"
	"strconv"
	"strings"
	"time"

	"regia/training"
)

func init() {
	timers["survey"] = surveyTouch
	timers["survey_close"] = surveyClose
	verbs["survey.answer"] = surveyAnswer
	verbs["survey.skip"] = surveySkip
	audience["survey.mail"] = surveyMail
}

// comments are the open answers of one person, until the survey closes.
type comments struct {
	Texts  map[string]string `json:"texts"`
	Schema int               `json:"schema"`
}

// openSurvey opens the survey of an edition at its end, and sets its touches
// and its close.
func (c *conv) openSurvey(e *training.CourseEdition) error {
	closes := c.s.Calendar.AddWorkdays(c.now, training.SurveyDays)
	closes = time.Date(closes.Year(), closes.Month(), closes.Day(), 18, 0, 0, 0, c.now.Location())
	s := training.SatisfactionSurvey{Edition: e.ID, Opens: c.now, Closes: closes, Schema: 1}
	c.save("survey", e.ID, s)
	c.SetTimer("survey_close", e.ID, closes)
	return surveyTouch(c, e.ID)
}

// touches are the working days after the end at which the silent are asked.
var touches = []int{0, 2, 5}

// surveyTouch asks those who have not answered, and sets the next time.
func surveyTouch(c *conv, id string) error {
	s, err := load[training.SatisfactionSurvey](c, "survey", id)
	if err != nil || s == nil || s.Closed {
		return err
	}
	c.mailTo("enrolled:"+id, "survey.mail", Args{"edition": id}, c.now)
	for _, days := range touches {
		next := c.s.Calendar.AddWorkdays(s.Opens, days)
		next = time.Date(next.Year(), next.Month(), next.Day(), 10, 0, 0, 0, c.now.Location())
		if days > 0 && next.After(c.now) {
			c.SetTimer("survey", id, next)
			break
		}
	}
	return nil
}

// surveyMail is the message that asks one person, unless an answer came or
// three messages have asked already.
func surveyMail(c *conv, m mailing, person string) (Out, bool, error) {
	id := m.Args["edition"]
	en, err := c.enrolled(id, person)
	if err != nil || en == nil || en.State != training.Confirmed || en.Presence == training.Absent {
		return Out{}, false, err
	}
	sheet, err := c.sheet(id, person)
	if err != nil || sheet == nil || sheet.Answered() || sheet.Ended || sheet.Touches >= training.MaxTouches {
		return Out{}, false, err
	}
	p, err := load[training.Person](c, "person", person)
	if err != nil || p == nil || p.Channel() == "" {
		return Out{}, false, err // nobody answers for somebody else
	}
	sheet.Touches++
	c.save("sheet", en.ID(), sheet)
	if address, _ := p.Mail(); p.Certified(address) && Channel(p.Channel()) == ByMail {
		return Out{}, false, nil // answers stay in a box of certified mail, and these may not
	}
	args := maps.Clone(m.Args)
	switch sheet.Touches {
	case 1:
	case training.MaxTouches:
		args["last"] = "1"
	default:
		args["again"] = "1"
	}
	o := Out{Text: "survey.first", Args: args, Choices: c.scale(id, 0), Free: &Act{Verb: "survey.answer", ID: id, Arg: "0"}}
	if Channel(p.Channel()) == ByMail {
		o.Text = "survey.mail"
		o.Choices = []Choice{{Text: "choice.skip", Act: Act{Verb: "survey.skip", ID: id}}}
	}
	return o, true, nil
}

// sheet is the answer sheet of a person, new when there was none; nil when the
// survey is closed.
func (c *conv) sheet(edition, person string) (*training.AnswerSheet, error) {
	s, err := load[training.SatisfactionSurvey](c, "survey", edition)
	if err != nil || s == nil || s.Closed {
		return nil, err
	}
	sheet, err := load[training.AnswerSheet](c, "sheet", training.EnrollmentID(edition, person))
	if err == nil && sheet == nil {
		sheet = &training.AnswerSheet{Edition: edition, Person: person, Schema: 1}
	}
	return sheet, err
}

// scale is the choices of an item: its values, and leaving it out.
func (c *conv) scale(edition string, item int) []Choice {
	var choices []Choice
	it := training.Items[item]
	for v := it.Min; v <= it.Max && !it.Open; v++ {
		choices = append(choices, Choice{Text: "choice.number", Args: Args{"n": itoa(v)}, Act: Act{Verb: "survey.answer", ID: edition, Arg: itoa(item) + "." + itoa(v)}})
	}
	return append(choices, Choice{Text: "choice.skip", Act: Act{Verb: "survey.skip", ID: edition, Arg: itoa(item)}})
}

// surveyAnswer takes an answer: a pressed value, several numbers of a mail, or
// words to an open question.
func surveyAnswer(c *conv, a Act) error {
	sheet, err := c.mySheet(a.ID)
	if sheet == nil || err != nil {
		return err
	}
	item, value, pressed := strings.Cut(a.Arg, ".")
	n, err := strconv.Atoi(item)
	if err != nil || n < 0 || n >= len(training.Items) {
		return c.reply("old_button", nil)
	}
	it := training.Items[n]
	switch {
	case pressed:
		v, err := strconv.Atoi(value)
		if err != nil || v < it.Min || v > it.Max {
			return c.reply("old_button", nil)
		}
		record(sheet, it, v)
		sheet.Next = max(sheet.Next, n+1)
	case it.Open:
		all, err := load[comments](c, "comments", training.EnrollmentID(a.ID, c.person.ID))
		if err != nil {
			return err
		}
		if all == nil {
			all = &comments{Texts: map[string]string{}, Schema: 1}
		}
		all.Texts[it.ID] = c.text
		c.save("comments", training.EnrollmentID(a.ID, c.person.ID), all)
		sheet.Next = max(sheet.Next, n+1)
	default:
		if problem := c.readNumbers(sheet, n); problem != "" {
			return c.ask(problem, Args{"edition": a.ID, "min": itoa(it.Min), "max": itoa(it.Max)}, Act{Verb: "survey.answer", ID: a.ID, Arg: item}, c.scale(a.ID, n)...)
		}
	}
	return c.nextItem(a.ID, sheet)
}

func record(sheet *training.AnswerSheet, it training.Item, v int) {
	if sheet.Numbers == nil {
		sheet.Numbers = map[string]int{}
	}
	sheet.Numbers[it.ID] = v
}

// readNumbers takes «5 4 4 9», one number to a line, or numbered answers; what
// is there is kept, what is missing is asked.
func (c *conv) readNumbers(sheet *training.AnswerSheet, from int) (problem string) {
	taken := 0
	for i, it := range training.Items {
		said, ok := c.answers[i+1]
		if !ok || it.Open {
			continue
		}
		// «0–10» is the scale of the question, and no answer.
		written := oneNumber.FindAllString(figures(marks(said)), 2)
		if len(written) != 1 {
			continue
		}
		if v, err := strconv.Atoi(written[0]); err == nil && v >= it.Min && v <= it.Max {
			record(sheet, it, v)
			sheet.Next, taken = max(sheet.Next, i+1), taken+1
		}
	}
	if taken > 0 {
		return ""
	}
	problem = "survey.bad_one"
	if c.channel == ByMail && from == 0 {
		problem = "survey.bad_number" // all of them were asked at once
	}
	item := from
	for _, field := range strings.FieldsFunc(figures(marks(firstLines(c.text, 6))), func(r rune) bool { return strings.ContainsRune(" ,;/-\n\t.", r) }) {
		v, err := strconv.Atoi(field)
		if err != nil {
			continue
		}
		if item >= len(training.Items) || training.Items[item].Open {
			break
		}
		it := training.Items[item]
		if v < it.Min || v > it.Max {
			return problem
		}
		record(sheet, it, v)
		item, taken = item+1, taken+1
	}
	if taken == 0 {
		return problem
	}
	sheet.Next = max(sheet.Next, item)
	return ""
}

var oneNumber = regexp.MustCompile(`\d+`)

func firstLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[:min(n, len(lines))], "\n")
}

func surveySkip(c *conv, a Act) error {
	sheet, err := c.mySheet(a.ID)
	if sheet == nil || err != nil {
		return err
	}
	if a.Arg == "" {
		sheet.Ended = true
		c.save("sheet", training.EnrollmentID(a.ID, c.person.ID), sheet)
		return c.reply("survey.skipped", nil)
	}
	n, err := strconv.Atoi(a.Arg)
	if err != nil {
		return c.reply("old_button", nil)
	}
	sheet.Next = max(sheet.Next, n+1)
	return c.nextItem(a.ID, sheet)
}

// mySheet is the writer's sheet of an open survey; nil when answered that it
// is closed or not theirs.
func (c *conv) mySheet(edition string) (*training.AnswerSheet, error) {
	en, err := c.enrolled(edition, c.person.ID)
	if err != nil {
		return nil, err
	}
	if en == nil || en.State != training.Confirmed || en.Presence == training.Absent {
		return nil, c.reply("survey.not_yours", nil)
	}
	sheet, err := c.sheet(edition, c.person.ID)
	if err != nil || sheet != nil {
		return sheet, err
	}
	return nil, c.reply("survey.closed", nil)
}

// nextItem keeps the sheet and asks what comes next.
func (c *conv) nextItem(edition string, sheet *training.AnswerSheet) error {
	if sheet.Next >= len(training.Items) {
		sheet.Ended = true
	}
	c.save("sheet", training.EnrollmentID(edition, c.person.ID), sheet)
	if sheet.Ended {
		return c.reply("survey.thanks", nil)
	}
	it := training.Items[sheet.Next]
	return c.ask("survey.item_"+it.ID, Args{"edition": edition, "n": itoa(sheet.Next + 1)},
		Act{Verb: "survey.answer", ID: edition, Arg: itoa(sheet.Next)}, c.scale(edition, sheet.Next)...)
}
