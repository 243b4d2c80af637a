package dialog

func init() { timers["dead"] = deadSummary }

// unread counts a message that could not be handled, and tells whoever wrote it,
// where that is known.
func (c *conv) unread(u Unread) error {
	if err := c.noteDead(); err != nil {
		return err
	}
	switch {
	case u.Chat != 0:
		c.channel = ByChat
		if err := c.whoInChat(u.Chat); err != nil {
			return err
		}
	case u.From != "":
		c.channel = ByMail
		if err := c.whoByMail(u.From); err != nil {
			return err
		}
	default:
		return nil
	}
	return c.reply("sorry", nil)
}

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
