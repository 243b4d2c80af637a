package dialog

import (
	"strings"
	"time"
)

func init() { timers["dead"] = deadSummary }

// unread counts a message that nothing was done with, and tells whoever wrote
// one that could not be handled, where that is known.
func (c *conv) unread(u Unread) error {
	err := c.noteForSummary(func(d *deadLetters) {
		switch {
		case u.Leaving:
			d.Unsent++
		case u.Stays.IsZero():
			d.Count++
		default:
			if d.Stay++; d.Oldest.IsZero() || u.Stays.Before(d.Oldest) {
				d.Oldest = u.Stays
			}
		}
	})
	switch {
	case err != nil:
		return err
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

// deadLetters counts, since the office was last told, the messages that could not
// be handled, those in the quarantine of the mailbox among them; those that could
// not leave; those that stay in the mailbox for the people who read it too; and
// those by certified mail that did not arrive.
type deadLetters struct {
	Count       int       `json:"count"`
	Unsent      int       `json:"unsent,omitempty"`
	Stay        int       `json:"stay,omitempty"`
	Oldest      time.Time `json:"oldest,omitzero"` // of those
	Undelivered int       `json:"undelivered,omitempty"`
	Certified   []string  `json:"certified,omitempty"` // the first of those
	Schema      int       `json:"schema"`
}

// noteForSummary has the office told on its next working day, once for all.
func (c *conv) noteForSummary(add func(*deadLetters)) error {
	d, err := load[deadLetters](c, "dead", "count")
	if err != nil {
		return err
	}
	if d == nil {
		d = &deadLetters{Schema: 1}
		c.SetTimer("dead", "summary", c.s.Calendar.NoticeTime(c.s.Calendar.NextWorkday(c.now)))
	}
	add(d)
	c.save("dead", "count", d)
	return nil
}

func deadSummary(c *conv, _ string) error {
	d, err := load[deadLetters](c, "dead", "count")
	if err != nil || d == nil {
		return err
	}
	c.Delete(MakeRef("dead", "count"))
	return c.tellOffice(Out{Text: "dead", Args: Args{
		"n": itoa(d.Count), "unsent": itoa(d.Unsent), "stay": itoa(d.Stay), "oldest": d.Oldest.Format(time.RFC3339),
		"late": itoa(d.Undelivered), "receipts": strings.Join(d.Certified, ","), "more": itoa(d.Undelivered - len(d.Certified)),
	}})
}
