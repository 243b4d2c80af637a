package dialog

import (
	"crypto/subtle"
	"fmt"
	"net/mail"
	"strings"
	"time"
)

func init() {
	verbs["start"] = start
	verbs["join"] = join
	verbs["join.mail"] = joinMail
	verbs["join.code"] = joinCode
	verbs["join.accept"] = joinAccept
	verbs["join.refuse"] = joinRefuse
	verbs["here"] = here
	verbs["leave"] = leave
	verbs["leave.yes"] = leaveYes
	open["start"], open["here"], open["cancel"], open["no"] = true, true, true, true
}

const (
	codeLife  = 15 * time.Minute
	codeTries = 5
	codesADay = 5
)

// welcome greets somebody who is not known and asks for the work e-mail.
func (c *conv) welcome() error {
	if c.channel == ByMail {
		return c.stranger()
	}
	return c.ask("join.welcome", nil, Act{Verb: "join.mail"})
}

func start(c *conv, a Act) error {
	if c.person == nil {
		return c.welcome()
	}
	pos, _, err := c.position()
	if err != nil {
		return err
	}
	return c.reply("join.linked", Args{"org": pos.Organization, c.first(): "1"})
}

// first names what people are shown first in the model of the province: its
// courses, or the question what they need.
func (c *conv) first() string {
	if c.s.Model.NeedsFirst() {
		return "needs"
	}
	return "courses"
}

func join(c *conv, a Act) error { return c.welcome() }

// joinMail takes the work address and sends a code there. Whether it is known
// is not told: the answer is the same.
func joinMail(c *conv, a Act) error {
	if c.guest == nil {
		return start(c, a)
	}
	parsed, err := mail.ParseAddress(strings.TrimSpace(strings.TrimPrefix(firstLine(c.text), "mailto:")))
	if err != nil || len(parsed.Address) > 254 {
		return c.ask("join.not_mail", nil, Act{Verb: "join.mail"})
	}
	address := strings.ToLower(parsed.Address)
	if !c.guest.Ends.After(c.now.Add(-24 * time.Hour)) {
		c.guest.Sent = 0
	}
	if c.guest.Sent >= codesADay {
		return c.reply("join.too_many", nil)
	}
	l, err := load[link](c, "address", c.MAC("address", address))
	if err != nil {
		return err
	}
	c.guest.Claims, c.guest.Tries = "", 0
	c.guest.Code, c.guest.Ends = c.NewID("code"), c.now.Add(codeLife)
	c.guest.Sent++
	if l != nil && !l.Shared {
		c.guest.Claims = l.Person
		many, err := c.tooMany(l.Person, 2*codesADay)
		if err != nil {
			return err
		}
		if many {
			c.guest.Claims = "" // no code was sent: none is right
		} else if err := c.post(Out{To: l.Person, Channel: ByMail, Reply: true, Text: "join.code_mail", Args: Args{"code": c.guest.Code}}); err != nil {
			return err
		}
	} else {
		other := *c
		other.channel = ByMail
		if err := other.setGuest(Guest{ID: boxID(c.MAC, address), Mail: address}); err != nil {
			return err
		}
		if !other.guest.Ends.After(c.now) {
			other.guest.Ends = c.now.Add(24 * time.Hour)
			other.saveGuest()
			tell := other.askFocalPoint
			if l != nil { // several read it: a code there would prove nothing
				tell = func() error { return other.reply("who.no_chat", nil) }
			}
			if err := tell(); err != nil {
				return err
			}
		}
	}
	return c.ask("join.code_sent", nil, Act{Verb: "join.code"})
}

// codes counts those sent to one person, whichever chat asked for them, so that
// nobody can guess one by asking from many chats; and what was asked of one
// shared address, or about strangers to one organization.
type codes struct {
	Sent   int       `json:"sent"`
	Since  time.Time `json:"since"`
	Schema int       `json:"schema"`
}

// tooMany counts one more in a day, and tells whether that is above the most.
func (c *conv) tooMany(id string, most int) (bool, error) {
	sent, err := load[codes](c, "codes", id)
	if err != nil {
		return false, err
	}
	if sent == nil || c.now.Sub(sent.Since) >= 24*time.Hour {
		sent = &codes{Since: c.now, Schema: 1}
	}
	sent.Sent++
	c.Save(MakeRef("codes", id), sent, 48*time.Hour)
	return sent.Sent > most, nil
}

// codeOf is the six-digit code of a challenge: it is derived, never stored.
func codeOf(mac func(...string) string, id string) string {
	var n uint64
	for _, b := range []byte(mac("code", id)) {
		n = n*31 + uint64(b)
	}
	return fmt.Sprintf("%06d", n%1_000_000)
}

func joinCode(c *conv, a Act) error {
	g := c.guest
	if g == nil {
		return start(c, a)
	}
	if strings.Contains(c.text, "@") {
		return joinMail(c, a)
	}
	said := strings.Map(digits, c.text)
	switch {
	case g.Code == "" || !c.now.Before(g.Ends):
		return c.ask("join.code_expired", nil, Act{Verb: "join.mail"})
	case g.Tries >= codeTries:
		return c.ask("join.code_tries", nil, Act{Verb: "join.mail"})
	case g.Claims == "" || subtle.ConstantTimeCompare([]byte(said), []byte(codeOf(c.MAC, g.Code))) != 1:
		g.Tries++
		return c.ask("join.code_wrong", Args{"n": itoa(codeTries - g.Tries)}, Act{Verb: "join.code"})
	}
	return c.linkChat(g.Claims, g.Chat)
}

func digits(r rune) rune {
	if r < '0' || r > '9' {
		return -1
	}
	return r
}

// linkChat makes the chat the person's, in place of one linked before.
func (c *conv) linkChat(person string, chat int64) error {
	c.Delete(MakeRef("guest", c.guest.ID))
	c.Delete(MakeRef("talk", c.guest.ID))
	if err := c.setPerson(person); err != nil || c.person == nil {
		return err
	}
	if old := c.person.Chat; old != 0 && old != chat {
		c.Delete(MakeRef("chat", c.MAC("chat", itoa(old))))
	}
	c.person.Chat, c.person.ChatLost, c.person.Left = chat, false, false
	c.savePerson()
	c.save("chat", c.MAC("chat", itoa(chat)), link{Person: person, Schema: 1})
	c.guest = nil
	if c.person.Coordinator {
		return c.reply("join.coordinator", nil)
	}
	return start(c, Act{})
}

func leave(c *conv, a Act) error {
	return c.reply("leave.sure", nil, yesNo(Act{Verb: "leave.yes"})...)
}

// leaveYes unlinks the chat; the register of certificates stays.
func leaveYes(c *conv, a Act) error {
	if c.channel == ByMail && !c.sure {
		return c.confirm(a)
	}
	c.unlinkChat()
	c.person.Left = true
	c.savePerson()
	return c.farewell("leave.done")
}

// comeBack has messages come again to somebody who left.
func (c *conv) comeBack() {
	if c.person.Left {
		c.person.Left = false
		c.savePerson()
	}
}

// farewell is the last answer in a chat that was just forgotten: it goes to
// the chat's guest.
func (c *conv) farewell(key string) error {
	if c.channel == ByChat {
		c.person = nil
		if err := c.setGuest(Guest{ID: "g" + c.MAC("chat", itoa(c.in.Chat.ID))[:15], Chat: c.in.Chat.ID, Schema: 1}); err != nil {
			return err
		}
	}
	return c.reply(key, nil)
}

// unlinkChat forgets the chat of the person.
func (c *conv) unlinkChat() {
	if c.person.Chat == 0 {
		return
	}
	c.Delete(MakeRef("chat", c.MAC("chat", itoa(c.person.Chat))))
	c.person.Chat, c.person.ChatLost = 0, false
}

func yesNo(yes Act) []Choice {
	return []Choice{{Text: "choice.yes", Act: yes}, {Text: "choice.no", Act: Act{Verb: "no"}}}
}

// otherwise gives the error of the store, or answers with the text.
func (c *conv) otherwise(err error, key string, args Args) error {
	if err != nil {
		return err
	}
	return c.reply(key, args)
}

func capital(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}
