package dialog

import (
	"crypto/subtle"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"regia/training"
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
	open["start"], open["here"], open["cancel"] = true, true, true
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

// stranger answers words of somebody who is not linked. By mail the answer is
// the same for known and unknown addresses, and the focal point decides.
func (c *conv) stranger() error {
	if c.channel == ByChat {
		if strings.Contains(c.text, "@") {
			return joinMail(c, Act{})
		}
		return c.welcome()
	}
	if c.guest.Ends.After(c.now) {
		return nil // answered already: one answer in 24 hours, so that robots do not talk
	}
	c.guest.Ends = c.now.Add(24 * time.Hour)
	if err := c.reply("join.mail_received", nil); err != nil {
		return err
	}
	if c.shared {
		return nil
	}
	return c.askFocalPoint()
}

// askFocalPoint asks the focal point of the organization that owns the domain
// of the unknown address for a yes or no.
func (c *conv) askFocalPoint() error {
	_, domain, _ := strings.Cut(c.guest.Mail, "@")
	owner, err := load[link](c, "domain", c.MAC("domain", domain))
	if err != nil || owner == nil {
		return err
	}
	org, err := load[training.Organization](c, "org", owner.Org)
	if err != nil || org == nil || org.FocalPoint == "" {
		return err
	}
	return c.tell(org.FocalPoint, Out{Text: "join.unknown", Args: Args{"guest": c.guest.ID, "org": org.ID}, Choices: []Choice{
		{Text: "choice.yes", Act: Act{Verb: "join.accept", ID: c.guest.ID}},
		{Text: "choice.no", Act: Act{Verb: "join.refuse", ID: c.guest.ID}},
	}})
}

func start(c *conv, a Act) error {
	if c.person == nil {
		return c.welcome()
	}
	pos, _, err := c.position()
	if err != nil {
		return err
	}
	return c.reply("join.linked", Args{"org": pos.Organization})
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
		many, err := c.countCode(l.Person)
		if err != nil {
			return err
		}
		if many {
			c.guest.Claims = "" // no code was sent: none is right
		} else if err := c.post(Out{To: l.Person, Channel: ByMail, Text: "join.code_mail", Args: Args{"code": c.guest.Code}}); err != nil {
			return err
		}
	} else {
		other := *c
		other.channel = ByMail
		if err := other.setGuest(Guest{ID: "g" + c.MAC("address", address)[:15], Mail: address}); err != nil {
			return err
		}
		if !other.guest.Ends.After(c.now) {
			other.guest.Ends = c.now.Add(24 * time.Hour)
			other.saveGuest()
			if l == nil {
				if err := other.askFocalPoint(); err != nil {
					return err
				}
			}
		}
	}
	return c.ask("join.code_sent", nil, Act{Verb: "join.code"})
}

// codes counts those sent to one person, whichever chat asked for them, so that
// nobody can guess one by asking from many chats.
type codes struct {
	Sent   int       `json:"sent"`
	Since  time.Time `json:"since"`
	Schema int       `json:"schema"`
}

func (c *conv) countCode(person string) (many bool, err error) {
	sent, err := load[codes](c, "codes", person)
	if err != nil {
		return false, err
	}
	if sent == nil || c.now.Sub(sent.Since) >= 24*time.Hour {
		sent = &codes{Since: c.now, Schema: 1}
	}
	sent.Sent++
	c.Save(MakeRef("codes", person), sent, 48*time.Hour)
	return sent.Sent > 2*codesADay, nil
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

// joinAccept takes an unknown address in: the focal point knows the person.
func joinAccept(c *conv, a Act) error {
	g, org, err := c.claim(a)
	if g == nil || err != nil {
		return err
	}
	key := c.MAC("address", g.Mail)
	taken, err := load[link](c, "address", key)
	if err != nil || taken != nil {
		return c.otherwise(err, "join.already", nil)
	}
	local, _, _ := strings.Cut(g.Mail, "@")
	first, last, _ := strings.Cut(local, ".")
	p := training.Person{
		ID: c.NewID("person"), First: capital(first), Last: capital(last), Schema: 1,
		Addresses: []training.Address{{Mail: g.Mail, Kind: training.Personal}},
		Positions: []training.Position{{Organization: org.ID, Relation: training.Employee, From: c.now}},
	}
	c.save("person", p.ID, p)
	c.save("address", key, link{Person: p.ID, Schema: 1})
	c.Enlist("people:"+org.ID, p.ID)
	c.Delete(MakeRef("guest", g.ID))
	if err := c.tell(p.ID, Out{Text: "join.accepted", Args: Args{"org": org.ID}}); err != nil {
		return err
	}
	return c.reply("join.accept_done", Args{"person": p.ID})
}

func joinRefuse(c *conv, a Act) error {
	g, _, err := c.claim(a)
	if g == nil || err != nil {
		return err
	}
	c.Delete(MakeRef("guest", g.ID))
	return c.reply("join.refuse_done", nil)
}

// claim is the unknown address and the organization, where the writer speaks
// for it.
func (c *conv) claim(a Act) (*Guest, *training.Organization, error) {
	_, org, err := c.position()
	if err != nil {
		return nil, nil, err
	}
	if !org.Speaks(c.person.ID) {
		return nil, nil, c.reply("not_yours", nil)
	}
	g, err := load[Guest](c, "guest", a.ID)
	if err != nil || g == nil || g.Mail == "" {
		return nil, nil, c.otherwise(err, "join.gone", nil)
	}
	return g, &org, nil
}

// here is «ci sono» by mail: the person wants mail, and is known to read it.
func here(c *conv, a Act) error {
	if c.person == nil {
		return c.stranger()
	}
	if c.channel == ByMail {
		c.person.MailOnly, c.person.Left = true, false
		if c.person.Chat == 0 {
			c.person.Prefers = "mail"
		}
		c.savePerson()
	}
	return start(c, a)
}

func leave(c *conv, a Act) error {
	return c.reply("leave.sure", nil, yesNo(Act{Verb: "leave.yes"})...)
}

// leaveYes unlinks the chat; the register of certificates stays.
func leaveYes(c *conv, a Act) error {
	c.unlinkChat()
	c.person.Left = true
	c.savePerson()
	return c.farewell("leave.done")
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
	return []Choice{{Text: "choice.yes", Act: yes}, {Text: "choice.no", Act: Act{Verb: "cancel"}}}
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
