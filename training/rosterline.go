package training

import (
	"bytes"
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// rosterLine is one record being read; it gathers what is wrong with it.
type rosterLine struct {
	record []string
	place  map[string]int
	wrong  []string
}

func (l *rosterLine) complain(format string, args ...any) {
	l.wrong = append(l.wrong, fmt.Sprintf(format, args...))
}

func (l *rosterLine) get(name string) string {
	i, ok := l.place[name]
	if !ok || i >= len(l.record) {
		return ""
	}
	v := strings.Join(strings.Fields(l.record[i]), " ")
	if utf8.RuneCountInString(v) > maxRosterField {
		l.complain("«%s» è troppo lungo", name)
		return ""
	}
	if strings.ContainsFunc(v, unicode.IsControl) {
		l.complain("«%s» contiene caratteri che non si possono leggere", name)
		return ""
	}
	return v
}

func (l *rosterLine) must(name string) string {
	v := l.get(name)
	if v == "" {
		l.complain("manca «%s»", name)
	}
	return v
}

// choice reads one of the words allowed; none gives the value of "".
func choice[T any](l *rosterLine, name string, words map[string]T, order string) T {
	v := l.get(name)
	got, ok := words[Fold(v)]
	if !ok {
		l.complain("«%s» non può essere «%s»: scrivi %s", name, cut(v), order)
	}
	return got
}

func (l *rosterLine) count(name string) int {
	v := strings.NewReplacer(".", "", " ", "", "'", "").Replace(l.get(name))
	if v == "" {
		return 0
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > 10_000_000 {
		l.complain("«%s» non è un numero: «%s»", name, cut(v))
		return 0
	}
	return n
}

func (l *rosterLine) mail(name string) string {
	v := strings.ToLower(l.get(name))
	if v == "" {
		return ""
	}
	a, err := mail.ParseAddress(v)
	if err != nil || a.Address != v || !strings.Contains(v[strings.LastIndexByte(v, '@'):], ".") {
		l.complain("«%s» non è un indirizzo email: «%s»", name, cut(v))
		return ""
	}
	return v
}

// parsePatron reads a day of the year: "26/11", "26-11" or "26 novembre", and
// gives it as 11-26.
func parsePatron(v string) (string, bool) {
	fields := strings.FieldsFunc(Fold(v), func(r rune) bool { return r == '/' || r == '-' || r == ' ' || r == '.' })
	if len(fields) != 2 {
		return "", false
	}
	day, err := strconv.Atoi(fields[0])
	if err != nil {
		return "", false
	}
	month, err := strconv.Atoi(fields[1])
	if err != nil {
		month = 1 + slices.Index(months, fields[1])
	}
	// A leap year, so that 29 February is a day.
	at := time.Date(2028, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return at.Format("01-02"), month >= 1 && month <= 12 && at.Day() == day
}

// delimiter is the one that the first line has more of: Italian spreadsheets
// write semicolons.
func delimiter(text []byte) rune {
	head, _, _ := bytes.Cut(text, []byte("\n"))
	if bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		return ';'
	}
	return ','
}

// cut keeps what is quoted from a file short.
func cut(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// windows1252 are the characters that differ from Latin-1.
var windows1252 = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")

// decodeText gives UTF-8: what is not is read as Windows-1252, which Italian
// spreadsheets still write.
func decodeText(data []byte) []byte {
	if utf8.Valid(data) {
		return data
	}
	out := make([]byte, 0, len(data)+len(data)/8)
	for _, b := range data {
		r := rune(b)
		if b >= 0x80 && b < 0xa0 {
			r = windows1252[b-0x80]
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}
