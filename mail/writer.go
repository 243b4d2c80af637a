package mail

import (
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// writer is who wrote a mail, as far as the mail says so: the words of the name
// shown and those of the address, in lower case. It is used to know the lines of
// a signature, and for nothing else.
type writer struct{ shown, local []string }

// writerOf reads a From field.
func writerOf(from string) writer {
	a, err := netmail.ParseAddress(clip(from, 1000))
	if err != nil {
		return writer{}
	}
	local, _, _ := strings.Cut(a.Address, "@")
	shown := a.Name
	if strings.Contains(shown, "@") {
		shown = ""
	}
	return writer{shown: nameWords(shown), local: nameWords(local)}
}

// nameWords are the words of a name with three letters at least.
func nameWords(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }) {
		if len(w) >= 3 && !title.MatchString(w) {
			out = append(out, strings.Trim(w, "'’"))
		}
	}
	return out
}

var title = regexp.MustCompile(`(?i)^(?:dott|dottssa|dottoressa|dottore|ssa|geom|ing|arch|rag|avv|prof|sig|sigra|ass|comm|isp|ten|cap|per|ind|mag|don)$`)

// unknown tells that the mail does not say who wrote it.
func (w writer) unknown() bool { return len(w.shown)+len(w.local) == 0 }

// names tells that a line begins with the writer's name: «Geom. Anna Verdi»,
// «VERDI Anna | Ufficio Tributi».
func (w writer) names(line string) bool {
	if lower := strings.ToLower(line); !slices.ContainsFunc(w.shown, func(n string) bool { return strings.Contains(lower, n) }) &&
		!slices.ContainsFunc(w.local, func(n string) bool { return strings.Contains(lower, n) }) {
		return false // which spares most lines the patterns
	}
	first := strings.TrimSpace(segments(line)[0])
	if first == "" || len(first) > 60 || strings.ContainsAny(first, ".!?:;") && sentence.MatchString(first) {
		return false
	}
	first, _, _ = strings.Cut(first, ",")
	said := nameWords(first)
	if len(said) == 0 || len(said) > 6 || !startsUpper(first) || office.MatchString(untitled.ReplaceAllString(first, "")) {
		return false
	}
	all := func(words []string) bool {
		for _, n := range words {
			if !slices.Contains(said, n) {
				return false
			}
		}
		return len(words) > 0
	}
	return len(w.shown) > 1 && all(w.shown) || all(w.local) && (len(w.local) > 1 || len(said) > 1 && personName.MatchString(untitled.ReplaceAllString(first, "")))
}

var untitled = regexp.MustCompile(`^(?:\p{L}{2,5}\.\s?(?:ssa\s+|ra\s+)?)+`)

func startsUpper(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) {
			return unicode.IsUpper(r)
		}
	}
	return false
}

// first tells a line that is one word of the writer's name: «Anna».
func (w writer) first(line string) bool {
	said := nameWords(line)
	return len(said) == 1 && len(strings.Fields(line)) == 1 && (slices.Contains(w.shown, said[0]) || slices.Contains(w.local, said[0]))
}

// signs tells that lines are the writer's signature from the first on.
func (w writer) signs(lines []string) bool {
	lines = trimBlank(lines)
	return len(lines) > 0 && w.names(lines[0]) && !slices.ContainsFunc(lines[1:], sentence.MatchString)
}

// signature is the line where the writer's signature begins: the last that holds
// the name, if more stands behind or below it and none of that is a sentence. -1
// means that there is none.
func (w writer) signature(lines []string) int {
	for i := len(lines) - 1; i > 0; i-- {
		l := lines[i]
		if strings.TrimSpace(l) == "" {
			continue
		}
		if w.names(l) {
			below := countWords(lines[i+1:])
			above := trimBlank(lines[:i])
			switch {
			case below == 0 && len(segments(l)) == 1 && !strings.Contains(l, ", "),
				strings.HasSuffix(above[len(above)-1], ":"),
				len(above) == 1 && salutation.MatchString(above[0]) && !labelled(lines[i:]):
				return -1 // who somebody is may be what was asked
			case below > 0 && strings.TrimSpace(lines[i+1]) == "" && len(above) == i:
				return i + 1 // the name ends the letter, and the card stands apart
			}
			return roles(lines, i)
		}
		if len(l) > 160 || !quotation.MatchString(l) && sentence.MatchString(l) && !contact.MatchString(l) || closingWords.MatchString(l) {
			return -1
		}
	}
	return -1
}

// roles goes up over the offices and pictures that stand directly above a name.
func roles(lines []string, i int) int {
	spaced := i+1 < len(lines) && strings.TrimSpace(lines[i+1]) == "" // as Outlook does
	for i > 1 && (office.MatchString(lines[i-1]) || bracketed.MatchString(lines[i-1]) ||
		strings.TrimSpace(lines[i-1]) == "" && (bracketed.MatchString(lines[i-2]) || spaced && office.MatchString(lines[i-2]))) {
		i--
	}
	if i == 1 && office.MatchString(lines[0]) && labelled(lines) {
		return 0
	}
	return i
}

// quotation is a motto below a signature.
var quotation = regexp.MustCompile(`^\s*["“«'’]`)

// countWords counts the lines that hold something.
func countWords(lines []string) (n int) {
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			n++
		}
	}
	return n
}
