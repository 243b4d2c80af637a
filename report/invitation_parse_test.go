package report_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"regia/report"
	"regia/training"
)

// TestAnotherProgramReadsTheInvitation reads it with a library of its own: what
// was meant is what a calendar program finds.
func TestAnotherProgramReadsTheInvitation(t *testing.T) {
	from := time.Date(2027, 3, 25, 9, 0, 0, 0, training.Rome())
	inv := report.Invitation{
		UID: "4fzqk2m7x3acw6td@corsi.example", Sequence: 3,
		Title:    "Responsabilità, attività e «perché»; l'accessibilità delle comunicazioni \\ agli uffici del Comune, modulo 2",
		Place:    "Provincia, sala al piano terra;\nviale Matteotti 147",
		Meetings: []training.Meeting{{From: from, To: from.Add(4 * time.Hour)}, {From: from.AddDate(0, 0, 7), To: from.AddDate(0, 0, 7).Add(4 * time.Hour)}},

		Organizer: "corsi@provincia.example", OrganizerName: "ImperiaForma; ufficio: formazione", Attendee: "anna.rossi@comune-dolcedo.example",
	}
	now := time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)
	for _, cancel := range []bool{false, true} {
		inv.Cancel = cancel
		raw := inv.ICS(now)
		if !bytes.Equal(raw, inv.ICS(now)) {
			t.Error("not the same bytes twice")
		}
		cal, err := ics.ParseCalendar(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%v\n%s", err, raw)
		}
		events := cal.Events()
		if len(events) != len(inv.Meetings) {
			t.Fatalf("%d events", len(events))
		}
		uids := map[string]bool{}
		for i, e := range events {
			uids[e.Id()] = true
			start, err := e.GetStartAt()
			end, err2 := e.GetEndAt()
			if err != nil || err2 != nil || !start.Equal(inv.Meetings[i].From) || !end.Equal(inv.Meetings[i].To) {
				t.Errorf("meeting %d: %v–%v, %v %v", i, start, end, err, err2)
			}
			for property, want := range map[ics.ComponentProperty]string{
				ics.ComponentPropertySummary: inv.Title, ics.ComponentPropertyLocation: inv.Place,
				ics.ComponentPropertySequence: "3", ics.ComponentPropertyOrganizer: "mailto:" + inv.Organizer,
				ics.ComponentPropertyAttendee: "mailto:" + inv.Attendee,
			} {
				got := e.GetProperty(property)
				if got == nil || got.Value != want {
					t.Errorf("%s: %+v, want %q", property, got, want)
				}
			}
			if cn := e.GetProperty(ics.ComponentPropertyOrganizer).ICalParameters["CN"]; len(cn) != 1 || cn[0] != inv.OrganizerName {
				t.Errorf("CN: %q", cn)
			}
			if status := e.GetProperty(ics.ComponentPropertyStatus).Value; (status == "CANCELLED") != cancel {
				t.Errorf("status %s, cancel %v", status, cancel)
			}
		}
		if len(uids) != len(events) {
			t.Errorf("two meetings of one UID: %v", uids)
		}
	}
}

// TestInvitationIsTheGoldenFile keeps the form that calendar programs ask of
// an invitation: METHOD, a UID for each meeting, instants in UTC.
func TestInvitationIsTheGoldenFile(t *testing.T) {
	from := time.Date(2027, 3, 25, 9, 0, 0, 0, training.Rome())
	inv := report.Invitation{
		UID: "4fzqk2m7x3acw6td@corsi.example", Sequence: 1, Title: "Scavi e ripristini", Place: "Provincia, sala al piano terra",
		Meetings:  []training.Meeting{{From: from, To: from.Add(4 * time.Hour)}, {From: from.AddDate(0, 0, 7), To: from.AddDate(0, 0, 7).Add(4 * time.Hour)}},
		Organizer: "corsi@provincia.example", OrganizerName: "ImperiaForma", Attendee: "anna.rossi@comune-dolcedo.example",
	}
	got := inv.ICS(time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC))
	want, err := os.ReadFile("testdata/invitation.ics")
	if err != nil {
		t.Fatal(err)
	}
	if want = bytes.ReplaceAll(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n")); !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
