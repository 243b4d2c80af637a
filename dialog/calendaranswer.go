package dialog

import "regia/training"

// calendarAnswer takes the answer to an invitation, from its attendee only and
// to the invitation as it is now; «forse» changes nothing. Any other, and nil for
// what answers no invitation, is for a person, where somebody known wrote it.
func (c *conv) calendarAnswer(given *Answer) error {
	a := Answer{}
	if given != nil {
		a = *given
	}
	edition, invited, ok := splitUID(a.UID)
	if ok && c.shared != nil { // it can only be whoever was invited there
		if err := c.setPerson(invited); err != nil {
			return err
		}
	}
	if ok {
		var err error
		if ok, err = c.answersInvitation(edition, invited, a); err != nil {
			return err
		}
	}
	switch {
	case ok && a.Status == "ACCEPTED":
		return c.do(Act{Verb: "coming", ID: edition})
	case ok && a.Status == "DECLINED":
		return c.do(Act{Verb: "give_up", ID: edition})
	case ok, !c.in.Mail.Manned && (c.doubt || c.person == nil && c.shared == nil):
		return nil
	}
	if c.shared != nil {
		c.person = nil // whom the answer names is not who wrote it
	}
	if err := c.setAside(); err != nil || c.in.Mail.Manned {
		return err
	}
	return c.reply("invitation.aside", nil)
}

// answersInvitation tells whether the writer is who was invited, and answers the
// invitation that went out last; what takes nothing may answer an older one.
func (c *conv) answersInvitation(edition, invited string, a Answer) (bool, error) {
	if c.person == nil || c.person.ID != invited {
		return false, nil
	}
	if mail, _ := c.person.Mail(); mail != c.in.Mail.From {
		return false, nil
	}
	en, err := c.enrolled(edition, invited)
	if err != nil || en == nil {
		return false, err
	}
	if a.Status == "TENTATIVE" || a.Status == "DECLINED" && !en.Live() {
		return true, nil
	}
	e, err := load[training.CourseEdition](c, "edition", edition)
	return e != nil && a.Sequence >= invitationSequence(e, en), err
}
