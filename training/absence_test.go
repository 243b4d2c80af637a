package training

import (
	"errors"
	"testing"
	"time"
)

func TestReadSpan(t *testing.T) {
	now := time.Date(2027, 12, 1, 9, 0, 0, 0, Rome()) // a Wednesday
	for text, want := range map[string]string{
		"dal 3 al 10 dicembre":              "2027-12-03 2027-12-10 da venerdì 3 a venerdì 10 dicembre",
		"dal 3 dicembre al 10 dicembre":     "2027-12-03 2027-12-10 da venerdì 3 a venerdì 10 dicembre",
		"dal 28 al 5 gennaio":               "2027-12-28 2028-01-05 da martedì 28 dicembre a mercoledì 5 gennaio",
		"dal 28 dicembre all'8 gennaio":     "2027-12-28 2028-01-08 da martedì 28 dicembre a sabato 8 gennaio",
		"dal 1° al 10 dicembre":             "2027-12-01 2027-12-10 da mercoledì 1° a venerdì 10 dicembre",
		"da domani a venerdì":               "2027-12-02 2027-12-03 da giovedì 2 a venerdì 3 dicembre",
		"da venerdì 3 a lunedì 13 dicembre": "2027-12-03 2027-12-13 da venerdì 3 a lunedì 13 dicembre",
		"fino al 10/12":                     "2027-12-01 2027-12-10 da mercoledì 1° a venerdì 10 dicembre",
		"il 3 dicembre":                     "2027-12-03 2027-12-03 venerdì 3 dicembre",
		"domani":                            "2027-12-02 2027-12-02 giovedì 2 dicembre",
		"dal 29 novembre al 10 dicembre":    "", // a year from then
		"dal 12 al 31 novembre":             "",
		"dal 0 al 10 dicembre":              "",
		"Rossi, Bianchi":                    "",
		"":                                  "",
	} {
		s, err := ReadSpan(text, now)
		got := s.From + " " + s.To + " " + s.Words()
		if want == "" {
			var wrong *DateError
			if !errors.As(err, &wrong) {
				t.Errorf("%q is %s", text, got)
			}
			continue
		}
		if err != nil || got != want {
			t.Errorf("%q is %s (%v), want %s", text, got, err, want)
		}
	}
}
