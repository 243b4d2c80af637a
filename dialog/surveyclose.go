package dialog

import (
	"strconv"
	"strings"

	"regia/training"
)

// comment is an open answer after the close: nobody's.
type comment struct {
	Item   string `json:"item"`
	Text   string `json:"text"`
	Schema int    `json:"schema"`
}

// surveyClose moves the answers into totals, shuffled and with nobody's name,
// and deletes what each person had answered.
func surveyClose(c *conv, id string) error {
	s, err := load[training.SatisfactionSurvey](c, "survey", id)
	if err != nil || s == nil || s.Closed {
		return err
	}
	people, err := c.List("enrolled:"+id, "", training.MaxSeats*4)
	if err != nil {
		return err
	}
	var tally training.Tally
	var texts []comment
	for _, p := range people {
		key := training.EnrollmentID(id, p)
		sheet, err := load[training.AnswerSheet](c, "sheet", key)
		if err != nil {
			return err
		}
		en, err := c.enrolled(id, p)
		if err != nil {
			return err
		}
		c.Delete(MakeRef("pending", key))
		there := en != nil && en.Presence != training.Absent
		if sheet != nil {
			if there {
				s.Asked++
				tally.Add(*sheet)
			}
			c.Delete(MakeRef("sheet", key))
		}
		all, err := load[comments](c, "comments", key)
		if err != nil {
			return err
		}
		if all != nil {
			for _, it := range training.Items {
				if t := all.Texts[it.ID]; there && t != "" {
					texts = append(texts, comment{Item: it.ID, Text: t, Schema: 1})
				}
			}
			c.Delete(MakeRef("comments", key))
		}
	}
	c.Rand().Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
	if tally.Sheets >= training.AnonymityThreshold {
		for _, t := range texts {
			key := c.NewID("comment")
			c.save("comment", key, t)
			c.Enlist("comments:"+id, key)
		}
	}
	s.Closed, s.Tally = true, tally
	c.save("survey", id, s)
	c.ClearTimer("survey", id)
	c.RewriteLog()
	return c.tellOffice(surveyFigures(id, tally))
}

// surveyFigures is the message with the totals, or that there are too few.
func surveyFigures(edition string, t training.Tally) Out {
	args := Args{"edition": edition, "k": itoa(training.AnonymityThreshold)}
	mean, ok := t.Mean("usefulness")
	if !ok {
		return Out{Text: "survey.few", Args: args}
	}
	value, n := mean.Value()
	args["usefulness"], args["n"] = decimal(value), itoa(n)
	for _, id := range []string{"clarity", "organisation"} {
		args[id] = "–"
		if f, ok := t.Mean(id); ok {
			v, _ := f.Value()
			args[id] = decimal(v)
		}
	}
	args["nps"] = "–"
	if f, ok := t.NPS(); ok {
		v, _ := f.Value()
		args["nps"] = strconv.Itoa(int(v))
	}
	return Out{Text: "survey.result", Args: args}
}

func decimal(v float64) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', 1, 64), ".", ",", 1)
}
