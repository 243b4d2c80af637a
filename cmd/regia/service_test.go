package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/smtp"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regia/mail/mailtest"
	"regia/training"
)

const serviceAddress = "formazione@provincia.example"

const serviceConfig = `
[province]
id = "imperia"
name = "Provincia di Imperia"
service = "ImperiaForma"
coordinators = ["carla.ferrari@provincia.example"]

[telegram]
enabled = true
act = "delibera di prova"
opinion = "parere di prova"

[thresholds]
demand = 2
`

const serviceOrganizations = `codice;nome;tipo;dominio;email_istituzionale
008024;Dolcedo;comune;comune-dolcedo.example;comune@comune-dolcedo.example
008043;Pigna;comune;comune-pigna.example;comune@comune-pigna.example
`

const servicePeople = `ente;nome;cognome;email;rapporto;referente
008024;Anna;Rossi;anna.rossi@comune-dolcedo.example;dipendente;
008024;Marco;Conti;marco.conti@comune-dolcedo.example;dipendente;
Pigna;Franca;Gallo;franca.gallo@comune-pigna.example;dipendente;sì
008043;Bruno;Bianchi;bruno.bianchi@comune-pigna.example;dipendente;
008043;Dario;Greco;dario.greco@comune-pigna.example;dipendente;
008043;Elsa;Costa;elsa.costa@comune-pigna.example;dipendente;
`

// TestService takes three people (one by chat, one by mail, one by both), a
// focal point and a coordinator from joining to the rated course, through the
// real binary with redis-server, Dovecot, Postfix and a Bot API, by moving the
// clock.
func TestService(t *testing.T) {
	s := newStage(t, serviceConfig)
	post := newPostOffice(t, s)

	// Importing: a dry run names the bad lines and changes nothing.
	organizations, people := s.file("enti.csv", serviceOrganizations), s.file("persone.csv", servicePeople)
	broken := s.file("rotto.csv", servicePeople+"008024;Senza;Indirizzo;non-un-indirizzo;dipendente;\n")
	if out, err := s.run("import", "--people", broken, "--apply"); err == nil || !strings.Contains(out, "riga 8") || !strings.Contains(out, "Non ho cambiato niente") {
		t.Fatalf("a bad line: %v\n%s", err, out)
	}
	if out, err := s.run("import", "--organizations", organizations, "--people", people); err != nil || !strings.Contains(out, "aggiungi --apply") {
		t.Fatalf("a dry run: %v\n%s", err, out)
	}

	days := courseDays(time.Now())
	r := newRehearsing(t, s, days.monday)
	s.showLog()
	for range 2 { // the second time nothing changes
		if out, err := s.run("import", "--organizations", organizations, "--people", people, "--apply"); err != nil {
			t.Fatalf("import: %v\n%s", err, out)
		}
	}

	carla := &chatter{s: s, chat: 101, name: "carla"}
	anna := &chatter{s: s, chat: 102, name: "anna"}
	marcoChat := &chatter{s: s, chat: 103, name: "marco"}
	letters := func(name string) *writer { return &writer{post: post, address: name, t: t} }
	franca, bruno := letters("franca.gallo@comune-pigna.example"), letters("bruno.bianchi@comune-pigna.example")
	marco, dario, elsa := letters("marco.conti@comune-dolcedo.example"), letters("dario.greco@comune-pigna.example"), letters("elsa.costa@comune-pigna.example")

	// Joining.
	carla.join("carla.ferrari@provincia.example", post.code)
	anna.join("anna.rossi@comune-dolcedo.example", post.code)
	marcoChat.join(marco.address, post.code)
	franca.write("ci sono")
	franca.gets("ricevi i messaggi per Comune di Pigna")
	bruno.write("ci sono")
	bruno.gets("ricevi i messaggi per Comune di Pigna")

	// Two Comuni ask for the same; what one begins by mail ends in the chat.
	anna.say("mi serve un corso di excel")
	anna.hears("Quale di questi temi")
	anna.press("Informatica di base e strumenti d'ufficio")
	anna.hears("a quante persone")
	anna.press("Solo io")
	anna.hears("Per quando")
	anna.press("Subito")
	anna.hears("nessun altro ente chiede")
	bruno.write("mi serve un corso di excel")
	bruno.answer("Quale di questi temi", "1")
	bruno.answer("a quante persone", "2")
	bruno.answer("Per quando", "subito")
	bruno.gets("Un altro ente chiede lo stesso")
	marco.write("mi serve un corso di excel")
	marco.gets("Quale di questi temi")
	marcoChat.say("1")
	marcoChat.hears("a quante persone")
	marcoChat.say("solo io")
	marcoChat.hears("Per quando")
	marcoChat.say("subito")
	marcoChat.hears("chied")

	// Monday: the week, and one tap opens the course.
	carla.mark = s.ears.count(carla.chat)
	r.move(days.monday.AddDate(0, 0, 7).Add(-30 * time.Minute)) // 8:30
	carla.hears("2 enti chiedono")
	carla.press("Apri 1")
	carla.hears("Quando?")
	carla.say("31 aprile ore 9-13")
	carla.hears("non esiste")
	carla.say(days.words + " ore 9-13")
	carla.hears("Dove?")
	carla.say("Sala al piano terra")
	carla.hears("Quanti posti?")
	carla.say("5 posti")
	carla.hears("Controlla")
	carla.press("Apri il corso")
	carla.hears("Aperto")
	anna.mark, marcoChat.mark = s.ears.count(anna.chat), s.ears.count(marcoChat.chat)
	anna.notHeard("e ora c'è")
	r.move(days.monday.AddDate(0, 0, 7)) // 9:00: the undo window is over

	// Enrolling: two taps, a reply, and the focal point for colleagues.
	anna.hears("e ora c'è")
	anna.press("Sì")
	anna.hears("Iscrizione fatta")
	bruno.answer("e ora c'è", "Sì, volentieri")
	if l := bruno.gets("Iscrizione fatta"); !hasInvitation(l) {
		t.Error("no invitation for the calendar with the confirmation")
	}
	franca.write("iscrivi al corso 1: dario, elsa, franca.gallo")
	franca.answer("Per sicurezza", "sì")
	franca.gets("Iscrizione fatta per Dario Greco")
	franca.gets("Iscrizione fatta per Elsa Costa")
	dario.gets("Iscrizione fatta")
	elsa.gets("Iscrizione fatta")
	franca.write("le mie iscrizioni")
	franca.gets("posto confermato")
	marcoChat.press("Sì")
	marcoChat.hears("lista d'attesa, posto numero 1")
	// A freed seat goes to the next.
	marcoChat.mark = s.ears.count(marcoChat.chat)
	franca.write("rinuncio")
	franca.answer("Rinunci a", "sì")
	franca.gets("hai rinunciato")
	marcoChat.hears("Si è liberato un posto")
	marcoChat.press("Sì")
	marcoChat.hears("Posto confermato")
	marco.write("le mie iscrizioni")
	marco.gets("posto confermato")

	// Two working days before.
	anna.mark, marcoChat.mark = s.ears.count(anna.chat), s.ears.count(marcoChat.chat)
	r.move(days.course.AddDate(0, 0, -2).Add(30 * time.Minute))
	anna.hears("Vieni?")
	anna.press("Sì")
	anna.hears("ti aspettiamo")
	bruno.answer("Vieni?", "ci sono")
	bruno.gets("ti aspettiamo")
	marcoChat.hears("Vieni?")

	// The day passes; everybody says how it was.
	anna.mark, marcoChat.mark = s.ears.count(anna.chat), s.ears.count(marcoChat.chat)
	carla.mark = s.ears.count(carla.chat)
	r.move(days.course.Add(5 * time.Hour))
	carla.hears("Chi mancava?")
	carla.say("assenti: nessuno")
	carla.hears("c'erano tutte")
	anna.hears("1 di 6")
	for i, n := range []string{"5", "4", "4", "9"} {
		anna.press(n)
		anna.hears(fmt.Sprintf("%d di 6", i+2))
	}
	anna.say("Le formule")
	anna.hears("6 di 6")
	anna.press("Salta")
	anna.hears("Grazie")
	marcoChat.hears("1 di 6")
	marcoChat.press("4")
	marcoChat.hears("2 di 6")
	for _, w := range []*writer{bruno, dario, elsa} {
		w.answer("Come è andata", "5 4 4 9")
		w.gets("5 di 6")
	}

	// After the close the office has totals, and nobody's answers remain.
	carla.mark = s.ears.count(carla.chat)
	r.move(days.course.AddDate(0, 0, 21))
	carla.hears("è chiuso, 5 risposte")
	carla.hears("Utilità 4,8 su 5")
	nobodysAnswers(t, s, post)

	if out, err := s.run("dead", "list"); err != nil || strings.Contains(out, "tg:") || strings.Contains(out, "mail:") {
		t.Errorf("dead letters: %v\n%s", err, out)
	}
	if n := post.dovecot.Count(mailtest.ServiceUser, "Quarantine"); n != 0 {
		t.Errorf("%d messages in quarantine", n)
	}
	until(t, "the mailbox is worked off", func() bool { return post.dovecot.Count(mailtest.ServiceUser, "INBOX") == 0 })
	r.p.stop(t)
}

// TestMailServerAway: a code that the mail server does not take at first arrives
// all the same.
func TestMailServerAway(t *testing.T) {
	s := newStage(t, serviceConfig)
	post := newPostOffice(t, s)
	door, err := mailtest.StartProxy(post.postfix.Addr())
	must(t, err)
	t.Cleanup(func() { _ = door.Close() })
	var came atomic.Int64
	door.Each(func() mailtest.Fate {
		if came.Add(1) == 1 {
			return mailtest.Fate{}
		}
		return mailtest.Unharmed
	})
	s.env["REGIA_SMTP_URL"] = "smtp://" + door.Addr() + "?tls=insecure"
	newRehearsing(t, s, courseDays(time.Now()).monday)
	s.showLog()
	carla := &chatter{s: s, chat: 101, name: "carla"}
	carla.join("carla.ferrari@provincia.example", post.code)
	if came.Load() < 2 {
		t.Error("the server was never away")
	}
}

// days are those of the story: a Monday at 9:00, and the start of a course on
// a Thursday some weeks later, with no holiday near. They lie ahead of the day
// of the test, because people are imported by the clock of the machine.
type days struct {
	monday, course time.Time
	words          string // the course, as a coordinator writes it
}

func courseDays(now time.Time) days {
	first := func(month time.Month, day int, wanted time.Weekday) time.Time {
		at := time.Date(now.Year()+1, month, day, 9, 0, 0, 0, training.Rome())
		for at.Weekday() != wanted {
			at = at.AddDate(0, 0, 1)
		}
		return at
	}
	d := days{monday: first(time.January, 11, time.Monday), course: first(time.February, 8, time.Thursday)}
	d.words = fmt.Sprintf("giovedì %d febbraio %d", d.course.Day(), d.course.Year())
	return d
}

func hasInvitation(l *mailtest.Letter) bool {
	return bytes.Contains(l.Raw, []byte("text/calendar; method=REQUEST"))
}

// rehearsing is the service with a clock that the test moves.
type rehearsing struct {
	t    testing.TB
	p    *serving
	page string
}

func newRehearsing(t testing.TB, s *stage, start time.Time) *rehearsing {
	t.Helper()
	s.env["REGIA_HTTP"] = freeAddress(t)
	r := &rehearsing{t: t, page: "http://" + s.env["REGIA_HTTP"]}
	s.clock = r
	r.p = s.serve("--clock", start.Format(time.RFC3339))
	until(t, "the service answers", func() bool {
		select {
		case <-r.p.done:
			t.Fatalf("the service ended: %v", r.p.err)
		default:
		}
		_, err := get("GET", r.page+"/healthz")
		return err == nil
	})
	return r
}

// move moves the clock; when it returns, what was due until then is done.
func (r *rehearsing) move(to time.Time) {
	r.t.Helper()
	if _, err := get("POST", r.page+"/clock?to="+url.QueryEscape(to.Format(time.RFC3339))); err != nil {
		r.t.Fatalf("moving the clock: %v", err)
	}
	if now := r.now(); !now.Equal(to) {
		r.t.Fatalf("the clock stands at %s, not at %s", now, to)
	}
}

func (r *rehearsing) now() time.Time {
	r.t.Helper()
	text, err := get("GET", r.page+"/clock")
	must(r.t, err)
	var at struct{ Now time.Time }
	must(r.t, json.Unmarshal([]byte(text), &at))
	return at.Now
}

// postOffice is Dovecot and Postfix: the mailbox of the service, and one that
// receives what is written to anybody else.
type postOffice struct {
	t       testing.TB
	stage   *stage
	dovecot *mailtest.Dovecot
	postfix *mailtest.Postfix
	count   atomic.Int64

	mu    sync.Mutex
	seen  map[string]bool
	boxes map[string][]*mailtest.Letter
}

func newPostOffice(t testing.TB, s *stage) *postOffice {
	t.Helper()
	dir, err := mailtest.Dir()
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	p := &postOffice{t: t, stage: s, seen: map[string]bool{}, boxes: map[string][]*mailtest.Letter{}}
	p.dovecot, err = mailtest.StartDovecot(dir)
	must(t, err)
	t.Cleanup(p.dovecot.Stop)
	p.postfix, err = mailtest.StartPostfix(dir, serviceAddress, p.dovecot)
	must(t, err)
	t.Cleanup(p.postfix.Stop)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("Dovecot:\n%s\nPostfix:\n%s\n%s", p.dovecot.Logs(), p.postfix.Logs(), p.postfix.Queue())
		}
	})
	s.env["REGIA_IMAP_URL"] = p.dovecot.URL("imaps", mailtest.ServiceUser)
	s.env["REGIA_SMTP_URL"] = p.postfix.URL("smtp")
	s.env["REGIA_MAIL_ADDRESS"] = serviceAddress
	return p
}

// box is what reached an address, in no order.
func (p *postOffice) box(address string) []*mailtest.Letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, raw := range p.dovecot.Fresh(mailtest.PeopleUser, "INBOX", p.seen) {
		l := mailtest.ReadLetter(raw)
		to := strings.ToLower(l.To)
		p.boxes[to] = append(p.boxes[to], l)
	}
	return slices.Clone(p.boxes[strings.ToLower(address)])
}

// until waits for what comes by mail. What Postfix did not take for the moment
// the service tries again a minute later: where the clock stands still, that
// minute has to be moved.
func (p *postOffice) until(what string, ok func() bool) {
	p.t.Helper()
	next := time.Now().Add(patience / 6)
	until(p.t, what, func() bool {
		if ok() {
			return true
		}
		if clock := p.stage.clock; clock != nil && time.Now().After(next) {
			clock.move(clock.now().Add(time.Minute))
			next = time.Now().Add(patience / 6)
		}
		return false
	})
}

var codeForm = regexp.MustCompile(`\b\d{6}\b`)

// code waits for the code that was sent to an address.
func (p *postOffice) code(address string) (code string) {
	p.t.Helper()
	p.until("a code for "+address, func() bool {
		for _, l := range p.box(address) {
			if strings.Contains(l.Text, "Il codice") {
				code = codeForm.FindString(l.Text)
			}
		}
		return code != ""
	})
	return code
}

// send hands a message to Postfix, as the mail program of a person does.
func (p *postOffice) send(from, to, subject, text string, extra ...string) {
	p.t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\nMessage-ID: <m%d.%s>\r\nDate: %s\r\n", from, to,
		mime.QEncoding.Encode("utf-8", subject), p.count.Add(1), from, time.Now().Format(time.RFC1123Z))
	for _, line := range extra {
		b.WriteString(line + "\r\n")
	}
	b.WriteString("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n")
	b.WriteString(strings.ReplaceAll(text, "\n", "\r\n") + "\r\n")
	c, err := smtp.Dial(p.postfix.Addr())
	must(p.t, err)
	defer c.Close()
	must(p.t, c.Mail(from))
	must(p.t, c.Rcpt(to))
	w, err := c.Data()
	must(p.t, err)
	_, err = w.Write(b.Bytes())
	must(p.t, errors.Join(err, w.Close(), c.Quit()))
}

// writer is a person who writes by mail.
type writer struct {
	t       testing.TB
	post    *postOffice
	address string
	read    map[string]bool // Message-IDs of letters that were dealt with
}

// write sends a new message to the service.
func (w *writer) write(text string) { w.post.send(w.address, serviceAddress, "richiesta", text) }

// gets waits for a letter with the words that was not dealt with before.
func (w *writer) gets(words string) (letter *mailtest.Letter) {
	w.t.Helper()
	end := time.Now().Add(patience)
	w.post.until(w.address+" gets «"+words+"»", func() bool {
		for _, l := range w.post.box(w.address) {
			if !w.read[l.ID] && strings.Contains(flat(l.Text), words) {
				letter = l
				return true
			}
		}
		if time.Now().After(end.Add(-time.Second)) {
			for _, l := range w.post.box(w.address) {
				w.t.Logf("%s has %q (%v): %s", w.address, l.Subject, w.read[l.ID], flat(l.Text))
			}
			end = end.Add(time.Hour)
		}
		return false
	})
	if w.read == nil {
		w.read = map[string]bool{}
	}
	w.read[letter.ID] = true
	return letter
}

// flat is text on one line: mail programs fold lines.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

// answer replies to the letter with the words, quoting it as mail programs do.
func (w *writer) answer(words, text string) {
	w.t.Helper()
	l := w.gets(words)
	quoted := "\n\nIl giorno lun 11 gen 2027 alle ore 09:00 ImperiaForma <" + l.From + "> ha scritto:\n\n"
	for line := range strings.Lines(l.Text) {
		quoted += strings.TrimRight("> "+line, " \r\n") + "\n"
	}
	w.post.send(w.address, l.ReplyTo, "Re: "+l.Subject, text+quoted, "In-Reply-To: <"+l.ID+">", "References: <"+l.ID+">")
}
