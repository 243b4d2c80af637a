//go:build linux

package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"regia/dialog"
	"regia/mail/mailtest"
	"regia/training"
)

const (
	crashPeople  = 12 // in the chat, each the focal point of a Comune
	crashWriters = 8  // by mail
	crashSeats   = 4
	firstChat    = 1001
)

// TestCrash kills the program and its Redis with SIGKILL at random moments
// while people enrol, give up and write. REGIA_TEST_KILLS says how often.
//
// What it wants: every message is answered, once in the order in which each
// person wrote; what an answer said is still so afterwards; no seat is sold
// twice; the waiting list moves in its order; and a message goes out again
// only if it was the last one of its lane when the program died.
func TestCrash(t *testing.T) {
	kills, err := strconv.Atoi(os.Getenv("REGIA_TEST_KILLS"))
	if err != nil || kills < 1 {
		t.Skip("REGIA_TEST_KILLS is not set")
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))

	s := newStage(t, serviceConfig)
	post := newPostOffice(t, s)
	s.env["REGIA_HTTP"] = freeAddress(t)

	var correspondents []*correspondent
	for i := range crashWriters {
		w := &correspondent{t: t, post: post, sent: map[string]int{}}
		for j := range 10 + 2*kills {
			w.addresses = append(w.addresses, crashAddress(fmt.Sprintf("%d-%d", i, j)))
		}
		correspondents = append(correspondents, w)
	}
	organizations, people := crashRoster(correspondents)
	p := s.serve()
	s.showLog()
	if out, err := s.run("import", "--organizations", s.file("enti.csv", organizations), "--people", s.file("persone.csv", people), "--apply"); err != nil {
		t.Fatalf("import: %v\n%s", err, out)
	}
	carla := &chatter{s: s, chat: 1000, name: "carla"}
	carla.join("carla.ferrari@provincia.example", post.code)
	carla.opens("Prova generale", courseDays(time.Now()), crashSeats)
	var chatters []*participant
	for i := range crashPeople {
		c := &participant{chatter: chatter{s: s, chat: int64(firstChat + i), name: fmt.Sprintf("person %d", i)}, rnd: rand.New(rand.NewPCG(seed, uint64(2+i)))}
		c.join(crashAddress(fmt.Sprint(i)), post.code)
		chatters = append(chatters, c)
	}

	// They begin; the program dies and rises under them.
	var stop atomic.Bool
	var crowd sync.WaitGroup
	for _, c := range chatters {
		c.from = s.ears.count(c.chat)
		crowd.Go(func() {
			for !stop.Load() {
				c.turn()
			}
		})
	}
	for _, w := range correspondents {
		crowd.Go(func() {
			for !stop.Load() && w.turn() {
			}
		})
	}
	for range kills {
		s.awaitMoment(rnd)
		p.slay(t, rnd)
		until(t, "the connections of the dead", func() bool { return s.open.Load() == 0 })
		until(t, "all that was said before", func() bool {
			said := s.bot.Stats()
			return s.ears.total() == said.Sent+said.Edited
		})
		s.ears.reborn()
		p = s.serve()
	}
	stop.Store(true)
	crowd.Wait()
	if t.Failed() {
		return
	}

	// In peace: each who has a seat gives it up, and the next in the waiting
	// list has it.
	world, offered := s.look(), 0
	for range crashPeople {
		e, all := world.edition()
		world.check(e, all)
		i := slices.IndexFunc(all, training.Enrollment.Holds)
		if i < 0 {
			break
		}
		next := slices.IndexFunc(all, func(en training.Enrollment) bool { return en.State == training.Waitlisted })
		leaver := chatters[world.index(all[i].Person)]
		leaver.say("rinuncio")
		leaver.hears("Rinunci a")
		leaver.pressOn("Rinunci a", "Sì")
		leaver.hears("hai rinunciato")
		leaver.expected = append(leaver.expected, "Rinunci a")
		if next >= 0 {
			_, after := world.edition()
			j := slices.IndexFunc(after, func(en training.Enrollment) bool { return en.Person == all[next].Person })
			if after[j].State != training.Offered {
				t.Errorf("the first of the waiting list is %s, not offered the seat", after[j].State)
			}
			offered++
		}
	}
	if out, err := s.run("dead", "list"); err != nil || strings.Contains(out, "tg:") || strings.Contains(out, "mail:") {
		t.Errorf("dead letters: %v\n%s", err, out)
	}
	world.close()
	until(t, "the mailbox is worked off", func() bool { return post.dovecot.Count(mailtest.ServiceUser, "INBOX") == 0 })
	p.stop(t)

	repeats := 0
	for _, c := range chatters {
		repeats += c.wantEverythingOnceInOrder(kills)
	}
	letters, again := 0, 0
	for _, w := range correspondents {
		n, m := w.wantEverythingOnceInOrder(kills)
		letters, again = letters+n, again+m
	}
	if n := post.dovecot.Count(mailtest.ServiceUser, "Quarantine"); n != 0 {
		t.Errorf("%d messages are in quarantine", n)
	}
	answers := 0
	for _, c := range chatters {
		answers += len(c.expected)
	}
	t.Logf("%d kills, %d answers in the chat, %d of them repeated; %d by mail, %d of them repeated; %d seats went on in order", kills, answers, repeats, letters, again, offered)
}

func crashAddress(name string) string {
	return fmt.Sprintf("persona@comune-%s.example", name)
}

// crashRoster is a Comune for each person, who is its focal point.
func crashRoster(correspondents []*correspondent) (organizations, people string) {
	var addresses []string
	for i := range crashPeople {
		addresses = append(addresses, crashAddress(fmt.Sprint(i)))
	}
	for _, w := range correspondents {
		addresses = append(addresses, w.addresses...)
	}
	organizations = "codice;nome;tipo;dominio\n"
	people = "ente;nome;cognome;email;rapporto;referente\n"
	for i, a := range addresses {
		_, domain, _ := strings.Cut(a, "@")
		organizations += fmt.Sprintf("c%d;Comune %d;comune;%s\n", i, i, domain)
		people += fmt.Sprintf("c%d;Persona;Numero;%s;dipendente;sì\n", i, a)
	}
	return organizations, people
}

// awaitMoment lets the program live for a random number of calls to the Bot
// API, or, now and then, hardly begin.
func (s *stage) awaitMoment(rnd *rand.Rand) {
	for len(s.calls) > 0 {
		<-s.calls
	}
	life := time.Duration(600+rnd.IntN(400)) * time.Millisecond
	if rnd.IntN(8) == 0 {
		life = time.Duration(rnd.IntN(200)) * time.Millisecond
	}
	end := time.NewTimer(life)
	defer end.Stop()
	for range 6 + rnd.IntN(120) {
		select {
		case <-s.calls:
		case <-end.C:
			return
		}
	}
}

// slay kills the program and its Redis, in either order.
func (p *serving) slay(t testing.TB, rnd *rand.Rand) {
	t.Helper()
	pid := p.cmd.Process.Pid
	select {
	case <-p.done:
		t.Fatalf("the service ended by itself: %v", p.err)
	default:
	}
	children := childrenOf(pid)
	if len(children) == 0 || rnd.IntN(2) == 0 {
		// Stopped first, so that no child is born meanwhile.
		must(t, syscall.Kill(pid, syscall.SIGSTOP))
		children = childrenOf(pid)
	}
	kill := append(children, pid)
	if rnd.IntN(2) == 0 {
		slices.Reverse(kill)
	}
	for _, k := range kill {
		_ = syscall.Kill(k, syscall.SIGKILL)
	}
	<-p.done
}

// childrenOf are the processes that a process started.
func childrenOf(pid int) (children []int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		raw, _ := os.ReadFile(list) // the thread may have ended
		for field := range strings.FieldsSeq(string(raw)) {
			if n, err := strconv.Atoi(field); err == nil {
				children = append(children, n)
			}
		}
	}
	return children
}

// reborn counts a new life of the program.
func (e *ears) reborn() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.life++
}

// participant is somebody who enrols and gives up again and again, and between
// that writes messages whose answers name them.
type participant struct {
	chatter
	rnd      *rand.Rand
	from     int      // what was heard before the first turn
	expected []string // the answers to everything that was typed, in order
	echoes   int
	seat     string // what the answers said: "", "seat" or "waiting"
}

// echo writes a line whose answer repeats the n-th of very many letters: the
// name of a colleague who does not exist.
func (c *participant) echo() string {
	letter := string(rune(0x4E00 + c.echoes%20_000))
	c.echoes++
	c.type_("iscrivi al corso 1: "+letter, "comincia per "+letter)
	return "comincia per " + letter
}

// type_ writes a text that is answered by a message with the words.
func (c *participant) type_(text, words string) {
	c.expected = append(c.expected, words)
	c.say(text)
}

// turn is a burst of messages without waiting, and then one step about the
// seat.
func (c *participant) turn() {
	mark, last := c.s.ears.count(c.chat), ""
	for range 1 + c.rnd.IntN(3) {
		last = c.echo()
	}
	c.mark = mark
	c.hears(last)
	c.type_("corsi", "I prossimi corsi")
	c.hears("I prossimi corsi")
	c.pressOn("I prossimi corsi", "1")
	was := c.seat
	const free, full = "Ti iscrivo?", "Ti metto in lista?"
	switch i, text := c.hearsOneOf(free, full, "Hai già un posto", "Sei già in lista", "C'è un posto per te"); i {
	case 0, 1:
		c.want(was == "", was, text)
		// Meanwhile the last seat may be taken, or one given up.
		c.pressOn([]string{free, full}[i], "Sì")
		if i, _ := c.hearsOneOf("Iscrizione fatta", "sei in lista d'attesa"); i == 0 {
			c.seat = "seat"
		} else {
			c.seat = "waiting"
		}
	case 2:
		c.want(was == "seat", was, text)
		c.giveUp()
	case 3:
		c.want(was == "waiting", was, text)
		if c.rnd.IntN(4) == 0 {
			c.giveUp()
		}
	case 4:
		c.want(was == "waiting", was, text)
		c.pressOn("C'è un posto per te", "Sì")
		c.hears("Posto confermato")
		c.seat = "seat"
	}
}

func (c *participant) giveUp() {
	c.type_("rinuncio", "Rinunci a")
	c.hears("Rinunci a")
	c.pressOn("Rinunci a", "Sì")
	c.hears("hai rinunciato")
	c.seat = ""
}

// want checks that what an earlier answer said still holds.
func (c *participant) want(ok bool, was, text string) {
	if !ok {
		c.s.t.Errorf("%s was told %q before, and now: %s", c.name, was, text)
	}
}

// wantEverythingOnceInOrder compares the messages of the chat with what was
// typed. A message may come again if it was the last before the program died,
// once in each life.
func (c *participant) wantEverythingOnceInOrder(kills int) (repeats int) {
	t := c.s.t
	next, lastText, lastLife := 0, "", -1
	again := map[int]int{} // repeats by life
	files := map[string]int{}
	for _, m := range c.s.ears.since(c.chat, c.from) {
		switch {
		case m.edited:
			continue // the answer to a button: it stands where the question stood
		case m.Document != nil:
			files[string(m.Document.Body)]++
			continue
		case strings.HasPrefix(m.Text, "Si è liberato un posto"):
			continue // a notice: another lane, and only in office hours
		case next < len(c.expected) && strings.Contains(m.Text, c.expected[next]):
			next++
		case m.Text == lastText && m.life > lastLife:
			again[m.life]++
			repeats++
		default:
			t.Errorf("%s, life %d: %q came out of order, or again (%d of %d), after %q of life %d", c.name, m.life, m.Text, next, len(c.expected), lastText, lastLife)
			return repeats
		}
		lastText, lastLife = m.Text, m.life
	}
	if next != len(c.expected) {
		t.Errorf("%s was answered %d times of %d", c.name, next, len(c.expected))
	}
	for life, n := range again {
		if n > 1 {
			t.Errorf("%s got %d repeats in life %d, where one message was in flight", c.name, n, life)
		}
	}
	if repeats > kills {
		t.Errorf("%s got %d repeats in %d kills", c.name, repeats, kills)
	}
	return repeats
}

// correspondent writes mails, two at a time, from one address after the other:
// nobody is answered without end.
type correspondent struct {
	t         testing.TB
	post      *postOffice
	addresses []string
	current   int
	sent      map[string]int // mails by address
}

const mailsAnAddress = 8

func (w *correspondent) turn() (more bool) {
	if w.current == len(w.addresses) {
		return false
	}
	address := w.addresses[w.current]
	for range 2 {
		w.post.send(address, serviceAddress, "richiesta", "iscrivi al corso 1: "+mailEcho(w.sent[address]))
		w.sent[address]++
	}
	if w.sent[address] == mailsAnAddress {
		w.current++
	}
	until(w.t, address+" is answered", func() bool {
		answered := map[string]bool{} // a repeat is no other answer
		for _, l := range w.post.box(address) {
			answered[l.ID] = true
		}
		return len(answered) >= w.sent[address]
	})
	return true
}

// mailEcho is the letter that the answer to the n-th mail of an address repeats.
func mailEcho(n int) string { return string(rune(0x4E00 + n)) }

// wantEverythingOnceInOrder: each mail has one answer, in the order in which
// they were written (two at a time: a mail server may swap those); a letter
// comes again only right after itself, as the last one before the program died.
func (w *correspondent) wantEverythingOnceInOrder(kills int) (answers, repeats int) {
	for address, sent := range w.sent {
		box := w.post.box(address)
		slices.SortFunc(box, func(a, b *mailtest.Letter) int { return strings.Compare(queueID(w.t, a), queueID(w.t, b)) })
		heard := map[int]bool{}
		last, again, pair := "", 0, 0
		for _, l := range box {
			if l.ID == last {
				repeats++
				if again++; again > kills {
					w.t.Errorf("%s got a letter %d times", address, again)
				}
				continue
			}
			last, again = l.ID, 0
			n := 0
			for n < sent && !strings.Contains(flat(l.Text), "«iscrivi al corso 1: "+mailEcho(n)+"»") {
				n++
			}
			if n == sent || heard[n] || n/2 < pair {
				w.t.Errorf("%s: letter about mail %d of %d came out of order, or again: %s", address, n, sent, flat(l.Text))
				break
			}
			heard[n], pair = true, n/2
		}
		if len(heard) != sent {
			w.t.Errorf("%s has answers to %d of %d mails", address, len(heard), sent)
		}
		answers += len(heard)
	}
	return answers, repeats
}

var queued = regexp.MustCompile(`\(Postfix\) with \w+ id ([0-9A-Za-z]+)`)

// queueID is the id that Postfix gave the message when it took it: they sort by
// time.
func queueID(t testing.TB, l *mailtest.Letter) string {
	m := queued.FindSubmatch(l.Raw)
	if m == nil {
		t.Fatalf("a letter did not come through Postfix:\n%s", l.Raw)
	}
	return string(m[1])
}

// onlooker reads the store of the running service.
type onlooker struct {
	t testing.TB
	o *opened
}

func (s *stage) look() *onlooker {
	s.t.Helper()
	settings, err := readSettings("", s.getenv)
	must(s.t, err)
	o, err := openProvince(s.t.Context(), settings, true, slog.New(slog.DiscardHandler))
	must(s.t, err)
	if o.server != nil {
		must(s.t, o.Close())
		s.t.Fatal("no service runs")
	}
	return &onlooker{t: s.t, o: o}
}

// reader reads the store as it is now.
func (w *onlooker) reader() dialog.Reader {
	return w.o.store.Reader(context.WithoutCancel(w.t.Context()))
}

func (w *onlooker) close() { must(w.t, w.o.Close()) }

// edition is the only one there is, with its enrolments: those with a place in
// the waiting list in its order, after the others.
func (w *onlooker) edition() (e training.CourseEdition, all []training.Enrollment) {
	w.t.Helper()
	r := w.reader()
	list, err := r.List("editions", "", 10)
	must(w.t, err)
	if len(list) != 1 {
		w.t.Fatalf("%d editions", len(list))
	}
	_, id, _ := strings.Cut(list[0], "|")
	if found, err := r.Load(dialog.MakeRef("edition", id), &e); err != nil || !found {
		w.t.Fatalf("edition %q: %v", list[0], err)
	}
	people, err := r.List("enrolled:"+e.ID, "", 100)
	must(w.t, err)
	for _, person := range people {
		var en training.Enrollment
		found, err := r.Load(dialog.MakeRef("enrollment", training.EnrollmentID(e.ID, person)), &en)
		if err != nil || !found {
			w.t.Fatalf("an enrolment is in the list only: %v", err)
		}
		all = append(all, en)
	}
	slices.SortFunc(all, func(a, b training.Enrollment) int { return a.Place - b.Place })
	return e, all
}

// check wants that no seat is sold twice and that the counts are true.
func (w *onlooker) check(e training.CourseEdition, all []training.Enrollment) {
	w.t.Helper()
	held, waiting, places := 0, 0, map[int]bool{}
	for _, en := range all {
		if en.Holds() {
			held++
		}
		if en.State != training.Waitlisted {
			continue
		}
		waiting++
		if en.Place < max(1, e.Seats.Head) || en.Place > e.Seats.Place || places[en.Place] {
			w.t.Errorf("place %d of the waiting list is given twice or past (%+v)", en.Place, e.Seats)
		}
		places[en.Place] = true
	}
	if held > e.Seats.Total || held != e.Seats.Taken || waiting != e.Seats.Waiting {
		w.t.Errorf("%d of %d seats are held and %d wait; the edition says %+v", held, e.Seats.Total, waiting, e.Seats)
	}
	if waiting > 0 && held < e.Seats.Total {
		w.t.Errorf("%d wait although %d seats are free", waiting, e.Seats.Total-held)
	}
}

// index is which of the people in the chat somebody is.
func (w *onlooker) index(person string) int {
	w.t.Helper()
	var p training.Person
	if found, err := w.reader().Load(dialog.MakeRef("person", person), &p); err != nil || !found {
		w.t.Fatalf("person %s: %v", person, err)
	}
	return int(p.Chat - firstChat)
}
