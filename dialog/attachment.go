package dialog

import (
	"encoding/json"
	"fmt"
	"strings"

	"regia/training"
)

// attachment makes or reads what goes with a message.
func (v view) attachment(name string) (*Attachment, error) {
	kind, id, _ := strings.Cut(name, ":")
	switch kind {
	case "ics":
		return v.invitation(id)
	case "qr":
		return &Attachment{Name: "entra-nel-servizio.png", Type: LinkType, Body: []byte(v.link(id)), Inline: true}, nil
	case "mydata":
		body, err := MyData(v.r, id)
		if err != nil || body == nil {
			return nil, err
		}
		return &Attachment{Name: "i-miei-dati.json", Type: "application/json", Body: body}, nil
	}
	return nil, fmt.Errorf("no attachment of the kind %q", kind)
}

// invitation is the data of a calendar entry, as JSON: whoever sends the
// message has it made into a file, dialog knows no formats.
func (v view) invitation(id string) (*Attachment, error) {
	en, err := load[training.Enrollment](v.r, "enrollment", id)
	if err != nil || en == nil {
		return nil, err
	}
	e, err := load[training.CourseEdition](v.r, "edition", en.Edition)
	if err != nil || e == nil {
		return nil, err
	}
	inv := Invitation{
		UID: id, Sequence: invitationSequence(e, en), Title: e.Title, Place: e.Venue, Meetings: e.Meetings,
		Cancel: en.State == training.Cancelled || e.State == training.EditionCancelled,
	}
	if p, err := load[training.Person](v.r, "person", en.Person); err != nil {
		return nil, err
	} else if p != nil {
		inv.Attendee, _ = p.Mail()
	}
	body, err := json.Marshal(inv)
	return &Attachment{Name: "appuntamento.ics", Type: InvitationType, Body: body}, err
}

// invitationSequence grows with each change of the edition and of the seat.
func invitationSequence(e *training.CourseEdition, en *training.Enrollment) int {
	return e.Sequence + en.Sequence
}

// link opens the chat with the service for people of an organization.
func (v view) link(org string) string { return "https://t.me/" + v.s.Bot + "?start=" + org }

// LinkType marks an attachment whose body is an address to be shown as a QR.
const LinkType = "application/vnd.regia.link"

// InvitationType marks an attachment whose body is an Invitation.
const InvitationType = "application/vnd.regia.invitation+json"

// Invitation is a calendar entry before it is a file.
type Invitation struct {
	UID      string             `json:"uid"`
	Sequence int                `json:"sequence"`
	Title    string             `json:"title"`
	Place    string             `json:"place"`
	Attendee string             `json:"attendee"`
	Meetings []training.Meeting `json:"meetings"`
	Cancel   bool               `json:"cancel"`
}

// splitUID takes the uid of an invitation apart.
func splitUID(uid string) (edition, person string, ok bool) {
	uid, _, _ = strings.Cut(uid, "@")
	edition, person, ok = strings.Cut(uid, ".")
	if len(person) > 16 {
		person = person[:16]
	}
	return edition, person, ok && len(edition) == 16 && len(person) == 16
}
