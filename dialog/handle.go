package dialog

import (
	"fmt"
	"time"

	"regia/training"
)

// Service is what the conversations know of the province they serve: settings
// that change with the configuration, not with the messages.
type Service struct {
	Name     string // what people read: «ImperiaForma»
	Province string // «Provincia di Imperia»
	Office   string // mail address of the training office, for questions on data
	Address  string // mail address of the service itself
	Bot      string // name of the bot, without @
	// Certified says that there is an account of certified mail (PEC), and
	// receipts of what leaves through it.
	Certified bool
	Calendar  training.Calendar
	Model     training.ServiceModel // what comes first
	Topics    training.Catalogue
	Needs     *training.NeedReader
	// UndoWindow is how long a coordinator's action waits before anybody is
	// told.
	UndoWindow time.Duration
	// Decision is how many organizations must ask for a topic before the week
	// proposes a course on it.
	Decision int
}

// verb answers one act of a person.
type verb func(c *conv, a Act) error

// verbs by name; filled by the file of each noun. The names stand in buttons
// that were sent: they are never given another sense.
var verbs = map[string]verb{}

// clockVerb answers a timer or a slot.
type clockVerb func(c *conv, id string) error

var timers, slots = map[string]clockVerb{}, map[string]clockVerb{}

// Handle answers a message. An error means that nothing of it may be kept: one
// of the store is temporary, any other counts as a failure of this message.
func (s *Service) Handle(tx Tx, in In) error {
	c := &conv{Tx: tx, s: s, in: in, now: tx.Now()}
	switch {
	case in.Chat != nil:
		return c.chat(*in.Chat)
	case in.Mail != nil:
		return c.mail(*in.Mail)
	case in.Timer != nil:
		return c.tick(timers, in.Timer.Kind, in.Timer.ID)
	case in.Slot != nil:
		return c.tick(slots, in.Slot.Job, "")
	case in.Sent != nil:
		return c.unsent(*in.Sent)
	case in.Command != nil:
		return c.command(*in.Command)
	case in.Unread != nil:
		return c.unread(*in.Unread)
	}
	return fmt.Errorf("handling %s: a message without content", in.source())
}

// Sorry tells the writer of a message that could not be handled that the
// office will look at it, and has the office told.
func (s *Service) Sorry(tx Tx, in In) error {
	c := &conv{Tx: tx, s: s, in: in, now: tx.Now()}
	var u Unread
	switch {
	case in.Chat != nil && in.Chat.Sort != "group":
		u.Chat = in.Chat.ID
	case in.Mail != nil:
		u.From = in.Mail.From
	case in.Unread != nil:
		return nil // that was what it told
	}
	return c.unread(u)
}

func (c *conv) tick(table map[string]clockVerb, kind, id string) error {
	handle, ok := table[kind]
	if !ok {
		return nil // a job of another version: nothing to do
	}
	return handle(c, id)
}

// chat answers a message in a private chat.
func (c *conv) chat(m Chat) error {
	if m.Sort == "group" {
		return nil
	}
	c.channel = ByChat
	if err := c.whoInChat(m.ID); err != nil {
		return err
	}
	if m.Sort == "blocked" {
		return c.chatLost()
	}
	if err := c.chatFound(); err != nil {
		return err
	}
	switch m.Sort {
	case "button":
		act, err := ParseAct(m.Data)
		if err != nil {
			return c.reply("old_button", nil)
		}
		c.edit = m.Message
		return c.pressed(act)
	case "text":
		c.text = bounded(m.Text)
		return c.understand()
	case "file":
		if m.File != nil && m.File.Size > MaxFile {
			return c.reply("file_large", nil)
		}
		if m.File == nil || m.File.SHA256 == "" {
			return c.reply("file_missing", nil)
		}
	}
	return c.reply("only_text", nil)
}

// mail answers a message from the mailbox.
func (c *conv) mail(m Mail) error {
	c.channel = ByMail
	c.doubt = m.Proof == "fail" || m.Proof == "none"
	switch m.Sort {
	case "bounce":
		return c.bounced(m)
	case "accepted":
		return c.accepted(m)
	case "delivered":
		return c.delivered(m)
	}
	if err := c.whoByMail(m.From); err != nil {
		return err
	}
	c.mailFound(m)
	if m.Sort == "unsubscribe" {
		return c.unsubscribe(m)
	}
	if m.Sort == "calendar_reply" {
		return c.calendarAnswer(m.Calendar)
	}
	c.text, c.answers = bounded(m.Text), m.Answers
	if err := c.readToken(m.Token); err != nil {
		return err
	}
	switch people, err := c.forPeople(); {
	case err != nil:
		return err
	case people:
		return c.setAside()
	}
	if m.Sort == "too_large" {
		if err := c.unread(Unread{}); err != nil { // it is in the quarantine
			return err
		}
		return c.reply("too_large", nil)
	}
	if c.shared != nil {
		return c.fromShared()
	}
	return c.understand()
}

// do answers an act, whatever it came by.
func (c *conv) do(a Act) error {
	handle, ok := verbs[a.Verb]
	if !ok {
		return c.reply("old_button", nil)
	}
	if c.person == nil && !open[a.Verb] {
		return c.welcome()
	}
	if c.person != nil && c.shared != nil && !own[a.Verb] {
		return c.reply("who.unproven", nil)
	}
	if c.doubtful(a) {
		return c.confirm(a)
	}
	if c.person != nil && c.person.Coordinator {
		c.effort()
	}
	return handle(c, a)
}

// open are the verbs for people not known yet.
var open = map[string]bool{"join": true, "join.code": true, "join.mail": true, "help": true, "privacy": true}

// maxText is the longest text that is read, in characters; the rest is cut.
const maxText = 2000

func bounded(s string) string {
	r := []rune(s)
	if len(r) > maxText {
		r = r[:maxText]
	}
	return string(r)
}
