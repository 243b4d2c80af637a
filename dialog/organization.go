package dialog

import (
	"strings"

	"regia/training"
)

func init() {
	verbs["orgs"] = coordinators(orgs)
	verbs["qr"] = invitationQR
}

// orgs lists the organizations with somebody in the list of people, and those
// without a focal point.
func orgs(c *conv, a Act) error {
	ids, err := c.List("orgs", "", 1000)
	if err != nil {
		return err
	}
	var bare []string
	served := 0
	for _, id := range ids {
		org, err := load[training.Organization](c, "org", id)
		if err != nil {
			return err
		}
		people, err := c.List("people:"+id, "", 1)
		if err != nil {
			return err
		}
		if len(people) == 0 || org == nil {
			continue
		}
		served++
		if org.FocalPoint == "" && org.Kind != training.Province && len(bare) < 15 {
			bare = append(bare, id)
		}
	}
	return c.reply("orgs", Args{"n": itoa(served), "all": itoa(len(ids)), "missing": strings.Join(bare, ",")})
}

// invitationQR gives a focal point, or the office, the link and the QR that
// colleagues open to join in chat.
func invitationQR(c *conv, a Act) error {
	_, org, err := c.position()
	if err != nil {
		return err
	}
	if !org.Speaks(c.person.ID) && !c.person.Coordinator {
		return c.reply("colleague.not_focal", nil)
	}
	if c.s.Bot == "" {
		return c.reply("qr.none", nil)
	}
	return c.answer(Out{Text: "qr", Args: Args{"org": org.ID}, Attach: []string{"qr:" + org.ID}})
}
