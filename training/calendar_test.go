package training_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"regia/training"
)

func rome(y int, m time.Month, d, hour, minute int) time.Time {
	return time.Date(y, m, d, hour, minute, 0, 0, training.Rome())
}

func TestEasterFallsWhereItFell(t *testing.T) {
	for _, want := range []time.Time{
		rome(1961, time.April, 2, 0, 0), rome(2000, time.April, 23, 0, 0), rome(2008, time.March, 23, 0, 0),
		rome(2025, time.April, 20, 0, 0), rome(2026, time.April, 5, 0, 0), rome(2027, time.March, 28, 0, 0),
		rome(2038, time.April, 25, 0, 0), rome(2049, time.April, 18, 0, 0),
	} {
		if got := training.Easter(want.Year()); !got.Equal(want) {
			t.Errorf("Easter %d: %v, want %v", want.Year(), got, want)
		}
	}
}

func TestWorkdays(t *testing.T) {
	imperia := training.Calendar{Patron: "11-26", Closures: []training.Span{{From: "2027-08-09", To: "2027-08-13"}}}
	for _, c := range []struct {
		day  time.Time
		open bool
		why  string
	}{
		{rome(2027, time.March, 11, 9, 0), true, "a Thursday"},
		{rome(2027, time.March, 13, 9, 0), false, "a Saturday"},
		{rome(2027, time.March, 29, 9, 0), false, "Easter Monday"},
		{rome(2025, time.October, 3, 9, 0), true, "a Friday"},
		{rome(2024, time.October, 4, 9, 0), true, "4 October was a working day until 2025"},
		{rome(2027, time.October, 4, 9, 0), false, "4 October is a holiday again from 2026"},
		{rome(2027, time.November, 26, 9, 0), false, "the patron saint"},
		{rome(2027, time.August, 13, 23, 59), false, "the last day of a closure"},
		{rome(2027, time.August, 16, 0, 0), true, "the closure is over"},
		{rome(2027, time.June, 2, 9, 0), false, "the Republic"},
		{rome(2027, time.December, 8, 9, 0), false, "the Immaculate"},
		{time.Date(2027, time.March, 12, 23, 30, 0, 0, time.UTC), false, "Friday night in UTC is Saturday in Rome"},
	} {
		if imperia.IsWorkday(c.day) != c.open {
			t.Errorf("%v (%s): open = %v", c.day, c.why, !c.open)
		}
	}
}

func TestAddingWorkdaysStepsOverHolidays(t *testing.T) {
	var c training.Calendar
	thursday := rome(2027, time.March, 25, 9, 30)
	if got, want := c.AddWorkdays(thursday, 2), rome(2027, time.March, 30, 9, 30); !got.Equal(want) {
		t.Errorf("two working days over Easter and the change of the clock: %v, want %v", got, want)
	}
	if got, want := c.AddWorkdays(rome(2027, time.March, 30, 9, 30), -2), thursday; !got.Equal(want) {
		t.Errorf("two working days back: %v, want %v", got, want)
	}
	if got := c.WorkdaysBetween(thursday, rome(2027, time.March, 30, 7, 0)); got != 2 {
		t.Errorf("working days between: %d, want 2", got)
	}
}

func TestWorkingHours(t *testing.T) {
	var c training.Calendar
	for _, x := range []struct {
		from  time.Time
		hours int
		want  time.Time
	}{
		{rome(2027, time.March, 11, 9, 0), 4, rome(2027, time.March, 11, 13, 0)},
		{rome(2027, time.March, 11, 14, 0), 4, rome(2027, time.March, 11, 18, 0)},
		{rome(2027, time.March, 11, 14, 30), 4, rome(2027, time.March, 12, 8, 30)},
		{rome(2027, time.March, 12, 17, 0), 2, rome(2027, time.March, 15, 9, 0)},
		{rome(2027, time.March, 26, 22, 0), 1, rome(2027, time.March, 30, 9, 0)},
		{rome(2027, time.March, 13, 12, 0), 0, rome(2027, time.March, 15, 8, 0)},
	} {
		if got := c.AddWorkingHours(x.from, x.hours); !got.Equal(x.want) {
			t.Errorf("%v + %d working hours = %v, want %v", x.from, x.hours, got, x.want)
		}
	}
}

func TestUrgentNoticesGoOutOnAnyDayButNotAtNight(t *testing.T) {
	for _, x := range [][2]time.Time{
		{rome(2027, time.March, 28, 1, 0), rome(2027, time.March, 28, 6, 30)}, // the night the clock changes
		{rome(2027, time.March, 28, 21, 59), rome(2027, time.March, 28, 21, 59)},
		{rome(2027, time.March, 28, 22, 0), rome(2027, time.March, 29, 6, 30)},
	} {
		if got := training.UrgentTime(x[0]); !got.Equal(x[1]) {
			t.Errorf("UrgentTime(%v) = %v, want %v", x[0], got, x[1])
		}
	}
}

func TestAnEndlessClosureStopsNothing(t *testing.T) {
	c := training.Calendar{Closures: []training.Span{{From: "0000-01-01", To: "9999-12-31"}}}
	from := rome(2027, time.March, 11, 9, 0)
	if got := c.AddWorkingHours(from, 1); !got.After(from) {
		t.Errorf("AddWorkingHours = %v", got)
	}
}

func drawCalendar(t *rapid.T) training.Calendar {
	c := training.Calendar{Patron: rapid.SampledFrom([]string{"", "11-26", "06-24", "02-29", "xx"}).Draw(t, "patron")}
	for range rapid.IntRange(0, 3).Draw(t, "closures") {
		first := drawInstant(t, "closure")
		c.Closures = append(c.Closures, training.Span{
			From: first.Format("2006-01-02"),
			To:   first.AddDate(0, 0, rapid.IntRange(0, 20).Draw(t, "days")).Format("2006-01-02"),
		})
	}
	return c
}

func drawInstant(t *rapid.T, name string) time.Time {
	return time.Unix(rapid.Int64Range(1_700_000_000, 2_200_000_000).Draw(t, name), 0)
}

func TestCalendarProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, at := drawCalendar(t), drawInstant(t, "at")

		notice := c.NoticeTime(at)
		if h := notice.In(training.Rome()).Hour(); notice.Before(at) || !c.IsWorkday(notice) || h < 8 || h >= 18 {
			t.Fatalf("NoticeTime(%v) = %v", at, notice)
		}
		if !c.NoticeTime(notice).Equal(notice) {
			t.Fatalf("NoticeTime moves what is right already: %v", notice)
		}
		urgent := training.UrgentTime(at).In(training.Rome())
		if m := urgent.Hour()*60 + urgent.Minute(); urgent.Before(at) || m < 390 || m >= 1320 || urgent.Sub(at) > 10*time.Hour {
			t.Fatalf("UrgentTime(%v) = %v", at, urgent)
		}

		n := rapid.IntRange(1, 60).Draw(t, "n")
		there := c.AddWorkdays(at, n)
		if !c.IsWorkday(there) || c.WorkdaysBetween(at, there) != n {
			t.Fatalf("AddWorkdays(%v, %d) = %v", at, n, there)
		}
		if c.IsWorkday(at) {
			y, m, d := at.In(training.Rome()).Date()
			if by, bm, bd := c.AddWorkdays(there, -n).Date(); y != by || m != bm || d != bd {
				t.Fatalf("%v, %d working days on and back: %d-%d-%d", at, n, by, bm, bd)
			}
		}

		h := rapid.IntRange(0, 200).Draw(t, "hours")
		one, more := c.AddWorkingHours(at, h), c.AddWorkingHours(at, h+1)
		if one.Before(at) || !more.After(one) || more.Sub(one) < time.Hour {
			t.Fatalf("AddWorkingHours(%v): %d -> %v, %d -> %v", at, h, one, h+1, more)
		}
	})
}
