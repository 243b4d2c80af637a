package dialog

import (
	"cmp"
	"regexp"
	"strings"
	"time"
)

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

// asideRef names the mark by the second id of the mail, where it has one: moved
// away and back it is the same mail.
func asideRef(mac func(...string) string, in In) Ref {
	return MakeRef("aside", mac("aside", cmp.Or(in.Also, in.ID))[:16])
}

// Fate tells what becomes of a mail whose handling was committed.
func (s *Service) Fate(r Reader, mac func(...string) string, in In) (Fate, error) {
	if in.Mail == nil {
		return Filed, nil
	}
	if survey, err := answersSurvey(r, mac, in.Mail.Token); err != nil || survey {
		return Erased, err
	}
	if !in.Mail.Manned && in.Mail.Sort != "calendar_reply" {
		return Filed, nil // nothing else is set aside: spares most mails a look
	}
	var a aside
	if found, err := r.Load(asideRef(mac, in), &a); err != nil || found {
		return Aside, err
	}
	return Filed, nil
}

// answersSurvey tells whether a token is of a question of a survey, whoever sends
// it: what is said of it must stay nowhere.
func answersSurvey(r Reader, mac func(...string) string, token string) (bool, error) {
	_, out, ok := openToken(mac, token)
	if !ok {
		return false, nil
	}
	q, err := load[ask](r, "ask", out)
	return q != nil && q.about("survey."), err
}

// setAside leaves the mail to people and has the office told: those who read the
// mailbox too find it there, unread; elsewhere it goes to the quarantine.
func (c *conv) setAside() error {
	c.Save(asideRef(c.MAC, c.in), aside{Schema: 1}, asideLife)
	m := c.in.Mail
	if m.Manned && m.Waits.IsZero() {
		return nil // somebody has read it
	}
	return c.unread(Unread{Stays: m.Waits})
}

// forPeople tells a mail that the service must not answer: it came to a mailbox
// that people read too, answers no question, and is not plainly for the service.
func (c *conv) forPeople() (bool, error) {
	m := c.in.Mail
	if !m.Manned || c.asked != nil {
		return false, nil
	}
	if survey, err := answersSurvey(c, c.MAC, m.Token); err != nil || survey {
		return false, err
	}
	if len(m.Files) > 0 {
		return true, nil
	}
	if line := c.onlyLine(); line != "" {
		if _, ok := command(line, nil); ok {
			return false, nil
		}
		q, err := c.question()
		if err != nil {
			return false, err
		}
		if q != nil {
			if _, ok := q.choose(line); ok {
				return false, nil
			}
		}
	}
	if act, ok := sentence(statement(c.text)); ok && act.Verb != "need.tell" {
		return c.person == nil || !c.person.Coordinator && act.Verb != "enrol.colleagues", nil
	}
	return !c.plainNeed(), nil
}

// onlyLine is the one line of a mail that says something, apart from greeting and
// thanks; "" where there are more.
func (c *conv) onlyLine() (only string) {
	for line := range strings.Lines(c.text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "", courtesies[bare(line)] != "":
		case only != "":
			return ""
		default:
			only = line
		}
	}
	return only
}

// trainingWord is how people name what the service is about.
var trainingWord = regexp.MustCompile(`(?i)\b(?:cors[oi]|formazion\w*|formar\w*|fabbisogn\w*|imparar\w*|aggiornament\w*|seminari\w*|webinar)\b`)

// plainNeed tells a need from a letter that only speaks of its topic: it is
// short, names training, is from somebody who is known, and leaves no doubt.
func (c *conv) plainNeed() bool {
	if c.person == nil || len([]rune(c.text)) > 200 || !trainingWord.MatchString(c.text) {
		return false
	}
	return len(c.s.Needs.Read(c.text, "").Recorded) > 0
}
