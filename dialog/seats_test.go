package dialog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regia/dialog"
	"regia/dialog/dialogtest"
	"regia/training"
)

// TestSeats drives people at random at the seats of one edition and checks,
// after every step, what was promised: never more seats than there are, none
// over an organization's quota, counts that agree with the enrolments, and
// offers made in the order of the waiting list.
func TestSeats(t *testing.T) {
	s := service()
	rapid.Check(t, func(t *rapid.T) {
		w := dialogtest.NewWorld(s, time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
		rows := []training.Row{org("P", "Provincia", training.Province, ""), person("P", "Carla", "Ferrari", "carla@p.example", func(p *training.PersonRow) { p.Coordinator = true })}
		var people []*dialogtest.Actor
		for o := range 3 {
			rows = append(rows, org(fmt.Sprint("c", o), fmt.Sprint("Comune", o), training.Municipality, ""))
			for i := range 4 {
				mail := fmt.Sprintf("p%d@c%d.example", i, o)
				rows = append(rows, person(fmt.Sprint("c", o), fmt.Sprint("Nome", i), fmt.Sprint("Cognome", o), mail, nil))
				people = append(people, w.Actor(mail, int64(1000+10*o+i)))
			}
		}
		ok(t, w.Import(rows...))
		carla := w.Actor("carla@p.example", 999)
		ok(t, carla.Join())
		for _, p := range people {
			ok(t, p.Join())
		}
		total, quota := rapid.IntRange(1, 5).Draw(t, "seats"), rapid.IntRange(0, 3).Draw(t, "quota")
		line := fmt.Sprintf("nuovo corso: Prova; 11 marzo ore 9-13; Sala; %d posti", total)
		if quota > 0 {
			line += fmt.Sprintf(", max %d per ente", quota)
		}
		ok(t, carla.Say(line))
		ok(t, carla.Press("Apri il corso"))
		id := strings.TrimPrefix(string(w.Documents("edition")[0]), "edition:")
		for range rapid.IntRange(5, 60).Draw(t, "steps") {
			before := waitingList(w, id)
			p := rapid.SampledFrom(people).Draw(t, "who")
			button := func(verb, arg string) error {
				return w.Handle(dialog.In{Chat: &dialog.Chat{ID: p.Chat, Sort: "button", Data: dialog.Act{Verb: verb, ID: id, Arg: arg}.Data()}})
			}
			switch rapid.IntRange(0, 6).Draw(t, "what") {
			case 0, 1, 2:
				ok(t, button("enrol", ""))
			case 3:
				ok(t, button("give_up.yes", ""))
			case 4:
				ok(t, button("offer.yes", ""))
			case 5:
				ok(t, button("offer.no", ""))
			case 6:
				ok(t, w.Advance(w.Now.Add(time.Duration(rapid.IntRange(1, 30).Draw(t, "hours"))*time.Hour)))
			}
			checkSeats(t, w, id, total, quota, before)
		}
	})
}

func ok(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// waitingList is who waits, in the order of their places.
func waitingList(w *dialogtest.World, edition string) []training.Enrollment {
	var all []training.Enrollment
	for _, ref := range w.Documents("enrollment") {
		var en training.Enrollment
		w.Find(ref, &en)
		if en.Edition == edition && en.State == training.Waitlisted {
			all = append(all, en)
		}
	}
	return all
}

func checkSeats(t *rapid.T, w *dialogtest.World, id string, total, quota int, before []training.Enrollment) {
	t.Helper()
	var e training.CourseEdition
	w.Find(dialog.MakeRef("edition", id), &e)
	taken, waiting, byOrg := 0, 0, map[string]int{}
	now := map[string]training.Enrollment{}
	places := map[int]bool{}
	for _, ref := range w.Documents("enrollment") {
		var en training.Enrollment
		w.Find(ref, &en)
		now[en.Person] = en
		if en.Holds() {
			taken++
			byOrg[en.Organization]++
		}
		if en.State == training.Waitlisted {
			waiting++
			if en.Place == 0 || places[en.Place] {
				t.Fatalf("place %d is given twice or not at all", en.Place)
			}
			places[en.Place] = true
		}
	}
	if taken > total || taken != e.Seats.Taken || waiting != e.Seats.Waiting {
		t.Fatalf("%d seats taken of %d, counted %d; %d wait, counted %d", taken, total, e.Seats.Taken, waiting, e.Seats.Waiting)
	}
	for org, n := range byOrg {
		if quota > 0 && n > quota || n != e.Seats.ByOrg[org] {
			t.Fatalf("%s holds %d seats, counted %d, quota %d", org, n, e.Seats.ByOrg[org], quota)
		}
	}
	// Nobody who could sit waits while a seat is free, and whoever moved up
	// passed nobody who could have sat.
	for _, en := range now {
		if en.State == training.Waitlisted && e.Seats.Free(en.Organization) && w.Now.Before(e.Start()) {
			t.Fatalf("place %d waits while a seat is free", en.Place)
		}
	}
	for _, up := range before {
		if now[up.Person].State != training.Offered {
			continue
		}
		for _, other := range before {
			still := now[other.Person]
			if still.State == training.Waitlisted && still.Place == other.Place && other.Place < up.Place && other.Organization == up.Organization {
				t.Fatalf("place %d was passed by %d", other.Place, up.Place)
			}
		}
	}
}

// TestLongWaitingList: in the last days everybody in a long waiting list hears
// of a freed seat once, and who left hears nothing.
func TestLongWaitingList(t *testing.T) {
	w := dialogtest.NewWorld(service(), time.Date(2027, 3, 10, 9, 0, 0, 0, training.Rome()))
	must := mustly(t)
	rows := []training.Row{roster[0], roster[1], roster[5]}
	const n = 130
	var people []*dialogtest.Actor
	for i := range n {
		mail := fmt.Sprintf("p%d@comune-dolcedo.example", i)
		rows = append(rows, person("008024", fmt.Sprint("Nome", i), "Tale", mail, nil))
		people = append(people, w.Actor(mail, int64(1000+i)))
	}
	must(w.Import(rows...))
	carla := w.Actor(actors["carla"], 1)
	must(carla.Join())
	must(openCourse(carla, 1))
	for _, p := range people {
		must(p.Join())
		must(p.Say("corsi"))
		must(p.Press("1"))
		must(p.Press("Sì"))
	}
	must(people[n-1].Say("esci"))
	must(people[n-1].Press("Sì"))
	for _, p := range people {
		p.News()
	}
	must(people[0].Say("rinuncio"))
	must(people[0].Press("Sì"))
	must(w.Advance(w.Now.Add(10 * time.Minute)))
	for i, p := range people[1:] {
		want := 1
		if i+1 == n-1 {
			want = 0
		}
		if got := strings.Count(p.News(), "Si è liberato un posto"); got != want {
			t.Errorf("the one at place %d heard of the seat %d times", i+1, got)
		}
	}
}
