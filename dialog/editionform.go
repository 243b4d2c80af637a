package dialog

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"regia/training"
)

var (
	seatsForm  = regexp.MustCompile(`(?i)\b(\d{1,4})\s*posti\b`)
	perOrgForm = regexp.MustCompile(`(?i)\b(?:max|massimo|al massimo)\s+(\d{1,3})\s+per\s+(?:ente|comune)\b`)
	titleForm  = regexp.MustCompile(`(?i)^titolo:\s*(.+)$`)
	venueForm  = regexp.MustCompile(`(?i)^(?:dove|luogo|sede):\s*(.+)$`)
	// placeForm tells a new place from a word of doubt: more words than one (the
	// first no «no» or «ma»), a link, or «online».
	placeForm    = regexp.MustCompile(`(?i)://|^online$|^\S{3,}\s+\S`)
	deadlineForm = regexp.MustCompile(`(?i)^(?:iscrizioni\s+)?(?:entro|fino\s+a[l]?)\s+(?:il\s+)?(.+)$`)
)

// fillAll reads an edition written in one message: its parts are parted by
// semicolons or lines, «titolo; data e ore; luogo; posti; entro …».
func (c *conv) fillAll(e *training.CourseEdition, text string) (problem string, args Args) {
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ';' || r == '\n' }) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		if problem, args := c.fill(e, part); problem != "" {
			return problem, args
		}
	}
	return "", nil
}

// fill reads one part of an edition. What it is shows in its form; otherwise
// it is what is missing next.
func (c *conv) fill(e *training.CourseEdition, part string) (problem string, args Args) {
	seats, perOrg := seatsForm.FindStringSubmatch(part), perOrgForm.FindStringSubmatch(part)
	if m := deadlineForm.FindStringSubmatch(part); m != nil {
		day, err := training.ReadDate(m[1], c.now)
		if err != nil {
			return dateProblem(err)
		}
		e.Deadline = time.Date(day.From.Year(), day.From.Month(), day.From.Day(), 23, 59, 0, 0, day.From.Location())
		return "", nil
	}
	missing := e.Missing()
	if seats != nil || perOrg != nil || missing == "seats" {
		if seats == nil && perOrg == nil {
			seats = []string{"", strings.Map(digits, part)}
		}
		if seats != nil {
			n, err := strconv.Atoi(seats[1])
			if err != nil || n < 1 || n > training.MaxSeats {
				return "edition.bad_seats", Args{"n": itoa(training.MaxSeats)}
			}
			e.Seats.Total = n
		}
		if perOrg != nil {
			e.Seats.PerOrg, _ = strconv.Atoi(perOrg[1])
		}
		return "", nil
	}
	title := titleForm.FindStringSubmatch(part)
	if title != nil {
		part = title[1]
	}
	if e.Title == "" || title != nil {
		if len([]rune(part)) > training.MaxTitle {
			return "edition.long_title", Args{"n": itoa(training.MaxTitle)}
		}
		e.Title = part
		if e.Topic == "" {
			if reading := c.s.Needs.Read(part, ""); len(reading.Topics) > 0 && reading.Topics[0].Score >= 0.3 {
				e.Topic = reading.Topics[0].ID
			}
		}
		return "", nil
	}
	dates, err := training.ReadDates(part, c.now)
	switch {
	case err != nil && (missing == "when" || !errors.Is(err, training.ErrNoDate)):
		return dateProblem(err)
	case err == nil && slices.ContainsFunc(dates, func(d training.Interval) bool { return !d.To.After(d.From) }):
		return "edition.no_hours", nil
	case err == nil && len(dates) > 0:
		e.Meetings = e.Meetings[:0]
		for _, d := range dates {
			e.Meetings = append(e.Meetings, training.Meeting{From: d.From, To: d.To})
		}
		return "", nil
	}
	venue := venueForm.FindStringSubmatch(part)
	if venue != nil {
		part = venue[1]
	} else if missing != "venue" && !placeForm.MatchString(part) {
		return "edition.part_unclear", nil
	}
	e.Venue = part
	if strings.Contains(part, "://") || training.Fold(part) == "online" {
		e.Mode = training.LiveOnline
	}
	return "", nil
}

// dateProblem says what is wrong with a date.
func dateProblem(err error) (string, Args) {
	switch {
	case errors.Is(err, training.ErrPastDate):
		return "date.past", nil
	case errors.Is(err, training.ErrImpossible):
		return "date.impossible", nil
	case errors.Is(err, training.ErrWeekday):
		return "date.weekday", nil
	case errors.Is(err, training.ErrHours):
		return "date.hours", nil
	}
	return "date.none", nil
}
