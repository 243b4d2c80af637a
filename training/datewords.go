package training

import (
	"strconv"
	"strings"
	"time"
)

// clockHours are two times of the clock in minutes; -1 when not written.
type clockHours struct{ from, to int }

func readHours(text string) (clockHours, error) {
	none := clockHours{-1, -1}
	minute := func(h, m string) int {
		hour, _ := strconv.Atoi(h)
		min, _ := strconv.Atoi(m)
		if hour > 24 || min > 59 || (hour == 24 && min > 0) {
			return -1
		}
		return hour*60 + min
	}
	if m := hourRange.FindStringSubmatch(text); m != nil {
		h := clockHours{minute(m[1], m[2]), minute(m[3], m[4])}
		if h.from < 0 || h.to < 0 || h.to <= h.from {
			return none, &DateError{Err: ErrHours, Written: strings.TrimSpace(m[0])}
		}
		return h, nil
	}
	if m := hourStart.FindStringSubmatch(text); m != nil {
		h := clockHours{minute(m[1]+m[3], m[2]+m[4]), -1}
		if h.from < 0 || h.from == 24*60 {
			return none, &DateError{Err: ErrHours, Written: strings.TrimSpace(m[0])}
		}
		return h, nil
	}
	return none, nil
}

// on puts the hours on a day. An hour that the clock steps over at the
// beginning of summer time does not exist.
func (h clockHours) on(day time.Time, written string) (Interval, error) {
	one := Interval{From: day}
	if h.from < 0 {
		return one, nil
	}
	one.Timed, one.From = true, atMinute(day, h.from)
	if minuteOf(one.From) != h.from {
		return Interval{}, &DateError{Err: ErrHours, Written: written}
	}
	if h.to >= 0 {
		one.To = atMinute(day, h.to)
	}
	return one, nil
}

// DateWords writes a day as «giovedì 11 marzo».
func DateWords(t time.Time) string {
	t = t.In(Rome())
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = "1°"
	}
	return weekdays[t.Weekday()] + " " + day + " " + months[t.Month()-1]
}

// DateYearWords writes a day as «giovedì 11 marzo 2027», for what is kept.
func DateYearWords(t time.Time) string {
	return DateWords(t) + " " + strconv.Itoa(t.In(Rome()).Year())
}

// HoursWords writes the hours as «ore 9–13», «ore 9:30–13», or «ore 9» when
// there is no end.
func HoursWords(from, to time.Time) string {
	if to.IsZero() || !to.After(from) {
		return "ore " + hourWords(from)
	}
	end := hourWords(to)
	if end == "0" {
		end = "24"
	}
	return "ore " + hourWords(from) + "–" + end
}

func hourWords(t time.Time) string {
	t = t.In(Rome())
	if t.Minute() == 0 {
		return strconv.Itoa(t.Hour())
	}
	return strings.TrimPrefix(t.Format("15:04"), "0")
}
