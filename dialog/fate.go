package dialog

import "time"

// Fate is what becomes of a mail in the mailbox, once it was handled.
type Fate int

const (
	// Filed: it was answered, or needs nobody.
	Filed Fate = iota
	// Erased: it answers a survey, and must not stay readable.
	Erased
	// Aside: it is for a person to look at.
	Aside
)

// aside marks a mail that is for a person to look at.
type aside struct {
	Schema int `json:"schema"`
}

// asideLife is as long as the ids of mails are kept.
const asideLife = 90 * 24 * time.Hour

func asideRef(mac func(...string) string, in In) Ref {
	return MakeRef("aside", mac("aside", in.ID)[:16])
}

// Fate tells what becomes of a mail whose handling was committed.
func (s *Service) Fate(r Reader, mac func(...string) string, in In) (Fate, error) {
	if in.Mail == nil {
		return Filed, nil
	}
	var a aside
	if found, err := r.Load(asideRef(mac, in), &a); err != nil || found {
		return Aside, err
	}
	_, out, ok := openToken(mac, in.Mail.Token)
	if !ok {
		return Filed, nil
	}
	q, err := load[ask](r, "ask", out)
	if err != nil || q == nil || !q.about("survey.") {
		return Filed, err
	}
	return Erased, nil
}

// setAside leaves the mail to people and has the office told: those who read the
// mailbox too find it there, unread; elsewhere it goes to the quarantine.
func (c *conv) setAside() error {
	c.Save(asideRef(c.MAC, c.in), aside{Schema: 1}, asideLife)
	m := c.in.Mail
	if m.Office && m.Waits.IsZero() {
		return nil // somebody has read it
	}
	return c.unread(Unread{Stays: m.Waits})
}

// forPeople tells a mail that the service must not answer: it came to a mailbox
// that people read too, answers no question, and is not plainly for the service.
func (c *conv) forPeople() (bool, error) {
	m := c.in.Mail
	if !m.Office || c.asked != nil {
		return false, nil
	}
	if _, ok := command(firstLine(c.text), nil); ok {
		return false, nil
	}
	if _, ok := sentence(statement(c.text)); ok {
		return false, nil
	}
	q, err := c.question()
	if err != nil {
		return false, err
	}
	if q != nil {
		if _, ok := q.choose(c.text); ok {
			return false, nil
		}
	}
	return !c.plainNeed(m.Files), nil
}

// plainNeed tells a need from a letter that only speaks of its topic: it is
// short, brings nothing, is from somebody who is known, and leaves no doubt.
func (c *conv) plainNeed(files []File) bool {
	if c.person == nil || len(files) > 0 || len([]rune(c.text)) > 200 {
		return false
	}
	return len(c.s.Needs.Read(c.text, "").Recorded) > 0
}
