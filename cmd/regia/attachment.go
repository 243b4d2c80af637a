package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"regia/dialog"
	"regia/report"
)

// finishAttachments makes files of the attachments that the conversations only
// describe.
func finishAttachments(r *dialog.Rendered, service *dialog.Service, now time.Time) error {
	for i, a := range r.Attach {
		if a.Type == dialog.LinkType {
			png, err := report.QR(string(a.Body))
			if err != nil {
				return fmt.Errorf("qr: %w", err)
			}
			r.Attach[i].Type, r.Attach[i].Body = "image/png", png
			continue
		}
		if a.Type != dialog.InvitationType {
			continue
		}
		var d dialog.Invitation
		if err := json.Unmarshal(a.Body, &d); err != nil {
			return fmt.Errorf("invitation: %w", err)
		}
		inv := report.Invitation{
			UID: d.UID, Sequence: d.Sequence, Title: d.Title, Place: d.Place, Meetings: d.Meetings,
			Organizer: service.Address, OrganizerName: service.Name, Attendee: d.Attendee, Cancel: d.Cancel,
		}
		if _, host, found := strings.Cut(service.Address, "@"); found {
			inv.UID += "@" + host
		}
		r.Attach[i].Type, r.Attach[i].Method, r.Attach[i].Body = "text/calendar", inv.Method(), inv.ICS(now)
	}
	return nil
}
