package dialog

func init() { timers["dead"] = deadSummary }

// deadLetters counts the messages that could not be handled since the office
// was last told.
type deadLetters struct {
	Count  int `json:"count"`
	Schema int `json:"schema"`
}

// noteDead has the office told on its next working day, once for all.
func (c *conv) noteDead() error {
	d, err := load[deadLetters](c, "dead", "count")
	if err != nil {
		return err
	}
	if d == nil {
		d = &deadLetters{Schema: 1}
	}
	if d.Count == 0 {
		c.SetTimer("dead", "summary", c.s.Calendar.NoticeTime(c.s.Calendar.NextWorkday(c.now)))
	}
	d.Count++
	c.save("dead", "count", d)
	return nil
}

func deadSummary(c *conv, _ string) error {
	d, err := load[deadLetters](c, "dead", "count")
	if err != nil || d == nil || d.Count == 0 {
		return err
	}
	c.Delete(MakeRef("dead", "count"))
	return c.tellOffice(Out{Text: "dead", Args: Args{"n": itoa(d.Count)}})
}
