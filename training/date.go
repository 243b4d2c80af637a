package training

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Interval is a date, with the hours when they were written. To is zero when
// only the start was.
type Interval struct {
	From  time.Time
	To    time.Time
	Timed bool
}

// What can be wrong with a written date; each comes inside a *DateError.
var (
	ErrNoDate     = errors.New("no date")
	ErrImpossible = errors.New("no such date")
	ErrPastDate   = errors.New("date is past")
	ErrWeekday    = errors.New("date falls on another day of the week")
	ErrHours      = errors.New("hours are not right")
)

// DateError says what is wrong with a date and how it was written. Day is set
// on ErrPastDate and ErrWeekday: the day that was understood.
type DateError struct {
	Err     error
	Written string
	Day     time.Time
}

func (e *DateError) Error() string {
	if e.Written == "" {
		return e.Err.Error()
	}
	return fmt.Sprintf("%q: %v", e.Written, e.Err)
}

func (e *DateError) Unwrap() error { return e.Err }

const (
	maxDateText = 2000 // bytes that are read
	maxDates    = 20   // dates that are taken from one text
)

var months = []string{
	"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
	"luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
}

var weekdays = []string{"domenica", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"}

const (
	weekdayPattern = `(?:(dom(?:enica)?|lun(?:edi)?|mar(?:tedi)?|mer(?:coledi)?|gio(?:vedi)?|ven(?:erdi)?|sab(?:ato)?)\b['.]?,?\s+)?`
	monthPattern   = `(gen(?:naio)?|feb(?:braio)?|mar(?:zo)?|apr(?:ile)?|mag(?:gio)?|giu(?:gno)?|lug(?:lio)?|ago(?:sto)?|sett?(?:embre)?|ott(?:obre)?|nov(?:embre)?|dic(?:embre)?)`
)

// One expression finds every form, so that the texts between two dates are
// known: they hold the hours. Go's expressions take linear time.
var dateForms = regexp.MustCompile(weekdayPattern + `(?:` +
	`\b(\d{4})-(\d{1,2})-(\d{1,2})\b` + // 2: 2027-03-11
	`|\b(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})\b` + // 5: 11/3/2027
	`|\b(\d{1,2})/(\d{1,2})\b` + // 8: 11/3
	`|\b((?:\d{1,2}[°º^]?\s*(?:,\s*|\s+e(?:d)?\s+))*\d{1,2}[°º^]?)\s+(?:di\s+)?` + monthPattern + `\b\.?(?:,?\s+(?:del\s+)?(\d{4})\b)?` + // 10: 11 e 18 marzo 2027
	`)`)

// Words for a day that need no figure.
var relativeDay = regexp.MustCompile(`\b(oggi|dopodomani|domani|domenica|lunedi|martedi|mercoledi|giovedi|venerdi|sabato)\b'?`)

var (
	hourRange = regexp.MustCompile(`(?:\b(?:ore|dalle|h|orario)\b\.?:?\s*(?:ore\s+)?)?\b(\d{1,2})(?:[:.,](\d{2}))?\s*(?:-|–|—|/|\balle\s+ore\b|\balle\b|\ball'|\ba\b|\bfino\s+alle\b)\s*(?:ore\s+)?(\d{1,2})(?:[:.,](\d{2}))?\b`)
	hourStart = regexp.MustCompile(`\b(?:ore|alle|dalle|h)\b\.?:?\s*(?:ore\s+)?(\d{1,2})(?:[:.](\d{2}))?\b|\b(\d{1,2}):(\d{2})\b`)
	dayNumber = regexp.MustCompile(`\d{1,2}`)
)

var foldDate = strings.NewReplacer("ì", "i", "Ì", "i", "í", "i", "à", "a", "’", "'", "\u00a0", " ", "\u202f", " ")

// ReadDate reads the first date of a text and its hours.
func ReadDate(text string, now time.Time) (Interval, error) {
	all, err := ReadDates(text, now)
	if len(all) > 0 {
		return all[0], nil
	}
	return Interval{}, err
}

// ReadDates reads every date of a text, in the order they stand in, each with
// the hours written behind it: «giovedì 11 marzo, ore 9–13», «11/3/2027 ore
// 9:00-13:00», «11 e 18 marzo 2027 9-13», «domani alle 15». Hours given once,
// behind the last date, hold for all of them. A year that is not written is
// the first in which the date is not past; a day of the week must agree.
//
// With an error come the dates that stand before the one that is wrong.
func ReadDates(text string, now time.Time) ([]Interval, error) {
	if len(text) > maxDateText {
		text = strings.ToValidUTF8(text[:maxDateText], "")
	}
	now = now.In(Rome())
	text = strings.ToLower(foldDate.Replace(text))

	found := dateForms.FindAllStringSubmatchIndex(text, maxDates+1)
	if len(found) == 0 {
		return readRelative(text, now)
	}
	var all []Interval
	for i, at := range found {
		end := len(text)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		days, err := readDays(text, at, now)
		if err != nil {
			return all, err
		}
		hours, err := readHours(text[at[1]:end])
		if err != nil {
			return all, err
		}
		for _, day := range days {
			one, err := hours.on(day, text[at[0]:at[1]])
			if err != nil {
				return all, err
			}
			all = append(all, one)
		}
		if len(all) > maxDates {
			return all[:maxDates], nil
		}
	}
	if all[len(all)-1].Timed {
		shareHours(all)
	}
	for i, one := range all {
		if one.past(now) {
			return all[:i], &DateError{Err: ErrPastDate, Written: DateWords(one.From), Day: one.From}
		}
	}
	return all, nil
}

// shareHours gives the hours of the last date to those that have none.
func shareHours(all []Interval) {
	last := all[len(all)-1]
	for i := range all {
		if all[i].Timed {
			continue
		}
		all[i].From = atMinute(all[i].From, minuteOf(last.From))
		if !last.To.IsZero() {
			all[i].To = atMinute(all[i].From, minuteOf(last.To))
		}
		all[i].Timed = true
	}
}

func minuteOf(t time.Time) int { return t.Hour()*60 + t.Minute() }

func (i Interval) past(now time.Time) bool {
	if i.Timed {
		return i.From.Before(now)
	}
	return i.From.Before(startOfDay(now))
}

// readDays reads the day, or the days, of one match.
func readDays(text string, at []int, now time.Time) ([]time.Time, error) {
	group := func(n int) string {
		if at[2*n] < 0 {
			return ""
		}
		return text[at[2*n]:at[2*n+1]]
	}
	number := func(n int) int { v, _ := strconv.Atoi(group(n)); return v }
	written := text[at[0]:at[1]]
	weekday := -1
	if w := group(1); w != "" {
		for i, name := range weekdays {
			if strings.HasPrefix(name, w[:3]) {
				weekday = i
			}
		}
	}

	var year, month int
	var days []int
	switch {
	case group(2) != "":
		year, month, days = number(2), number(3), []int{number(4)}
	case group(5) != "":
		year, month, days = number(7), number(6), []int{number(5)}
		if year < 100 {
			year += 2000
		}
	case group(8) != "":
		month, days = number(9), []int{number(8)}
	default:
		for _, d := range dayNumber.FindAllString(group(10), maxDates) {
			n, _ := strconv.Atoi(d)
			days = append(days, n)
		}
		for i, name := range months {
			if strings.HasPrefix(name, group(11)[:3]) {
				month = i + 1
			}
		}
		year = number(12)
	}

	var all []time.Time
	for i, d := range days {
		day, ok := findDay(year, month, d, now)
		if !ok {
			return nil, &DateError{Err: ErrImpossible, Written: written}
		}
		// In a list («giovedì 11 e 18 marzo») the day of the week names the first.
		if i == 0 && weekday >= 0 && int(day.Weekday()) != weekday {
			return nil, &DateError{Err: ErrWeekday, Written: written, Day: day}
		}
		all = append(all, day)
	}
	return all, nil
}

// findDay is the day of that date; with no year, the first one not past.
func findDay(year, month, day int, now time.Time) (time.Time, bool) {
	years := []int{year}
	if year == 0 {
		years = []int{now.Year(), now.Year() + 1}
	}
	for _, y := range years {
		t := time.Date(y, time.Month(month), day, 0, 0, 0, 0, Rome())
		exists := month >= 1 && month <= 12 && t.Day() == day && t.Month() == time.Month(month)
		if exists && (year != 0 || !t.Before(startOfDay(now))) {
			return t, true
		}
	}
	return time.Time{}, false
}

// readRelative reads «oggi», «domani», «dopodomani» and a bare day of the
// week, which is the next one after today.
func readRelative(text string, now time.Time) ([]Interval, error) {
	at := relativeDay.FindStringSubmatchIndex(text)
	if at == nil {
		return nil, &DateError{Err: ErrNoDate}
	}
	word := text[at[2]:at[3]]
	ahead := map[string]int{"oggi": 0, "domani": 1, "dopodomani": 2}[word]
	for i, name := range weekdays {
		if foldDate.Replace(name) == word {
			ahead = (i-int(now.Weekday())+6)%7 + 1
		}
	}
	hours, err := readHours(text[at[1]:])
	if err != nil {
		return nil, err
	}
	one, err := hours.on(startOfDay(addDays(now, ahead)), word)
	if err != nil {
		return nil, err
	}
	if one.past(now) {
		return nil, &DateError{Err: ErrPastDate, Written: word, Day: one.From}
	}
	return []Interval{one}, nil
}
