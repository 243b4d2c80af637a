package dialog

import (
	"strings"
	"time"

	"regia/training"
)

func init() {
	verbs["need.tell"] = needTell
	verbs["need.text"] = needText
	verbs["need.topic"] = needTopic
	verbs["need.other"] = needOther
	verbs["need.none"] = needNone
	verbs["need.people"] = needPeople
	verbs["need.when"] = needWhen
	verbs["need.drop"] = needDrop
	verbs["need.fix"] = needFix
	verbs["demand"] = demand
}

// words of a need stand apart from it, so that they can be erased alone.
type needWords struct {
	Text   string `json:"text"`
	Schema int    `json:"schema"`
}

func needTell(c *conv, a Act) error {
	if a.Arg == "" {
		return c.ask("need.ask", nil, Act{Verb: "need.text"})
	}
	return c.tellNeed(a.Arg)
}

func needText(c *conv, a Act) error { return c.tellNeed(c.text) }

// spontaneous takes words out of the blue as a need when they sound like one.
func (c *conv) spontaneous() error {
	if verb, ok := courtesies[bare(c.text)]; ok {
		return c.do(Act{Verb: verb})
	}
	for _, hint := range hints {
		if hint.form.MatchString(c.text) {
			return c.do(Act{Verb: hint.verb})
		}
	}
	if e, err := c.wanted(); err != nil || e != nil {
		if err != nil {
			return err
		}
		return course(c, Act{Verb: "course", ID: e.ID})
	}
	if strings.Count(strings.TrimSpace(c.text), " ") >= 2 {
		reading := c.s.Needs.Read(c.text, "")
		if len(reading.Topics) > 0 && reading.Topics[0].Score >= 0.3 || len(reading.Negated) > 0 {
			return c.do(Act{Verb: "need.text"})
		}
	}
	return c.notUnderstood()
}

// notUnderstood asks a question again that was put just now, or says what may be
// written.
func (c *conv) notUnderstood() error {
	q, err := c.question()
	if err != nil {
		return err
	}
	if q != nil && q.Free == nil && q.waits() && c.now.Sub(q.At) < time.Hour {
		return c.reply("choose", nil, q.Choices...)
	}
	if acknowledged[bare(c.text)] {
		return c.reply("noted", nil)
	}
	if c.person.Coordinator {
		return c.reply("not_understood_office", nil)
	}
	return c.reply("not_understood", nil)
}

// tellNeed understands the words and asks which of the likely topics is meant.
func (c *conv) tellNeed(text string) error {
	pos, org, err := c.position()
	if err != nil {
		return err
	}
	reading := c.s.Needs.Read(text, pos.Office)
	if len(reading.Negated) > 0 && (len(reading.Topics) == 0 || reading.Topics[0].Score < 0.5) {
		return c.reply("need.not_wanted", nil)
	}
	need := training.TrainingNeed{
		ID: c.NewID("need"), Person: c.person.ID, Organization: org.ID,
		State: training.NeedDraft, Told: c.now, Schema: 1,
	}
	for _, topic := range reading.Topics[:min(3, len(reading.Topics))] {
		if topic.Score >= 0.05 {
			need.Candidates = append(need.Candidates, topic.ID)
		}
	}
	c.save("need", need.ID, need)
	c.save("words", need.ID, needWords{Text: text, Schema: 1})
	c.Enlist("needs:"+need.Person, need.ID)
	if len(need.Candidates) == 0 {
		return c.ask("need.unclear", nil, Act{Verb: "need.text"}, Choice{Text: "choice.no_course", Act: Act{Verb: "need.none", ID: need.ID}})
	}
	return c.askTopic(&need)
}

func (c *conv) askTopic(need *training.TrainingNeed) error {
	var choices []Choice
	for _, id := range need.Candidates {
		choices = append(choices, Choice{Text: "choice.topic", Args: Args{"topic": id}, Act: Act{Verb: "need.topic", ID: need.ID, Arg: id}})
	}
	choices = append(choices,
		Choice{Text: "choice.other", Act: Act{Verb: "need.other", ID: need.ID}},
		Choice{Text: "choice.no_course", Act: Act{Verb: "need.none", ID: need.ID}})
	return c.reply("need.which", nil, choices...)
}

// own is a need of the writer, or nil when it was answered that there is none.
func (c *conv) own(id string) (*training.TrainingNeed, error) {
	need, err := load[training.TrainingNeed](c, "need", id)
	if err != nil || need != nil && need.Person == c.person.ID && need.State != training.NeedDropped {
		return need, err
	}
	return nil, c.reply("need.gone", nil)
}

func needTopic(c *conv, a Act) error {
	need, err := c.own(a.ID)
	if need == nil || err != nil {
		return err
	}
	if _, known := c.s.Topics.Topic(a.Arg); !known {
		return c.reply("old_button", nil)
	}
	if err := c.count(need, false); err != nil {
		return err
	}
	need.Topic, need.State = a.Arg, training.NeedDraft
	c.save("need", need.ID, need)
	return c.ask("need.people", Args{"topic": need.Topic}, Act{Verb: "need.people", ID: need.ID},
		Choice{Text: "choice.one", Act: Act{Verb: "need.people", ID: need.ID, Arg: "1"}},
		Choice{Text: "choice.few", Act: Act{Verb: "need.people", ID: need.ID, Arg: "3"}},
		Choice{Text: "choice.more", Act: Act{Verb: "need.people", ID: need.ID, Arg: "5"}})
}

func needOther(c *conv, a Act) error {
	need, err := c.own(a.ID)
	if need == nil || err != nil {
		return err
	}
	return c.ask("need.other", nil, Act{Verb: "need.text"}, Choice{Text: "choice.no_course", Act: Act{Verb: "need.none", ID: need.ID}})
}

func needNone(c *conv, a Act) error {
	need, err := c.own(a.ID)
	if need == nil || err != nil {
		return err
	}
	if err := c.forget(need); err != nil {
		return err
	}
	return c.reply("need.none", nil)
}

// needPeople takes how many people of the office need it.
func needPeople(c *conv, a Act) error {
	need, err := c.own(a.ID)
	if need == nil || err != nil {
		return err
	}
	n := howMany(a.Arg)
	if a.Arg == "" {
		n = howMany(firstLine(c.text))
	}
	if n < 1 || n > training.MaxPeople || need.Topic == "" {
		return c.ask("need.people_number", nil, Act{Verb: "need.people", ID: need.ID})
	}
	if err := c.count(need, false); err != nil {
		return err
	}
	need.People, need.State = n, training.NeedDraft
	c.save("need", need.ID, need)
	return c.reply("need.when", nil,
		Choice{Text: "choice.soon", Act: Act{Verb: "need.when", ID: need.ID, Arg: string(training.Soon)}},
		Choice{Text: "choice.year", Act: Act{Verb: "need.when", ID: need.ID, Arg: string(training.ThisYear)}},
		Choice{Text: "choice.no_hurry", Act: Act{Verb: "need.when", ID: need.ID, Arg: string(training.NoHurry)}})
}

// needWhen records the need and says how many other organizations ask the same.
func needWhen(c *conv, a Act) error {
	need, err := c.own(a.ID)
	if need == nil || err != nil {
		return err
	}
	if need.Topic == "" || need.People == 0 {
		return c.askTopic(need)
	}
	if err := c.count(need, false); err != nil {
		return err
	}
	need.Urgency = training.Urgency(a.Arg)
	if err := c.count(need, true); err != nil {
		return err
	}
	c.save("need", need.ID, need)
	d, err := load[training.Demand](c, "demand", need.Topic)
	if err != nil {
		return err
	}
	others := 0
	if d != nil {
		others = d.Organizations - 1
	}
	return c.reply("need.recorded", Args{"topic": need.Topic, "n": itoa(others)},
		Choice{Text: "choice.fix", Act: Act{Verb: "need.fix", ID: need.ID}},
		Choice{Text: "choice.delete", Act: Act{Verb: "need.drop", ID: need.ID}})
}

func needFix(c *conv, a Act) error {
	need, err := c.own(a.ID)
	if need == nil || err != nil {
		return err
	}
	if len(need.Candidates) == 0 {
		return needTell(c, Act{})
	}
	return c.askTopic(need)
}

func needDrop(c *conv, a Act) error {
	need, err := c.own(a.ID)
	if need == nil || err != nil {
		return err
	}
	if err := c.forget(need); err != nil {
		return err
	}
	return c.reply("need.dropped", nil)
}

// forget takes a need out of the demand and erases it with its words.
func (c *conv) forget(need *training.TrainingNeed) error {
	if err := c.count(need, false); err != nil {
		return err
	}
	c.Delete(MakeRef("need", need.ID))
	c.Delete(MakeRef("words", need.ID))
	c.Delist("needs:"+need.Person, need.ID)
	return nil
}

// count makes the need part of the demand, or takes it back; done twice it
// changes nothing.
func (c *conv) count(need *training.TrainingNeed, in bool) error {
	if need.Counts() == in {
		return nil
	}
	d, err := load[training.Demand](c, "demand", need.Topic)
	if err != nil {
		return err
	}
	if d == nil {
		d = &training.Demand{Topic: need.Topic, Schema: 1}
	}
	local := need.Topic + "." + need.Organization
	l, err := load[training.LocalDemand](c, "local", local)
	if err != nil {
		return err
	}
	if l == nil {
		l = &training.LocalDemand{Schema: 1}
	}
	member := need.Person
	if in {
		d.Add(l, need.People)
		need.State = training.NeedRecorded
		c.Enlist("wants:"+need.Topic, member)
	} else {
		d.Drop(l, need.People)
		need.State = training.NeedDraft
		c.Delist("wants:"+need.Topic, member)
	}
	c.save("demand", d.Topic, d)
	c.save("local", local, l)
	if d.Organizations > 0 {
		c.Enlist("demand", d.Topic)
	} else {
		c.Delist("demand", d.Topic)
	}
	return nil
}

// demand lists to a coordinator what is asked for.
func demand(c *conv, a Act) error {
	if !c.person.Coordinator {
		return c.reply("not_yours", nil)
	}
	topics, err := c.List("demand", "", 200)
	if err != nil {
		return err
	}
	if len(topics) == 0 {
		return c.reply("demand.none", nil)
	}
	return c.reply("demand.list", Args{"demands": strings.Join(topics[:min(20, len(topics))], ",")})
}
