package mail

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	quotedQuestion = regexp.MustCompile(`(?i)^[\s>|]*(?:domanda\s+|question\s+|frage\s+)?(\d{1,2})\s*([.):°º\-–])\s*\D`)
	numberedLine   = regexp.MustCompile(`^\s*(\d{1,2})\s*(?:[°º]\s*)?([.):=°º]|[-–]\s|->|→)\s*(\S.*)$`)
	numberAlone    = regexp.MustCompile(`^\s*(\d{1,2})\s*[.):]()\s*$`) // left open, or answered below
	loosePair      = regexp.MustCompile(`^\s*(\d{1,2})\s+(\S.*)$`)
	// «1-5» may be a range: such pairs are answers only if they count 1, 2, 3
	dashPair   = regexp.MustCompile(`^\s*(\d{1,2})[-–](\d{1,2})\s*$`)
	inlinePair = regexp.MustCompile(`(?i)^(\d{1,2})\s*([.):=]|[-–]|->)\s*([^,;]*\S)$`)
	lettered   = regexp.MustCompile(`^(\d{1,2})\s?([a-hA-H])\.?$`) // «1b, 2a»
	// where an answer begins in a line of several: «1. sì 2. no»
	runMark = regexp.MustCompile(`(?:^|[\s,;])(\d{1,2})\s*(?:[.)]\s+|[:=]\s*|[-–]\s+)`)
	// and where in a sentence: «alla 1 rispondo sì, alla 2 direi no»
	saidMark = regexp.MustCompile(`(?i)(?:^|[\s,;])(?:e\s+)?(?:alla|per\s+la|sulla)\s+(?:domanda\s+)?(\d{1,2})\s*[,:]?\s+(?:(?:invece|anche|pure)\s+)?(?:(?:rispondo|metto|dico|direi|do|scrivo)\s+)?`)
	// what people put before or around an answer, and is none of it
	dressing  = regexp.MustCompile(`(?i)^(?:(?:-+>|=+>|→|»|>+)\s*|r(?:isposta)?\s*[:.)]\s+)`)
	bullet    = regexp.MustCompile(`^[-–—•·▪◦*]\s+`)
	timeOfDay = regexp.MustCompile(`^\s*\d{1,2}[:.]\d{2}(?:\D|$)`)
)

// question is the number of a quoted question, 0 for none.
func question(l string) int {
	m := quotedQuestion.FindStringSubmatch(l)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// numbered reads answers that the writer numbered: «1. sì», «2) lunedì», or
// «1: 3, 2: 0, 3: 2» on one line. The numbers must rise, and be two at least:
// one numbered line is a sentence.
func (w writer) numbered(lines []string) map[int]string {
	var figured []string
	for _, l := range trimBlank(lines) {
		figured = append(figured, inFigures(l))
	}
	lines = figured
	if a := inline(lines); a != nil {
		return a
	}
	if a := said(w.withoutCourtesy(lines)); a != nil {
		return a
	}
	if a := w.oneToALine(lines, numberedLine, false); a != nil {
		return a
	}
	if a := inARun(lines); a != nil {
		return a
	}
	lines = w.withoutCourtesy(lines)
	if a := w.oneToALine(strings.Fields(strings.Join(lines, " ")), dashPair, true); a != nil {
		return a
	}
	return w.oneToALine(lines, loosePair, true)
}

// oneToALine reads one answer to a line. strict: every line must be numbered, as
// «10 persone» begins with a number too.
func (w writer) oneToALine(lines []string, shape *regexp.Regexp, strict bool) map[int]string {
	out := map[int]string{}
	last, ended, closed := 0, false, false
	copied := true // each item is a question so far
	for i, l := range lines {
		m := shape.FindStringSubmatch(l)
		if !strict && m == nil {
			m = numberAlone.FindStringSubmatch(l)
		}
		if m != nil && timeOfDay.MatchString(l) {
			m = nil
		}
		if m == nil {
			if strings.TrimSpace(l) == "" {
				ended = !copied
				continue
			}
			if strict {
				// Three figures in a row are answers, whatever is said below.
				if last < 3 || !figures(out) {
					return nil
				}
				closed = true
				continue
			}
			// What follows an empty line is «grazie» more often than an answer,
			// and so is all that follows «grazie».
			ended = ended || w.farewell(l) || last > 0 && out[last] != "" && !goesOnIn(lines, i, shape)
			if last > 0 && !ended {
				out[last] = clip(strings.TrimSpace(out[last]+"\n"+strings.TrimSpace(l)), maxAnswer)
			}
			continue
		}
		n, _ := strconv.Atoi(m[1])
		if n <= last || n == 0 || closed || strict && n != last+1 {
			return nil
		}
		last, ended = n, false
		out[n] = clip(strings.TrimSpace(m[len(m)-1]), maxAnswer)
		copied = copied && asked.MatchString(out[n])
	}
	maps.DeleteFunc(out, func(_ int, a string) bool { return a == "" }) // left open
	if len(out) < 2 {
		return nil
	}
	return withoutQuestions(out)
}

// goesOnIn tells that line i is more of the answer above it: another follows, or
// the line above was wrapped, or this one begins in the middle of a sentence.
func goesOnIn(lines []string, i int, shape *regexp.Regexp) bool {
	above, l := "", strings.TrimSpace(lines[i])
	for j := i - 1; j >= 0 && above == ""; j-- {
		above = strings.TrimSpace(lines[j])
	}
	return len(above) >= 60 || !startsUpper(l) && !strings.HasPrefix(l, "(") || asked.MatchString(above) ||
		slices.ContainsFunc(lines[i+1:min(len(lines), i+20)], shape.MatchString)
}

// withoutQuestions takes away the questions that somebody copied above the
// answers: every item is one, and words stand below two and below half of them.
func withoutQuestions(items map[int]string) map[int]string {
	below := map[int]string{}
	copied := true
	behind := beside{}
	for n, a := range items {
		first, rest, _ := strings.Cut(a, "\n")
		if q := strings.ReplaceAll(a, "\n", " "); !strings.Contains(first, "?") && strings.Contains(q, "?") && !asked.MatchString(q) {
			behind.read(n, q) // a program wrapped the question
		} else if strings.Contains(first, "?") && !asked.MatchString(first) {
			behind.read(n, first)
		}
		copied = copied && asked.MatchString(first)
		items[n] = undressed(a)
		if rest != "" {
			below[n] = undressed(rest)
		}
	}
	switch {
	case len(behind.sure)+len(behind.likely) == len(items):
		maps.Copy(behind.sure, behind.likely)
		return behind.sure // the questions were copied, and answered on their lines
	case copied && len(below) >= 2 && 2*len(below) >= len(items):
		return below
	case copied:
		return nil // they are the writer's own questions
	}
	return items
}

// inline reads pairs on one line.
func inline(lines []string) map[int]string {
	for _, l := range lines {
		fields := strings.FieldsFunc(l, func(r rune) bool { return r == ',' || r == ';' })
		if len(fields) < 2 {
			continue
		}
		out := map[int]string{}
		last := 0
		for _, f := range fields {
			f = lettered.ReplaceAllString(strings.TrimSpace(f), "$1) $2")
			m := inlinePair.FindStringSubmatch(f)
			if m == nil || timeOfDay.MatchString(f) {
				out = nil
				break
			}
			n, _ := strconv.Atoi(m[1])
			dash := m[2] == "-" || m[2] == "–"
			if n <= last || dash && n != last+1 {
				out = nil // «1-3 aprile, 5-8 maggio»
				break
			}
			last = n
			out[n] = clip(m[3], maxAnswer)
		}
		if len(out) >= 2 {
			return out
		}
	}
	return nil
}

// inARun reads answers that follow each other on one line; their numbers must be
// 1, 2, 3 and so on, and nothing but a few words may stand before the first.
func inARun(lines []string) map[int]string {
	for _, l := range lines {
		marks := runMark.FindAllStringSubmatchIndex(l, 100)
		if len(marks) < 2 || strings.ContainsAny(l[:marks[0][0]], "0123456789") || len(strings.Fields(l[:marks[0][0]])) > 6 {
			continue
		}
		out := map[int]string{}
		for i, m := range marks {
			end := len(l)
			if i+1 < len(marks) {
				end = marks[i+1][0]
			}
			a := strings.Trim(strings.TrimSpace(l[m[1]:end]), ",;")
			if i+1 == len(marks) {
				a = runEnd.ReplaceAllString(a, "$1")
			}
			if l[m[2]:m[3]] != strconv.Itoa(i+1) || a == "" {
				out = nil
				break
			}
			out[i+1] = clip(a, maxAnswer)
		}
		if out != nil {
			return out
		}
	}
	return nil
}

// runEnd parts the last of such answers from the sentence after it.
var runEnd = regexp.MustCompile(`^(\S+(?:\s\S+)?)[.!]\s+\p{Lu}.*$`)

// said reads answers in a sentence: «alla 1 rispondo 4, alla 3 rispondo 5».
func said(lines []string) map[int]string {
	l := strings.Join(lines, " ")
	marks := saidMark.FindAllStringSubmatchIndex(l, 100)
	out := map[int]string{}
	last := 0
	for i, m := range marks {
		end := len(l)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		a := strings.TrimSuffix(strings.Trim(l[m[1]:end], " ,;."), " e")
		n, _ := strconv.Atoi(l[m[2]:m[3]])
		if n <= last || n > 9 || a == "" { // «alla 10», «per le 12» are hours
			return nil
		}
		last = n
		out[n] = clip(a, maxAnswer)
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// withoutLabel takes away what a program puts before each answer: «[Anna Verdi]».
func withoutLabel(answers map[int]string) {
	label := ""
	for _, a := range answers {
		m := answerLabel.FindString(a)
		if m == "" || label != "" && m != label {
			return
		}
		label = m
	}
	if len(answers) < 2 {
		return
	}
	for n, a := range answers {
		answers[n] = strings.TrimSpace(strings.ReplaceAll("\n"+a, "\n"+label, "\n"))
	}
}

var answerLabel = regexp.MustCompile(`^\[[^\[\]]{1,40}\]\s*:?\s*`)

// undressed is an answer without the arrow before it or the stars around it.
func undressed(a string) string {
	a = dressing.ReplaceAllString(a, "")
	if !strings.Contains(a, "\n") {
		a = bullet.ReplaceAllString(a, "")
	}
	if len(a) > 2 && a[0] == a[len(a)-1] && (a[0] == '*' || a[0] == '_') && strings.Count(a, a[:1]) == 2 {
		a = a[1 : len(a)-1]
	}
	return strings.TrimSpace(a)
}

func figures(answers map[int]string) bool {
	for _, a := range answers {
		if _, err := strconv.Atoi(a); err != nil {
			return false
		}
	}
	return true
}

// asked is a line that ends as a question does.
var asked = regexp.MustCompile(`\?\s*(?:\([^)]*\)\s*)?$`)
