package mail

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// read goes through a quote with bars and collects what stands without.
func (p *parts) read(lines []string) {
	p.beside, p.maybe = map[int]string{}, map[int]string{}
	top := hasWords(withoutSignature(p.above))
	questions := false
	for _, l := range lines {
		if isQuoted(l) && (question(l) > 0 || strings.HasSuffix(l, "?")) {
			questions = true
		}
	}
	last, cur := 0, interleaved{}
	flush := func() {
		if hasWords(cur.lines) {
			p.between = append(p.between, cur)
		}
		cur = interleaved{}
	}
	for i := 0; i < len(lines); i++ {
		l := lines[i]
		if isQuoted(l) {
			flush()
			if n := question(l); n > 0 {
				last = n
				p.questions++
				p.readBeside(n, l)
			}
			continue
		}
		if l == markQuoted || isSeparator(l) || headerBlock(lines, i) {
			break
		}
		if n, ok := attribution(lines, i); ok {
			flush()
			i += n - 1
			continue
		}
		if isMarker(l) {
			continue
		}
		if wrapped(lines, i) && (top && !questions && len(lines[i-1]) > 30 || brokenLink.MatchString(l)) {
			continue
		}
		if len(cur.lines) == 0 {
			cur.question = last
		}
		cur.lines = append(cur.lines, l)
	}
	cur.last = true
	flush()
}

// pointer is how somebody says that the answers stand in the quoted text.
var pointer = regexp.MustCompile(`(?i)\b(?:sotto|in\s+(?:rosso|blu|verde|grassetto|calce|coda)|di\s+seguito|in\s+mezzo|(?:tra|fra)\s+le\s+(?:righe|domande)|nel\s+testo|in\s+linea|a\s+fianco|accanto|below|inline|siehe\s+unten|ci-dessous)\b`)

// readBare reads answers out of a quote without bars, as Outlook for Windows
// makes it: what stands between one numbered question and the next. It is done
// only when nothing was written above, or that the answers are below; a
// question of several lines would else answer itself.
func (p *parts) readBare(lines []string) {
	top := withoutSignature(p.above)
	if hasWords(top) && !(len(top) <= 4 && pointer.MatchString(strings.Join(top, " "))) {
		return
	}
	p.beside, p.maybe = map[int]string{}, map[int]string{}
	var found []interleaved
	cur := interleaved{}
	flush := func() {
		if cur.question > 0 && hasWords(cur.lines) {
			found = append(found, cur)
		}
	}
	last, rest := 0, 0
questions:
	for i, l := range lines {
		n := question(l)
		switch {
		case rest > 0:
			rest--
		case n == last+1:
			flush()
			last, cur = n, interleaved{question: n}
			rest = questionGoesOn(lines[i:])
			p.questions++
			p.readBeside(n, l)
		case n == 1 && last > 1:
			break questions // the choices below a questionnaire
		case n > 0:
			return // the numbers are not those of a questionnaire
		case instruction.MatchString(l):
			flush()
			cur = interleaved{}
		case cur.question == 0, isMarker(l):
		case strings.TrimSpace(l) == "" && hasWords(cur.lines):
			flush()
			cur = interleaved{}
		default:
			cur.lines = append(cur.lines, l)
		}
	}
	flush()
	// One answer may be what the prompt itself says under its last line.
	if last >= 2 && (len(found) >= 2 || len(found) == 1 && found[0].question < last) {
		p.between = found
	}
}

// instruction is the line of the own questionnaires that says how to answer.
var instruction = regexp.MustCompile(`^\s*Rispondi\s+con\s+\d+\s+numeri`)

// questionGoesOn counts the lines that a program wrapped off a question: none
// if it ends on its first.
func questionGoesOn(lines []string) int {
	if strings.Contains(lines[0], "?") {
		return 0
	}
	for i, l := range lines[1:min(4, len(lines))] {
		if strings.TrimSpace(l) == "" || question(l) > 0 {
			break
		}
		if asked.MatchString(l) {
			return i + 1
		}
	}
	return 0
}

// saidBeside tells that words behind the questions were written by whoever
// answers: a sentence of the prompt begins with a capital.
func saidBeside(words map[int]string) bool {
	if len(words) < 2 {
		return false
	}
	for _, w := range words {
		if r, _ := utf8.DecodeRuneInString(w); unicode.IsLower(r) {
			return true
		}
	}
	return false
}

// wrapped tells a line that a program broke off a quoted one: quoted lines
// stand directly above and below.
func wrapped(lines []string, i int) bool {
	return i > 0 && i+1 < len(lines) && isQuoted(lines[i-1]) && isQuoted(lines[i+1]) &&
		strings.TrimSpace(lines[i]) != "" && len(lines[i]) < 120
}

var brokenLink = regexp.MustCompile(`^\s*[(<]?https?://`)
