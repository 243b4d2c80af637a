package training

import (
	"sync"
	"time"
)

// Rome is the time zone of the service. The program imports time/tzdata, so
// that it is there on every machine; without it nothing can be promised about
// a date, which is why its absence ends the program.
func Rome() *time.Location { return loadRome() }

var loadRome = sync.OnceValue(func() *time.Location {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		panic("training: no time zone Europe/Rome (import time/tzdata in the main package): " + err.Error())
	}
	return rome
})

// isoDay is the form of a day in documents and settings.
const isoDay = "2006-01-02"

// Span is a stretch of days, both ends included, written 2027-08-09.
type Span struct {
	From string `json:"from" toml:"from"`
	To   string `json:"to" toml:"to"`
}

// Contains tells whether the day (as it is in Rome) falls in the span. The
// written form sorts as the days do.
func (s Span) Contains(day time.Time) bool {
	d := day.In(Rome()).Format(isoDay)
	return s.From <= d && d <= s.To
}

// Calendar tells the working days of an organization: all but Saturdays,
// Sundays, the Italian holidays, the day of the patron saint and the closures.
type Calendar struct {
	Patron   string `json:"patron,omitempty" toml:"patron"` // MM-DD
	Closures []Span `json:"closures,omitempty" toml:"closures"`
}

// Hours of the office and of urgent notices, in minutes from midnight. Both
// ends are on the hands of the clock, so they hold on the days on which the
// clock changes too.
const (
	officeOpens  = 8 * 60
	officeShuts  = 18 * 60
	urgentOpens  = 6*60 + 30
	urgentShuts  = 22 * 60
	longestClose = 366 // days: closures written by mistake must not stop the service for ever
)

type fixedHoliday struct {
	month time.Month
	day   int
	from  int // first year
	until int // last year, 0 when it still is one
	name  string
}

// Holidays with the year from which they are (L. 260/1949 and what changed
// it: L. 54/1977, D.P.R. 792/1985, L. 336/2000, L. 151/2025).
var fixedHolidays = []fixedHoliday{
	{time.January, 1, 1949, 0, "Capodanno"},
	{time.January, 6, 1949, 1976, "Epifania"},
	{time.January, 6, 1986, 0, "Epifania"},
	{time.April, 25, 1949, 0, "Festa della Liberazione"},
	{time.May, 1, 1949, 0, "Festa del lavoro"},
	{time.June, 2, 1949, 1976, "Festa della Repubblica"},
	{time.June, 2, 2001, 0, "Festa della Repubblica"},
	{time.August, 15, 1949, 0, "Ferragosto"},
	{time.October, 4, 1949, 1976, "San Francesco"},
	{time.October, 4, 2026, 0, "San Francesco"},
	{time.November, 1, 1949, 0, "Ognissanti"},
	{time.December, 8, 1949, 0, "Immacolata"},
	{time.December, 25, 1949, 0, "Natale"},
	{time.December, 26, 1949, 0, "Santo Stefano"},
}

// Holiday names the Italian holiday that falls on the day, if one does.
func Holiday(day time.Time) (name string, ok bool) {
	day = day.In(Rome())
	year, month, d := day.Date()
	for _, h := range fixedHolidays {
		if h.month == month && h.day == d && year >= h.from && (h.until == 0 || year <= h.until) {
			return h.name, true
		}
	}
	easter := Easter(year)
	switch startOfDay(day) {
	case easter:
		return "Pasqua", true
	case startOfDay(easter.AddDate(0, 0, 1)):
		return "Lunedì dell'Angelo", true
	}
	return "", false
}

// Easter is the Sunday of Easter, at the start of the day in Rome (the
// anonymous Gregorian rule).
func Easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, Rome())
}

// IsWorkday tells whether the office is open on the day.
func (c Calendar) IsWorkday(day time.Time) bool {
	day = day.In(Rome())
	if w := day.Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	if c.Patron != "" && day.Format("01-02") == c.Patron {
		return false
	}
	if _, ok := Holiday(day); ok {
		return false
	}
	for _, s := range c.Closures {
		if s.Contains(day) {
			return false
		}
	}
	return true
}

// NextWorkday is the first working day after the day, at the same hour.
func (c Calendar) NextWorkday(day time.Time) time.Time { return c.AddWorkdays(day, 1) }

// WorkdayFrom is the day itself when it is a working day, or the next one.
func (c Calendar) WorkdayFrom(day time.Time) time.Time {
	if c.IsWorkday(day) {
		return day.In(Rome())
	}
	return c.NextWorkday(day)
}

// AddWorkdays is the n-th working day after the day (before it when n is
// negative), at the same hour of the clock; with 0 the day itself, open or
// not. A closure of more than a year counts as a mistake and is stepped over
// to the day after its first year.
func (c Calendar) AddWorkdays(day time.Time, n int) time.Time {
	day = day.In(Rome())
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for ; n > 0; n-- {
		for i := 0; i < longestClose; i++ {
			day = addDays(day, step)
			if c.IsWorkday(day) {
				break
			}
		}
	}
	return day
}

// WorkdaysBetween counts the working days after from and up to to, that day
// included; 0 when to is not after from. Days further apart than ten years
// are not counted.
func (c Calendar) WorkdaysBetween(from, to time.Time) int {
	n := 0
	last := startOfDay(to)
	for d, i := addDays(startOfDay(from), 1), 0; !d.After(last) && i < 10*longestClose; d, i = addDays(d, 1), i+1 {
		if c.IsWorkday(d) {
			n++
		}
	}
	return n
}

// AddWorkingHours is the instant at which the office has been open for that
// many hours since t. What would end exactly when the office shuts ends then,
// not the morning after.
func (c Calendar) AddWorkingHours(t time.Time, hours int) time.Time {
	t = c.NoticeTime(t)
	left := time.Duration(max(hours, 0)) * time.Hour
	for {
		today := atMinute(t, officeShuts).Sub(t)
		if left <= today {
			return t.Add(left)
		}
		left -= today
		t = c.NoticeTime(atMinute(t, officeShuts))
	}
}

// NoticeTime is the earliest instant from t on at which a notice may reach
// people: between 8 and 18 of a working day.
func (c Calendar) NoticeTime(t time.Time) time.Time {
	t = t.In(Rome())
	if c.IsWorkday(t) {
		if opens := atMinute(t, officeOpens); t.Before(opens) {
			return opens
		}
		if t.Before(atMinute(t, officeShuts)) {
			return t
		}
	}
	return atMinute(c.NextWorkday(t), officeOpens)
}

// UrgentTime is the earliest instant from t on at which an urgent notice may
// reach people: between 6:30 and 22 of any day.
func UrgentTime(t time.Time) time.Time {
	t = t.In(Rome())
	if opens := atMinute(t, urgentOpens); t.Before(opens) {
		return opens
	}
	if t.Before(atMinute(t, urgentShuts)) {
		return t
	}
	return atMinute(addDays(t, 1), urgentOpens)
}

// UrgentTime is the same for every organization: it heeds no closure.
func (c Calendar) UrgentTime(t time.Time) time.Time { return UrgentTime(t) }

// startOfDay is midnight in Rome.
func startOfDay(t time.Time) time.Time { return atMinute(t, 0) }

// atMinute is the given minute of the day on the hands of the clock.
func atMinute(t time.Time, minute int) time.Time {
	y, m, d := t.In(Rome()).Date()
	return time.Date(y, m, d, minute/60, minute%60, 0, 0, Rome())
}

// addDays moves by days of the calendar, not by 24 hours.
func addDays(t time.Time, days int) time.Time { return t.In(Rome()).AddDate(0, 0, days) }
