package mail

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	quotedQuestion = regexp.MustCompile(`(?i)^[\s>|]*(?:domanda\s+|question\s+|frage\s+)?(\d{1,2})\s*[.):\-–]\s*\D`)
	besideShape    = regexp.MustCompile(`(?i)(?:[:=…_?)]|\.{3}|→|->|=>)\s*(?:risposta\s*:\s*)?\[?(\d{1,2}|s[iì]['’]?|no|ok|x)\]?\s*[.!]?\s*$`)
	besideSign     = regexp.MustCompile(`\?(?:\s*\([^)]*\))?\s+(?:-+>|=+>|→|[-–—])\s+(\S[^?]{0,120})$`)
	besideWords    = regexp.MustCompile(`\?\s*([\p{L}\d][^?(]{0,38})$`)
	numberedLine   = regexp.MustCompile(`(?i)^\s*(?:(?:domanda|risposta|punto|quesito|question|frage|antwort)\s+(?:n\.?\s*)?|[rdn]\.?\s*)?(\d{1,2})\s*(?:[°º]\s*)?([.):=°º]|[-–]\s|->|→)\s*(\S.*)$`)
	loosePair      = regexp.MustCompile(`^\s*(\d{1,2})\s+(\S.*)$`)
	// «1-5» may be a range: such pairs are answers only if they count 1, 2, 3
	dashPair   = regexp.MustCompile(`^\s*(\d{1,2})[-–](\d{1,2})\s*$`)
	inlinePair = regexp.MustCompile(`(?i)^(\d{1,2})\s*([.):=]|[-–]|->)\s*([^,;]*\S)$`)
	// where an answer begins in a line of several: «1. sì 2. no»
	runMark = regexp.MustCompile(`(?:^|\s)(\d{1,2})\s*[.):]\s+`)
	// and where in a sentence: «alla 1 rispondo sì, alla 2 direi no»
	saidMark = regexp.MustCompile(`(?i)(?:^|[\s,;])(?:e\s+)?(?:alla|per\s+la)\s+(?:domanda\s+)?(\d{1,2})\s*,?\s*(?:rispondo|metto|dico|direi|do)\s+`)
	ordinal  = regexp.MustCompile(`(?i)^\s*(?:alla\s+|la\s+)?(` + strings.Join(ordinals, "|") + `)(?:\s+(?:domanda|risposta))?\s*[:=]\s*`)
	// what people put before or around an answer, and is none of it
	dressing  = regexp.MustCompile(`(?i)^(?:(?:-+>|=+>|→|»)\s*|r(?:isposta)?\s*[:.)]\s+)`)
	bullet    = regexp.MustCompile(`^[-–—•·▪◦*]\s+`)
	timeOfDay = regexp.MustCompile(`^\s*\d{1,2}[:.]\d{2}(?:\D|$)`)
)

var ordinals = []string{"prima", "seconda", "terza", "quarta", "quinta", "sesta"}

// question is the number of a quoted question, 0 for none.
func question(l string) int {
	m := quotedQuestion.FindStringSubmatch(l)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// readBeside reads what somebody wrote at the end of a quoted question: a
// number or a word of assent, as a question has words of its own. Whoever
// answered one question so may have put a word or two behind the others.
func (p *parts) readBeside(n int, l string) {
	if m := besideShape.FindStringSubmatch(l); m != nil {
		p.beside[n] = m[1]
	} else if m := besideSign.FindStringSubmatch(l); m != nil {
		p.beside[n] = m[1]
	} else if m := besideWords.FindStringSubmatch(l); m != nil {
		p.maybe[n] = m[1]
	}
}

// numbered reads answers that the writer numbered: «1. sì», «2) lunedì», or
// «1: 3, 2: 0, 3: 2» on one line. The numbers must rise, and be two at least:
// one numbered line is a sentence.
func numbered(lines []string) map[int]string {
	var figured []string
	for _, l := range trimBlank(lines) {
		figured = append(figured, inFigures(l))
	}
	lines = figured
	if a := inline(lines); a != nil {
		return a
	}
	if a := said(lines); a != nil {
		return a
	}
	if a := inARun(lines); a != nil {
		return a
	}
	if a := oneToALine(lines, numberedLine, false); a != nil {
		return a
	}
	if a := oneToALine(strings.Fields(strings.Join(lines, " ")), dashPair, true); a != nil {
		return a
	}
	return oneToALine(lines, loosePair, true)
}

// oneToALine reads one answer to a line. strict: every line must be numbered, as
// «10 persone» begins with a number too.
func oneToALine(lines []string, shape *regexp.Regexp, strict bool) map[int]string {
	out := map[int]string{}
	last, ended, closed := 0, false, false
	copied := true // each item is a question so far
	for _, l := range lines {
		m := shape.FindStringSubmatch(l)
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
			ended = ended || closingWords.MatchString(l) || thanks.MatchString(l)
			if last > 0 && !ended {
				out[last] = clip(out[last]+"\n"+strings.TrimSpace(l), maxAnswer)
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
	if len(out) < 2 {
		return nil
	}
	return withoutQuestions(out)
}

// withoutQuestions takes away the questions that somebody copied above the
// answers: every item is one, and words stand below two and below half of them.
func withoutQuestions(items map[int]string) map[int]string {
	below := map[int]string{}
	copied := true
	for n, a := range items {
		first, rest, _ := strings.Cut(a, "\n")
		copied = copied && asked.MatchString(first)
		items[n] = undressed(a)
		if rest != "" {
			below[n] = undressed(rest)
		}
	}
	if copied && len(below) >= 2 && 2*len(below) >= len(items) {
		return below
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
			f = strings.TrimSpace(f)
			m := inlinePair.FindStringSubmatch(f)
			if m == nil || timeOfDay.MatchString(f) {
				out = nil
				break
			}
			n, _ := strconv.Atoi(m[1])
			if n <= last {
				out = nil
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

// inARun reads answers that follow each other on one line, with nothing but
// their numbers between them; these must be 1, 2, 3 and so on.
func inARun(lines []string) map[int]string {
	for _, l := range lines {
		marks := runMark.FindAllStringSubmatchIndex(l, 100)
		if len(marks) < 2 || marks[0][0] != 0 {
			continue
		}
		out := map[int]string{}
		for i, m := range marks {
			end := len(l)
			if i+1 < len(marks) {
				end = marks[i+1][0]
			}
			a := strings.TrimSpace(l[m[1]:end])
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
		a := strings.Trim(l[m[1]:end], " ,;.")
		n, _ := strconv.Atoi(l[m[2]:m[3]])
		if n <= last || a == "" {
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

// inFigures is a line with a figure for the word that numbers it: «prima: sì».
func inFigures(l string) string {
	m := ordinal.FindStringSubmatch(l)
	if m == nil {
		return l
	}
	n := 1 + slices.Index(ordinals, strings.ToLower(m[1]))
	return strconv.Itoa(n) + ") " + l[len(m[0]):]
}

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

// thanks is a line that says nothing else.
var thanks = regexp.MustCompile(`(?i)^\s*(?:(?:mille\s+|molte\s+)?grazie(?:\s+(?:mille|tante|ancora|a\s+tutti|a\s+voi|di\s+tutto))?|ciao(?:\s+ciao)?|saluti|a\s+presto)\s*[.,!]*$`)

var farewell = regexp.MustCompile(`(?i)^\s*(?:(?:mille\s+|molte\s+)?grazie|saluti|(?:cordiali|distinti|cari|tanti)\s+saluti|un\s+(?:caro\s+)?saluto|cordialmente|ciao|a\s+presto|buon[ao]?\s+(?:giornata|serata|lavoro)|thanks|regards|merci|danke)\b`)

// withoutFarewell cuts the greeting that somebody leaves below the last answer;
// the first line may be one when the question is answered already.
func withoutFarewell(lines []string, answered bool) []string {
	for i, l := range lines {
		if farewell.MatchString(l) && (i == 0 && (answered || closingWords.MatchString(l)) || i > 0 && strings.TrimSpace(lines[i-1]) == "") {
			return lines[:i]
		}
	}
	return lines
}
