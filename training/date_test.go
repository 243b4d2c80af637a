package training_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"regia/training"
)

var december = rome(2026, time.December, 10, 9, 0)

func TestReadDate(t *testing.T) {
	march := func(d, h, m int) time.Time { return rome(2027, time.March, d, h, m) }
	for _, c := range []struct {
		text     string
		from, to time.Time
		timed    bool
	}{
		{"11 marzo 2027 9-13", march(11, 9, 0), march(11, 13, 0), true},
		{"11/3/2027 ore 9:00-13:00", march(11, 9, 0), march(11, 13, 0), true},
		{"giovedì 11 marzo, ore 9–13", march(11, 9, 0), march(11, 13, 0), true},
		{"Giovedi' 11 Marzo dalle 9.30 alle 13", march(11, 9, 30), march(11, 13, 0), true},
		{"gio. 11 mar ore 9 - 13", march(11, 9, 0), march(11, 13, 0), true},
		{"mar 9 marzo ore 14", march(9, 14, 0), time.Time{}, true},
		{"lunedì 1° marzo alle 8:30", march(1, 8, 30), time.Time{}, true},
		{"2027-03-11 09:00-13:00", march(11, 9, 0), march(11, 13, 0), true},
		{"il 11.03.27", march(11, 0, 0), time.Time{}, false},
		{"nuovo corso l'11 marzo", march(11, 0, 0), time.Time{}, false},
		{"15 dicembre", rome(2026, time.December, 15, 0, 0), time.Time{}, false},
		{"9 dicembre", rome(2027, time.December, 9, 0, 0), time.Time{}, false},
		{"oggi alle 15", rome(2026, time.December, 10, 15, 0), time.Time{}, true},
		{"domani dalle 9 alle 11", rome(2026, time.December, 11, 9, 0), rome(2026, time.December, 11, 11, 0), true},
		{"giovedì ore 9", rome(2026, time.December, 17, 9, 0), time.Time{}, true},
		{"11/3 ore 9-13, sala al piano terra, 20 posti", march(11, 9, 0), march(11, 13, 0), true},
		{"31 dicembre 2026 ore 20-24", rome(2026, time.December, 31, 20, 0), rome(2027, time.January, 1, 0, 0), true},
	} {
		got, err := training.ReadDate(c.text, december)
		if err != nil || !got.From.Equal(c.from) || !got.To.Equal(c.to) || got.Timed != c.timed {
			t.Errorf("ReadDate(%q) = %+v, %v", c.text, got, err)
		}
	}
}

func TestReadDateSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]error{
		"31 aprile 2027":                  training.ErrImpossible,
		"31 aprile":                       training.ErrImpossible,
		"29 febbraio 2027":                training.ErrImpossible,
		"11/13/2027":                      training.ErrImpossible,
		"11 marzo 2025":                   training.ErrPastDate,
		"oggi alle 8":                     training.ErrPastDate,
		"10 dicembre 2026 ore 8":          training.ErrPastDate,
		"venerdì 11 marzo 2027":           training.ErrWeekday,
		"11 marzo 2027 ore 13-9":          training.ErrHours,
		"11 marzo 2027 ore 9-27":          training.ErrHours,
		"28 marzo 2027 ore 2:30":          training.ErrHours,
		"quando volete":                   training.ErrNoDate,
		"":                                training.ErrNoDate,
		strings.Repeat("1/", 1<<20) + "1": nil,
	} {
		_, err := training.ReadDate(text, december)
		var wrong *training.DateError
		if want != nil && (!errors.Is(err, want) || !errors.As(err, &wrong)) {
			t.Errorf("ReadDate(%.30q): %v, want %v", text, err, want)
		}
	}
	_, err := training.ReadDate("venerdì 11 marzo 2027", december)
	var wrong *training.DateError
	if !errors.As(err, &wrong) || training.DateWords(wrong.Day) != "giovedì 11 marzo" {
		t.Errorf("a wrong day of the week does not say the right one: %v", err)
	}
}

func TestReadDatesTakesThemAll(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"11 e 18 marzo 2027 9-13", "giovedì 11 marzo ore 9–13; giovedì 18 marzo ore 9–13"},
		{"giovedì 11, 18 e 25 marzo ore 14:30-17", "giovedì 11 marzo ore 14:30–17; giovedì 18 marzo ore 14:30–17; giovedì 25 marzo ore 14:30–17"},
		{"11/3 ore 9-13 e 12/3 ore 14-18", "giovedì 11 marzo ore 9–13; venerdì 12 marzo ore 14–18"},
		{"11/3, 1/4 ore 9-13", "giovedì 11 marzo ore 9–13; giovedì 1° aprile ore 9–13"},
	} {
		all, err := training.ReadDates(c.text, december)
		var words []string
		for _, one := range all {
			words = append(words, training.DateWords(one.From)+" "+training.HoursWords(one.From, one.To))
		}
		if got := strings.Join(words, "; "); err != nil || got != c.want {
			t.Errorf("ReadDates(%q) = %s, %v", c.text, got, err)
		}
	}
}

func FuzzReadDates(f *testing.F) {
	for _, s := range []string{"giovedì 11 marzo, ore 9–13", "11/3/2027 ore 9:00-13:00", "11 e 18 marzo", "domani alle 9", "0 gennaio 0000", "99/99/99", "ì1\xff/2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := training.ReadDates(text, december)
		if len(all) == 0 && err == nil || len(all) > 20 {
			t.Fatalf("%d dates, %v", len(all), err)
		}
		for _, one := range all {
			if err == nil && one.From.Before(rome(2026, time.December, 10, 0, 0)) {
				t.Fatalf("a past date without an error: %+v", one)
			}
			if !one.To.IsZero() && !one.To.After(one.From) {
				t.Fatalf("ends before it begins: %+v", one)
			}
			// What is written is read back as the same.
			_, err := training.ReadDate(training.DateYearWords(one.From), rome(1, time.January, 2, 0, 0))
			if err != nil && one.From.Year() > 1 && one.From.Year() < 10000 && one.From.Year() >= 1000 {
				t.Fatalf("%s: %v", training.DateYearWords(one.From), err)
			}
		}
	})
}
