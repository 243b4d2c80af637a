package training

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestFits(t *testing.T) {
	p := Person{First: "Anna Maria", Last: "De Rossi"}
	for words, want := range map[string]bool{
		"anna": true, "rossi": true, "de rossi": true, "anna.rossi": true, "A. Rossi": true, "a.derossi": false,
		"ROSSI ANNA": true, "bianchi": false, "anna bianchi": false, "r": false, "ro": false, "": false, "maria": true, "Ros": false,
	} {
		if got := p.Fits(words); got != want {
			t.Errorf("%q: %v", words, got)
		}
	}
}

func TestChannel(t *testing.T) {
	mail := []Address{{Mail: "a@b.example", Kind: Personal}}
	for _, c := range []struct {
		name string
		p    Person
		want string
	}{
		{"nothing", Person{}, ""},
		{"mail alone", Person{Addresses: mail}, "mail"},
		{"chat before mail", Person{Addresses: mail, Chat: 1}, "chat"},
		{"mail preferred", Person{Addresses: mail, Chat: 1, Prefers: "mail"}, "mail"},
		{"mail preferred, no mail", Person{Chat: 1, Prefers: "mail"}, "chat"},
		{"chat lost", Person{Addresses: mail, Chat: 1, ChatLost: true}, "mail"},
		{"mail dead", Person{Addresses: []Address{{Mail: "a@b.example", Kind: Personal, Dead: true}}}, ""},
	} {
		if got := c.p.Channel(); got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

func TestPositionsAreDated(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2027, 3, d, 0, 0, 0, 0, time.UTC) }
	p := Person{Positions: []Position{{Organization: "a", Until: day(10)}, {Organization: "b", From: day(10)}}}
	for d, want := range map[int]string{9: "a", 10: "b", 20: "b"} {
		if pos, _ := p.At(day(d)); pos.Organization != want {
			t.Errorf("on the %d: %s", d, pos.Organization)
		}
	}
}

// TestSeatsAreNeverOversold: whatever is taken and given back, the seats add up.
func TestSeatsAreNeverOversold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Seats{Total: rapid.IntRange(0, 6).Draw(t, "total"), PerOrg: rapid.IntRange(0, 3).Draw(t, "quota")}
		held := map[string]int{}
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			org := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "org")
			if rapid.Bool().Draw(t, "take") {
				if err := s.Take(org); err == nil {
					held[org]++
				}
			} else {
				s.Release(org)
				held[org] = max(0, held[org]-1)
			}
			sum := 0
			for org, n := range held {
				sum += n
				if n != s.ByOrg[org] || s.PerOrg > 0 && n > s.PerOrg {
					t.Fatalf("%s holds %d, counted %d", org, n, s.ByOrg[org])
				}
			}
			if sum != s.Taken || sum > s.Total {
				t.Fatalf("%d held, %d counted, %d seats", sum, s.Taken, s.Total)
			}
		}
	})
}

// TestDemandAddsUp: what is added and dropped leaves the totals of what is left.
func TestDemandAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d Demand
		local := map[string]*LocalDemand{"a": {}, "b": {}, "c": {}}
		type need struct {
			org    string
			people int
		}
		var live []need
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			if len(live) > 0 && rapid.Bool().Draw(t, "drop") {
				n := live[len(live)-1]
				live = live[:len(live)-1]
				d.Drop(local[n.org], n.people)
			} else {
				n := need{rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "org"), rapid.IntRange(1, 9).Draw(t, "people")}
				live = append(live, n)
				d.Add(local[n.org], n.people)
			}
		}
		people, orgs := 0, map[string]bool{}
		for _, n := range live {
			people += n.people
			orgs[n.org] = true
		}
		if d.People != people || d.Organizations != len(orgs) {
			t.Fatalf("%+v, want %d people of %d", d, people, len(orgs))
		}
	})
}

// TestFiguresNeedFive: below the threshold there is no figure, above it is the
// mean of what was given.
func TestFiguresNeedFive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tally Tally
		given := rapid.SliceOfN(rapid.IntRange(1, 5), 0, 12).Draw(t, "given")
		sum := 0
		for _, v := range given {
			tally.Add(AnswerSheet{Numbers: map[string]int{"usefulness": v, "recommend": 2 * v}})
			sum += v
		}
		f, ok := tally.Mean("usefulness")
		if ok != (len(given) >= AnonymityThreshold) {
			t.Fatalf("%d answers shown: %v", len(given), ok)
		}
		if value, n := f.Value(); ok && (n != len(given) || value != float64(sum)/float64(n)) {
			t.Fatalf("mean %v of %d", value, n)
		}
		if nps, ok := tally.NPS(); ok {
			if v, _ := nps.Value(); v < -100 || v > 100 {
				t.Fatalf("NPS %v", v)
			}
		}
		if _, ok := tally.Mean("clarity"); ok {
			t.Fatal("a figure of an item that nobody answered")
		}
	})
}
