package dialog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"regia/dialog"
	"regia/dialog/dialogtest"
	"regia/training"
)

// lasting is what is stored and is more than a question or a counter.
func lasting(w *dialogtest.World) string {
	var all []string
	for line := range strings.Lines(w.Dump()) {
		switch kind, _, _ := strings.Cut(line, ":"); kind {
		case "ask", "talk", "brake", "mailed", "pending", "guest", "codes", "week", "unsigned":
		default:
			all = append(all, line)
		}
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

// enrolments are what is stored of who takes part.
func enrolments(w *dialogtest.World) string {
	var all []string
	for line := range strings.Lines(w.Dump()) {
		if strings.HasPrefix(line, "enrollment:") || strings.HasPrefix(line, "edition:") {
			all = append(all, line)
		}
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

// writes hands in a mail as it is after the mailbox: from an address, with a
// token and what the own server says of it.
func writes(t *testing.T, w *dialogtest.World, from, token, proof, text string) {
	t.Helper()
	mustly(t)(w.Handle(dialog.In{Mail: &dialog.Mail{From: from, Token: token, Proof: proof, Text: text, Sort: "reply"}}))
}

// A From that anybody can write changes nothing, whatever it asks for and
// whoever it names: at most a question goes to the address of the roster.
func TestAForgedSenderChangesNothing(t *testing.T) {
	w, _ := reminded(t)
	reminder := lastMail(w, actors["anna"], "reminder").Rendered.Token
	for _, proof := range []string{"", "none", "fail"} {
		for _, c := range []struct{ from, text string }{
			{"anna", "rinuncio"},
			{"anna", "basta avvisi"},
			{"anna", "avvisami"},
			{"bruno", "preferisco la chat"},
			{"anna", "cancellami"},
			{"anna", "esci"},
			{"anna", "sì"},
			{"anna", "1"},
			{"anna", "i miei dati"},
			{"franca", "iscrivi al corso 1: piero"},
			{"carla", "cancella corso prova"},
			{"carla", "apri 1"},
			{"carla", "assenti: rossi"},
			{"carla", "assente dal 15 al 19 marzo"},
			{"carla", "annulla"},
			{"carla", "sì"},
		} {
			before, heard := lasting(w), len(w.Got)
			writes(t, w, actors[c.from], "", proof, c.text)
			if after := lasting(w); after != before {
				t.Errorf("%s writes %q, proof %q:\n%s\nbecame\n%s", c.from, c.text, proof, before, after)
			}
			for _, m := range w.Got[heard:] {
				if m.Rendered.Address != actors[c.from] {
					t.Errorf("%s writes %q: %s reaches %s", c.from, c.text, m.Out.Text, m.Rendered.Address)
				}
			}
			mustly(t)(w.Advance(w.Now.Add(10 * time.Minute)))
		}
		// The token of somebody else, one that was made up, and one cut short.
		for _, token := range []string{lastMail(w, actors["bruno"], "reminder").Rendered.Token, strings.Repeat("a", 48), reminder[:47], reminder[:32] + strings.Repeat("2", 16)} {
			before := lasting(w)
			writes(t, w, actors["anna"], token, proof, "sì")
			if lasting(w) != before {
				t.Errorf("the token %s with proof %q changed something", token, proof)
			}
		}
	}
	// Six months later its own token opens nothing.
	mustly(t)(w.Advance(w.Now.Add(181 * 24 * time.Hour)))
	before := lasting(w)
	writes(t, w, actors["anna"], reminder, "pass", "sì")
	if lasting(w) != before {
		t.Error("an expired token changed something")
	}
}

// Where the own server does not vouch for the writer, an answer with its token
// counts once the question that asks for it was answered, and that once.
func TestADoubtfulAnswerIsAskedBack(t *testing.T) {
	for _, proof := range []string{"none", "fail"} {
		w, _ := reminded(t)
		anna := actors["anna"]
		before := lasting(w)
		writes(t, w, anna, lastMail(w, anna, "reminder").Rendered.Token, proof, "Sì, vengo")
		ask := lastMail(w, anna, "confirm")
		if lasting(w) != before || ask == nil || !strings.Contains(ask.Rendered.Body, "Sì, vengo") {
			t.Fatalf("proof %q: %+v", proof, ask)
		}
		writes(t, w, anna, lastMail(w, actors["bruno"], "reminder").Rendered.Token, proof, "sì") // not its token
		if lasting(w) != before {
			t.Errorf("proof %q: another token confirmed", proof)
		}
		writes(t, w, anna, ask.Rendered.Token, proof, "sì")
		if lasting(w) == before || lastMail(w, anna, "coming.yes") == nil {
			t.Errorf("proof %q: the confirmed answer does not count", proof)
		}
		heard := len(w.Got)
		writes(t, w, anna, ask.Rendered.Token, proof, "sì")
		if m := w.Got[len(w.Got)-1]; len(w.Got) != heard+1 || m.Out.Text != "old_button" {
			t.Errorf("proof %q: confirmed twice: %s", proof, m.Out.Text)
		}
	}
}

// Whoever gets a forwarded prompt and answers it says yes to nothing, not even
// to what they were asked themselves in the chat.
func TestAForwardedPromptIsNobodyElses(t *testing.T) {
	w, _ := reminded(t)
	must := mustly(t)
	bruno := w.Actor(actors["bruno"], 98)
	must(bruno.Say("rinuncio"))
	before := lasting(w)
	for _, proof := range []string{"", "none", "fail", "pass"} {
		writes(t, w, actors["bruno"], lastMail(w, actors["anna"], "reminder").Rendered.Token, proof, "sì")
		if lasting(w) != before {
			t.Errorf("proof %q: it changed something", proof)
		}
	}
	must(bruno.Press("Sì"))
	if lasting(w) == before {
		t.Error("bruno cannot give up his seat any more")
	}
}

// Old answers to what is about a person or about others are asked back.
func TestAnOldTokenIsNotEnoughForWhatCannotBeTakenBack(t *testing.T) {
	w, _ := reminded(t)
	must := mustly(t)
	anna, franca := w.Actor(actors["anna"], 0), w.Actor(actors["franca"], 0)
	must(anna.Say("esci"))
	writes(t, w, actors["nuova"], "", "", "corsi")
	must(w.Advance(w.Now.Add(4 * 24 * time.Hour)))
	before, guests := lasting(w), len(w.Documents("guest"))
	writes(t, w, anna.Mail, lastMail(w, anna.Mail, "leave.sure").Rendered.Token, "", "sì")
	writes(t, w, franca.Mail, lastMail(w, franca.Mail, "join.unknown").Rendered.Token, "", "no")
	if lasting(w) != before || len(w.Documents("guest")) != guests {
		t.Error("something changed")
	}
	for _, who := range []*dialogtest.Actor{anna, franca} {
		if m := lastMail(w, who.Mail, "confirm"); m == nil || m.At != w.Now {
			t.Errorf("%s was not asked", who.Mail)
		}
	}
}

// The answers to a survey from a writer in doubt are kept apart, shown to nobody
// and counted when they are confirmed; they do not outlive the survey.
func TestDoubtfulAnswersToASurvey(t *testing.T) {
	for _, confirmed := range []bool{true, false} {
		w, _ := reminded(t)
		must := mustly(t)
		must(w.Advance(time.Date(2027, 3, 11, 14, 0, 0, 0, training.Rome())))
		anna := actors["anna"]
		prompt := lastMail(w, anna, "survey.mail").Rendered.Token
		must(w.Handle(dialog.In{Mail: &dialog.Mail{
			From: anna, Token: prompt, Proof: "none", Sort: "reply",
			Text: "5\n\n4\n\n4\n\n9", Answers: map[int]string{1: "5", 2: "4", 3: "4", 4: "9"},
		}}))
		ask := lastMail(w, anna, "survey.confirm")
		if ask == nil || strings.ContainsAny(ask.Rendered.Body, "459") || strings.Contains(w.Dump(), `"usefulness":5`) {
			t.Fatalf("%+v", ask)
		}
		if confirmed {
			writes(t, w, anna, ask.Rendered.Token, "none", "sì")
			if !strings.Contains(w.Dump(), `"usefulness":5`) || !strings.Contains(w.Dump(), `"recommend":9`) {
				t.Error("the confirmed answers do not count")
			}
		} else {
			must(w.Advance(time.Date(2027, 4, 30, 14, 0, 0, 0, training.Rome())))
		}
		if n := len(w.Documents("pending")); n != 0 {
			t.Errorf("confirmed %v: %d remain", confirmed, n)
		}
	}
}

// From a shared address in doubt, who wrote is asked each time, and what was
// answered is done.
func TestASharedAddressInDoubt(t *testing.T) {
	w := dialogtest.NewWorld(service(), time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
	must := mustly(t)
	must(w.Import(roster...))
	carla := w.Actor(actors["carla"], 99)
	must(carla.Join())
	must(openCourse(carla, 20))
	last := func() dialogtest.Message { return w.Got[len(w.Got)-1] }
	writes(t, w, registry, "", "none", "corsi")
	for _, c := range []struct{ question, answer string }{
		{"who.ask", "Rita Neri"}, {"courses.list", "1"}, {"course.details", "sì"}, {"confirm", "sì"},
	} {
		if m := last(); m.Out.Text != c.question || m.Rendered.Address != registry {
			t.Fatalf("asked %s at %s, want %s", m.Out.Text, m.Rendered.Address, c.question)
		}
		if n := len(w.Documents("enrollment")); n != 0 {
			t.Fatalf("enrolled before %s", c.question)
		}
		writes(t, w, registry, last().Rendered.Token, "none", c.answer)
	}
	if m := last(); m.Out.Text != "enrol.done" || len(w.Documents("enrollment")) != 1 {
		t.Errorf("the end is %s", m.Out.Text)
	}
	must(w.Advance(time.Date(2027, 3, 11, 14, 0, 0, 0, training.Rome())))
	writes(t, w, registry, lastMail(w, registry, "survey.mail").Rendered.Token, "none", "5 4 4 9")
	if ask := lastMail(w, registry, "survey.confirm"); ask == nil || strings.Contains(w.Dump(), `"usefulness":5`) || len(w.Documents("unsigned")) > 0 {
		t.Fatalf("%+v", ask)
	}
	writes(t, w, registry, last().Rendered.Token, "none", "sì")
	if !strings.Contains(w.Dump(), `"usefulness":5`) {
		t.Error("the confirmed answers do not count")
	}
}

// Strangers that a forger makes up do not flood the focal point.
func TestStrangersAreAskedAboutWithMeasure(t *testing.T) {
	w := dialogtest.NewWorld(service(), time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
	mustly(t)(w.Import(roster...))
	asked := func() (n int) {
		for _, m := range w.Got {
			if m.Out.Text == "join.unknown" {
				n++
			}
		}
		return n
	}
	writes(t, w, "falso@comune-dolcedo.example", "", "fail", "corsi")
	if asked() != 0 {
		t.Error("the focal point was asked about a forged address")
	}
	for i := range 100 {
		writes(t, w, fmt.Sprintf("n%d@comune-dolcedo.example", i), "", "", "corsi")
	}
	if n := asked(); n != 20 {
		t.Errorf("the focal point was asked %d times", n)
	}
}

// A report closes an address only where it proves that the message went there,
// and names no other.
func TestAReportIsBelievedForWhatItProves(t *testing.T) {
	for name, c := range map[string]struct {
		by         string // what it knows the message by
		certified  bool   // a receipt of certified mail
		recipients []string
		dead       bool
	}{
		"to the envelope address":             {"envelope", false, nil, true},
		"naming its address":                  {"envelope", false, []string{"a.rossi@interno.example", actors["anna"]}, true},
		"naming another":                      {"envelope", false, []string{"anna@altrove.example"}, false},
		"with what a forwarded message shows": {"question", false, []string{actors["anna"]}, false},
		"with the id of the message":          {"id", false, []string{actors["anna"]}, false},
		"a receipt":                           {"question", true, nil, true},
		"a receipt, with the id":              {"id", true, nil, true},
	} {
		w, _ := reminded(t)
		m := lastMail(w, actors["anna"], "reminder")
		token := map[string]string{"envelope": m.Rendered.Return, "question": m.Rendered.Token, "id": m.Out.ID}[c.by]
		mustly(t)(w.Handle(dialog.In{Mail: &dialog.Mail{
			From: "mailer-daemon@mx.example", Sort: "bounce", Token: token, Hard: true, Certified: c.certified, Recipients: c.recipients,
		}}))
		dead := strings.Contains(w.Dump(), `"dead":true`)
		if dead != c.dead {
			t.Errorf("%s: dead %v", name, dead)
		}
		before := len(w.Got)
		mustly(t)(w.Advance(w.Now.Add(26 * time.Hour)))
		again := slices.ContainsFunc(w.Got[before:], func(m dialogtest.Message) bool {
			return m.Out.Text == "reminder" && m.Rendered.Address == actors["anna"]
		})
		if again == dead {
			t.Errorf("%s: sent again %v", name, again)
		}
	}
}

// An answer to an invitation counts for the invitation as it is now, and from a
// writer who is vouched for.
func TestAnAnswerToAnInvitation(t *testing.T) {
	w, _ := reminded(t)
	must := mustly(t)
	anna, bruno := actors["anna"], actors["bruno"]
	uid := ""
	for _, ref := range w.Documents("enrollment") {
		var en training.Enrollment
		var p training.Person
		w.Find(ref, &en)
		if w.Find(dialog.MakeRef("person", en.Person), &p); p.First == "Anna" {
			uid = en.ID()
		}
	}
	answers := func(from, proof, uid, status string, sequence int) {
		t.Helper()
		must(w.Handle(dialog.In{Mail: &dialog.Mail{
			From: from, Proof: proof, Sort: "calendar_reply",
			Calendar: &dialog.Answer{UID: uid, Sequence: sequence, Status: status, Attendee: from},
		}}))
	}
	before, heard := lasting(w), len(w.Got)
	answers(anna, "pass", uid, "TENTATIVE", 0)
	answers("estraneo@evil.example", "pass", uid, "DECLINED", 99)
	if lasting(w) != before || len(w.Got) != heard {
		t.Error("«forse», or a stranger's answer, did something")
	}
	// What somebody of the roster meant by another answer, a person finds out.
	aside := func(how, from, uid, status string) {
		t.Helper()
		before, set := enrolments(w), len(w.Documents("aside"))
		answers(from, "pass", uid, status, 0)
		if enrolments(w) != before || len(w.Documents("aside")) != set+1 || lastMail(w, from, "invitation.aside") == nil {
			t.Errorf("%s: it did something, or no person looks at it", how)
		}
	}
	aside("a colleague's answer", bruno, uid, "ACCEPTED")
	aside("an answer to no invitation", anna, "a"+uid[1:], "ACCEPTED")
	set := len(w.Documents("aside"))
	must(w.Handle(dialog.In{Mail: &dialog.Mail{From: anna, Proof: "pass", Sort: "calendar_reply", Text: "sì"}}))
	if len(w.Documents("aside")) != set+1 {
		t.Error("no person looks at the proposal of another time")
	}
	before = lasting(w)
	answers(anna, "none", uid, "ACCEPTED", 0)
	if lasting(w) != before || lastMail(w, anna, "confirm") == nil {
		t.Error("an answer in doubt was not asked back")
	}
	carla := w.Actor(actors["carla"], 99)
	must(carla.Say("corsi"))
	must(carla.Say("1"))
	must(carla.Press("Cambia data o luogo"))
	must(carla.Say("18 marzo ore 9-13"))
	must(w.Advance(w.Now.Add(30 * time.Minute)))
	aside("yes to the day it was on before", anna, uid, "ACCEPTED")
	aside("no to the day it was on before", anna, uid, "DECLINED")
	before = lasting(w)
	answers(anna, "pass", uid, "ACCEPTED", 1)
	if lasting(w) == before || lastMail(w, anna, "coming.yes") == nil {
		t.Error("the answer to the new date does not count")
	}
}

// A question that a forged mail caused goes by mail, and is not what the next
// «sì» in the chat is about; the question of the chat stays.
func TestAForgedMailDoesNotCutIntoTheChat(t *testing.T) {
	without := map[string]string{}
	for name, chat := range map[string]int64{"bruno": 98, "carla": 99} {
		w, _ := reminded(t)
		mustly(t)(w.Actor(actors[name], chat).Say("sì"))
		without[name] = lasting(w)
	}
	for _, proof := range []string{"", "none", "fail"} {
		for _, text := range []string{"rinuncio", "cancellami", "esci", "cancella corso prova", "assente dal 15 al 19 marzo", "annulla", "corsi", "sì", "no"} {
			w, _ := reminded(t)
			must := mustly(t)
			name, chat := "bruno", int64(98)
			if strings.HasPrefix(text, "cancella ") || strings.HasPrefix(text, "assente") {
				name, chat = "carla", 99
			}
			who := w.Actor(actors[name], chat)
			writes(t, w, who.Mail, "", proof, text)
			must(who.Say("sì"))
			if lasting(w) != without[name] {
				t.Errorf("proof %q: «sì» in the chat after a mail «%s» changed something", proof, text)
			}
			must(who.Say("mi serve"))
			writes(t, w, who.Mail, "", proof, text)
			must(who.Say("un corso di excel"))
			if len(w.Documents("words")) != 1 {
				t.Errorf("proof %q: a mail «%s» took the question of the chat away", proof, text)
			}
		}
	}
}
