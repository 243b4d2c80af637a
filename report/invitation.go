package report

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"regia/training"
)

// Invitation is an appointment for the calendar of one person.
type Invitation struct {
	UID      string // the same for the invitation, its changes and its end
	Sequence int    // grows with each of them
	Title    string
	Place    string
	Meetings []training.Meeting
	// Organizer is the address that answers are sent to; Attendee that of the
	// person, "" when there is none.
	Organizer, OrganizerName string
	Attendee                 string
	Cancel                   bool
}

// Method is what the calendar program is asked to do.
func (i Invitation) Method() string {
	if i.Cancel {
		return "CANCEL"
	}
	return "REQUEST"
}

// ICS is the invitation as a file (RFC 5545). Each meeting is an event of its
// own: the first bears the UID, the others the UID and their number, so that
// an answer to any of them names the enrolment. Instants are in UTC, which
// every program shows in its own zone.
func (i Invitation) ICS(now time.Time) []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fold(&b, fmt.Sprintf(format, args...)) }
	line("BEGIN:VCALENDAR")
	line("VERSION:2.0")
	line("PRODID:-//Regia//servizio formazione//IT")
	line("METHOD:%s", i.Method())
	for n, m := range i.Meetings {
		line("BEGIN:VEVENT")
		if n == 0 {
			line("UID:%s", escapeICS(i.UID))
		} else {
			line("UID:%s", escapeICS(numbered(i.UID, n+1)))
		}
		line("SEQUENCE:%d", i.Sequence)
		line("DTSTAMP:%s", stamp(now))
		line("DTSTART:%s", stamp(m.From))
		line("DTEND:%s", stamp(m.To))
		line("SUMMARY:%s", escapeICS(i.Title))
		if i.Place != "" {
			line("LOCATION:%s", escapeICS(i.Place))
		}
		if i.Cancel {
			line("STATUS:CANCELLED")
		} else {
			line("STATUS:CONFIRMED")
		}
		if i.Organizer != "" {
			line("ORGANIZER;CN=%s:mailto:%s", quoteICS(i.OrganizerName), i.Organizer)
		}
		if i.Attendee != "" {
			line("ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=TRUE:mailto:%s", i.Attendee)
		}
		line("END:VEVENT")
	}
	line("END:VCALENDAR")
	return []byte(b.String())
}

// numbered puts a number before the host of a UID.
func numbered(uid string, n int) string {
	local, host, found := strings.Cut(uid, "@")
	if !found {
		return fmt.Sprintf("%s-%d", local, n)
	}
	return fmt.Sprintf("%s-%d@%s", local, n, host)
}

func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

var icsText = strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\r\n", "\\n", "\n", "\\n", "\r", "")

func escapeICS(s string) string { return icsText.Replace(s) }

// quoteICS is a parameter: it may hold no quotes and no line breaks.
func quoteICS(s string) string {
	return `"` + strings.Map(func(r rune) rune {
		if r == '"' || r < ' ' {
			return -1
		}
		return r
	}, s) + `"`
}

// fold writes a line of at most 75 bytes and its continuations, never cutting
// a character.
func fold(b *strings.Builder, s string) {
	for limit := 75; len(s) > limit; limit = 74 {
		cut := limit
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		b.WriteString(s[:cut])
		b.WriteString("\r\n ")
		s = s[cut:]
	}
	b.WriteString(s)
	b.WriteString("\r\n")
}
