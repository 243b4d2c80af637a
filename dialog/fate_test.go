package dialog_test

import (
	"strings"
	"testing"
	"time"

	"regia/dialog"
	"regia/dialog/dialogtest"
	"regia/training"
)

// In a mailbox that people read too the service answers what is plainly for it,
// and leaves the rest to them, without a word to its writer.
func TestAMailboxThatPeopleReadToo(t *testing.T) {
	marco, anna, nobody := actors["marco"], actors["anna"], "sindaco@comune-airole.example"
	letter := "Buongiorno, in allegato la determina di affidamento del corso sugli appalti sotto soglia che abbiamo svolto in autunno con la ditta di Savona, come richiesto per telefono dalla collega. Vi prego di confermare la ricezione e di dirmi se serve altro per il pagamento. Cordiali saluti"
	for _, c := range []struct {
		what, from, text, sort string
		token, files, answered bool
	}{
		{what: "a command", from: marco, text: "corsi", answered: true},
		{what: "a command below a greeting", from: marco, text: "Buongiorno,\nle mie iscrizioni\nGrazie", answered: true},
		{what: "a need that begins as needs do", from: marco, text: "mi serve un corso sugli appalti", answered: true},
		{what: "a need in few words", from: marco, text: "vorrei un corso sugli appalti sotto soglia", answered: true},
		{what: "a command of somebody unknown", from: nobody, text: "ci sono", answered: true},
		{what: "a command from an address that several read", from: registry, text: "corsi", answered: true},
		{what: "an answer with its token", from: anna, text: "non saprei proprio", token: true, answered: true},
		{what: "a command with a letter below", from: marco, text: "Privacy\n\nVi mandiamo la nomina a responsabile del trattamento."},
		{what: "a letter that begins as a need does", from: marco, text: "Mi serve una copia della convenzione firmata entro domani"},
		{what: "the same of somebody unknown", from: nobody, text: "Mi serve una copia della convenzione firmata entro domani"},
		{what: "what only the office says", from: marco, text: "Sono in ferie fino al 20 gennaio, vi mando la convenzione al rientro."},
		{what: "what sounds like a command of the office", from: marco, text: "Nuovo corso di inglese alla biblioteca: vi mando la locandina"},
		{what: "a meeting on a topic", from: marco, text: "Ci vediamo giovedì per la gara d'appalto della mensa"},
		{what: "a command of the office", from: actors["carla"], text: "assente dal 3 al 10 marzo", answered: true},
		{what: "colleagues to enrol", from: marco, text: "iscrivi al corso 1: rossi", answered: true},
		{what: "a letter that speaks of a topic", from: marco, text: letter},
		{what: "a need with a file", from: marco, text: "vorrei un corso sugli appalti sotto soglia", files: true},
		{what: "words that nobody understands", from: marco, text: "Come da accordi di ieri, a domani"},
		{what: "a greeting", from: marco, text: "Buongiorno"},
		{what: "a letter of somebody unknown", from: nobody, text: "Vorrei parlare con qualcuno della convenzione"},
		{what: "a need of somebody unknown", from: nobody, text: "vorrei un corso sugli appalti sotto soglia"},
		{what: "a letter from an address that several read", from: registry, text: "Vi inviamo il modulo firmato"},
		{what: "something too large", from: marco, sort: "too_large"},
		{what: "an answer to the invitation of another service", from: nobody, sort: "calendar_reply"},
	} {
		w, _ := reminded(t)
		must := mustly(t)
		m := dialog.Mail{From: c.from, Text: c.text, Sort: c.sort, Manned: true, Waits: w.Now}
		if c.sort == "" {
			m.Sort = "reply"
		}
		if c.files {
			m.Files = []dialog.File{{SHA256: "a", Name: "determina.pdf"}}
		}
		if c.token {
			m.Token = lastMail(w, c.from, "reminder").Rendered.Token
		}
		if c.sort == "calendar_reply" {
			m.Calendar = &dialog.Answer{UID: "riunione@altro.example", Status: "ACCEPTED", Attendee: c.from}
		}
		in := dialog.In{ID: "mail:h:INBOX:1.1", Mail: &m}
		heard := len(w.Got)
		must(w.Handle(in))
		fate, err := w.Service.Fate(w.Reader(), dialogtest.MAC, in)
		must(err)
		if said := len(w.Got) > heard; said != c.answered || (fate == dialog.Aside) == c.answered {
			t.Errorf("%s: answered %v, fate %v", c.what, said, fate)
		}
		if told := strings.Contains(w.Dump(), `"stay":1`); told == c.answered {
			t.Errorf("%s: the office is told: %v", c.what, told)
		}
	}
}

// What somebody has read there already is not told; a second letter within a day
// of somebody unknown is not answered, so it stays.
func TestWhatPeopleHaveReadIsNotTold(t *testing.T) {
	w := dialogtest.NewWorld(service(), time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
	must := mustly(t)
	must(w.Import(roster...))
	for i, want := range []dialog.Fate{dialog.Filed, dialog.Aside} {
		in := dialog.In{ID: "mail:h:INBOX:1." + string(rune('1'+i)), Mail: &dialog.Mail{From: actors["nuova"], Text: "ci sono", Sort: "reply", Manned: true}}
		must(w.Handle(in))
		if fate, err := w.Service.Fate(w.Reader(), dialogtest.MAC, in); fate != want || err != nil {
			t.Errorf("letter %d: %v %v", i+1, fate, err)
		}
	}
	if strings.Contains(w.Dump(), `"stay"`) {
		t.Error("the office is told of what was read")
	}
}

// An answer to a survey stays nowhere, whoever sends it: also where people read
// the mailbox too.
func TestAnAnswerToASurveyStaysNowhere(t *testing.T) {
	w, _ := reminded(t)
	must := mustly(t)
	must(w.Advance(time.Date(2027, 3, 11, 14, 0, 0, 0, training.Rome())))
	survey := lastMail(w, actors["anna"], "survey.mail")
	if survey == nil {
		t.Fatal("nobody was asked")
	}
	for _, from := range []string{actors["anna"], actors["marco"], registry, "anna@altrove.example"} {
		for _, manned := range []bool{false, true} {
			in := dialog.In{Mail: &dialog.Mail{From: from, Token: survey.Rendered.Token, Text: "5 4 4 9", Sort: "reply", Manned: manned, Waits: w.Now}}
			must(w.Handle(in))
			if fate, err := w.Service.Fate(w.Reader(), dialogtest.MAC, in); fate != dialog.Erased || err != nil {
				t.Errorf("from %s, people read it too %v: %v %v", from, manned, fate, err)
			}
		}
	}
}

// A letter that was left for people stays with them under a new id, too.
func TestALetterMovedAwayAndBackStaysForPeople(t *testing.T) {
	w, _ := reminded(t)
	must := mustly(t)
	in := dialog.In{ID: "mail:h:INBOX:1.1", Also: "mail=x", Mail: &dialog.Mail{From: actors["marco"], Text: "A domani", Sort: "reply", Manned: true, Waits: w.Now}}
	must(w.Handle(in))
	in.ID = "mail:h:INBOX:1.2" // the store says that it was handled
	if fate, err := w.Service.Fate(w.Reader(), dialogtest.MAC, in); fate != dialog.Aside || err != nil {
		t.Errorf("%v %v", fate, err)
	}
}
