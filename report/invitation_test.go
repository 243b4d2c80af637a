package report

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"regia/training"
)

func sample() Invitation {
	at := time.Date(2027, 3, 11, 9, 0, 0, 0, training.Rome())
	return Invitation{
		UID: "abc@corsi.example", Sequence: 2, Title: "Scavi e ripristini; modulo 1, base",
		Place:     "Provincia di Imperia, sala al piano terra",
		Meetings:  []training.Meeting{{From: at, To: at.Add(4 * time.Hour)}, {From: at.AddDate(0, 0, 28), To: at.AddDate(0, 0, 28).Add(4 * time.Hour)}},
		Organizer: "corsi@provincia.example", OrganizerName: `Imperia"Forma`, Attendee: "anna.rossi@comune-dolcedo.example",
	}
}

func TestInvitationHasOneEventForEachMeeting(t *testing.T) {
	got := string(sample().ICS(time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)))
	unfolded := strings.ReplaceAll(got, "\r\n ", "")
	for _, want := range []string{
		"METHOD:REQUEST\r\n", "UID:abc@corsi.example\r\n", "UID:abc-2@corsi.example\r\n", "SEQUENCE:2\r\n",
		// Summer time begins between the two.
		"DTSTART:20270311T080000Z\r\n", "DTSTART:20270408T070000Z\r\n",
		`SUMMARY:Scavi e ripristini\; modulo 1\, base` + "\r\n", `ORGANIZER;CN="ImperiaForma":mailto:corsi@provincia.example` + "\r\n",
	} {
		if !strings.Contains(unfolded, want) {
			t.Errorf("no %q in\n%s", want, unfolded)
		}
	}
	for line := range strings.SplitSeq(got, "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}

func TestCancellationHasTheSameUID(t *testing.T) {
	i := sample()
	i.Cancel, i.Sequence = true, 3
	got := string(i.ICS(time.Unix(0, 0)))
	for _, want := range []string{"METHOD:CANCEL", "STATUS:CANCELLED", "UID:abc@corsi.example", "SEQUENCE:3"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestFoldingCutsNoCharacter(t *testing.T) {
	i := sample()
	i.Title = strings.Repeat("perché così è più ", 20) + "\nSUMMARY:falso"
	got := string(i.ICS(time.Unix(0, 0)))
	for line := range strings.SplitSeq(got, "\r\n") {
		if !utf8.ValidString(line) {
			t.Errorf("cut in a character: %q", line)
		}
	}
	if strings.Contains(strings.ReplaceAll(got, "\r\n ", ""), "\r\nSUMMARY:falso") {
		t.Error("a title can write lines of its own")
	}
}
