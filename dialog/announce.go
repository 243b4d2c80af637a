package dialog

import (
	"crypto/hmac"
	"slices"

	"regia/training"
)

func init() {
	verbs["announce.off"] = func(c *conv, a Act) error { return c.announce(false) }
	verbs["announce.on"] = func(c *conv, a Act) error { return c.announce(true) }
}

// announcements are texts to many who did not ask for them: they carry the
// address that ends them, and do not go to who ended them. What somebody asked
// for, and what is about their own seat, is none.
var announcements = map[string]bool{"edition.for_office": true}

// announce has announcements come, or no more.
func (c *conv) announce(on bool) error {
	c.person.NoAnnouncements = !on
	c.savePerson()
	if on {
		return c.reply("announce.on", nil)
	}
	return c.reply("announce.off", nil)
}

// UnsubscribeToken is the tail of the address that ends the announcements to a
// person. The 1 in front is no base32: it is never taken for a [Token].
func UnsubscribeToken(mac func(...string) string, person string) string {
	return "1" + person + mac("unsubscribe", person)[:16]
}

// unsubscribe takes a mail to that address; it counts from an address of the
// person only, as announcements are forwarded.
func (c *conv) unsubscribe(m Mail) error {
	if len(m.Token) != 33 {
		return nil
	}
	p, err := load[training.Person](c, "person", m.Token[1:17])
	if err != nil || p == nil || !hmac.Equal([]byte(m.Token), []byte(UnsubscribeToken(c.MAC, p.ID))) ||
		!slices.ContainsFunc(p.Addresses, func(a training.Address) bool { return a.Mail == m.From }) {
		return err
	}
	c.person, c.sure = p, !c.doubt
	return c.do(Act{Verb: "announce.off"})
}
