package training

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Absence is when somebody of the Province's office is away: decisions go to
// whoever is not.
type Absence struct {
	Days   Span `json:"days"`
	Schema int  `json:"schema"`
}

// longestAbsence, in days, tells an absence from a wrong date.
const longestAbsence = 366

var spanForm = regexp.MustCompile(`^(?:(?:dall'|dal|da|il|l')\s*(.+?)\s+)?(?:fino\s+)?(?:all'|al|a)\s*(.+)$`)

// ReadSpan reads a stretch of days: «dal 3 al 10 dicembre», «da domani a
// venerdì», «fino al 10 dicembre» (from today), «il 3 dicembre».
func ReadSpan(text string, now time.Time) (Span, error) {
	text = strings.Join(strings.Fields(strings.ToLower(foldDate.Replace(text))), " ")
	m := spanForm.FindStringSubmatch(text)
	if m == nil {
		day, err := ReadDate(text, now)
		return span(day.From, day.From), err
	}
	last, err := ReadDate(m[2], now)
	if err != nil {
		return Span{}, err
	}
	from := now
	if m[1] != "" {
		if from, err = firstDay(m[1], last.From, now); err != nil {
			return Span{}, err
		}
	}
	s := span(from, last.From)
	if s.To < s.From || last.From.Sub(from) > longestAbsence*24*time.Hour {
		return Span{}, &DateError{Err: ErrImpossible, Written: text}
	}
	return s, nil
}

// firstDay is where a stretch begins: a date, or the number of a day in the
// month of the last one, or in the month before.
func firstDay(written string, last, now time.Time) (time.Time, error) {
	n, err := strconv.Atoi(strings.TrimRight(written, "°º^"))
	if err != nil {
		day, err := ReadDate(written, now)
		return day.From, err
	}
	month := last.Month()
	if n > last.Day() {
		month--
	}
	day := time.Date(last.Year(), month, n, 0, 0, 0, 0, Rome())
	if n < 1 || day.Day() != n {
		return day, &DateError{Err: ErrImpossible, Written: written}
	}
	return day, nil
}

func span(from, to time.Time) Span {
	return Span{From: from.In(Rome()).Format(isoDay), To: to.In(Rome()).Format(isoDay)}
}

// Words writes the days as «da giovedì 3 a giovedì 10 dicembre».
func (s Span) Words() string {
	from, err := time.ParseInLocation(isoDay, s.From, Rome())
	if err != nil {
		return ""
	}
	to, err := time.ParseInLocation(isoDay, s.To, Rome())
	switch {
	case err != nil || s.From == s.To:
		return DateWords(from)
	case from.Month() == to.Month() && from.Year() == to.Year():
		begin, _, _ := strings.Cut(DateWords(from), " "+months[from.Month()-1])
		return "da " + begin + " a " + DateWords(to)
	}
	return "da " + DateWords(from) + " a " + DateWords(to)
}
