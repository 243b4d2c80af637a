package mail

import (
	"regexp"
	"slices"
	"strings"
)

// pointer is how somebody says that answers stand in the quoted text, and placed
// how somebody says where.
var (
	pointer = regexp.MustCompile(`(?i)\b(?:sotto|in\s+(?:rosso|blu|verde|grassetto|calce|coda)|di\s+seguito|in\s+mezzo|(?:tra|fra)\s+(?:le\s+(?:righe|domande)|parentesi)|nel(?:la|l['’])?\s*(?:testo|corpo|messaggio|mail|e-mail)|ecco|come\s+(?:da\s+)?(?:vs\.?\s+|vostra\s+)?richiest\w|dati|in\s+linea|a\s+fianco|accanto|(?:prima|dopo)\s+(?:di\s+)?ogni|precedut[eio]|punto\s+per\s+punto|rispost[aeo]|rispond\w+|compilat\w+|below|inline|answers?|siehe\s+unten|unten|antworten?|ci-dessous|réponses?)\b`)
	boxed   = regexp.MustCompile(`(?i)\b(?:rispo\w+|scritt\w+|mess[oiae]|trov\w+|indicat\w+|compil\w+|answers?)\b.{0,40}\b(?:tra|fra|in)\s+(?:le\s+)?(?:parentesi|brackets)\b`)
	placed  = regexp.MustCompile(`(?i)\b(?:rispo\w+|answers?|antwort\w*|réponses?)\b.{0,40}\b(?:sotto|di\s+seguito|in\s+mezzo|(?:tra|fra)\s+le\s+(?:righe|domande)|nel\s+(?:testo|corpo)|in\s+linea|accanto|below|inline|unten|ci-dessous)\b|\bin\s+(?:rosso|blu|verde|grassetto)\b`)
)

// readBare reads answers out of a quote without bars, as Outlook for Windows
// makes it: what stands between one numbered question and the next, or at its
// end. It believes them when nothing was written above, when the words above say
// where the answers are, or when they look like nothing else.
func (p *parts) readBare(lines []string, w writer) {
	if w.numbered(p.top) != nil {
		return
	}
	q := bareQuestions(lines)
	if q.last < 2 {
		if placed.MatchString(strings.Join(p.top, " ")) {
			p.between = unnumbered(lines)
		}
		return
	}
	p.questions, p.beside, p.asked = q.last, q.beside, q.asked
	pointed := onlyCourtesy(p.top) || pointer.MatchString(strings.Join(p.top, " "))
	// One answer may be what the prompt itself says under its last line.
	some := len(q.found) >= 2 || len(q.found) == 1 && q.found[0].question < q.last
	if some && (pointed || q.plain() || q.labelled()) {
		p.between = q.found
	}
}

// bare is a questionnaire quoted without bars.
type bare struct {
	parts
	last   int // number of the last question
	askers int // how many questions end as one does
	found  []interleaved
}

// plain tells that what stands below the questions can only be answers: most
// questions ask, most have something below, and most of that is a word or two.
func (q *bare) plain() bool {
	short := 0
	for _, f := range q.found {
		t := strings.TrimSpace(strings.Join(f.lines, " "))
		if len(strings.Fields(t)) <= 3 && !strings.HasPrefix(t, "(") || !isSentence(t) {
			short++
		}
	}
	return 2*q.askers > q.last && 3*len(q.found) >= 2*q.last && 2*short > len(q.found)
}

// labelled tells that each answer begins with a name in brackets.
func (q *bare) labelled() bool {
	for _, f := range q.found {
		if first := trimBlank(f.lines); len(first) == 0 || !answerLabel.MatchString(first[0]) {
			return false
		}
	}
	return len(q.found) >= 2
}

// barred tells that each answer stands behind a bar, which the writer typed.
func (q *bare) barred() bool {
	for _, f := range q.found {
		for _, l := range f.lines {
			if strings.TrimSpace(l) != "" && !isQuoted(l) {
				return false
			}
		}
	}
	return len(q.found) >= 2
}

func bareQuestions(lines []string) (q bare) {
	cur, rest, numbering := interleaved{}, 0, ""
	first := 0 // lines of the first paragraph below the question
	flush := func(whole bool) {
		if !whole && first > 0 {
			cur.lines = cur.lines[:first]
		}
		cur.lines = withoutChoices(cur.lines)
		if cur.question > 0 && hasWords(cur.lines) {
			q.found = append(q.found, cur)
		}
		cur, first = interleaved{}, 0
	}
questions:
	for i, l := range lines {
		n := question(l)
		if q.last > 0 && style(l) != numbering {
			n = 0 // «4 - abbastanza» is an answer where questions are «4. …?»
		}
		switch {
		case rest > 0:
			rest--
		case n == q.last+1:
			flush(true)
			if n == 1 {
				numbering = style(l)
			}
			q.last, cur = n, interleaved{question: n}
			rest = questionGoesOn(lines[i:])
			if strings.Contains(strings.Join(lines[i:i+1+rest], " "), "?") {
				q.askers++
			}
			q.ask(n, strings.Join(lines[i:i+1+rest], " "))
		case n == 1 && q.last > 1:
			break questions // the choices below a questionnaire
		case n > q.last:
			return bare{} // the numbers are not those of a questionnaire
		case instruction.MatchString(l), section.MatchString(l):
			flush(false)
		case cur.question == 0, isMarker(l):
		case strings.TrimSpace(l) == "":
			if first == 0 && hasWords(withoutChoices(cur.lines)) {
				first = len(cur.lines)
			}
			cur.lines = append(cur.lines, "")
		default:
			cur.lines = append(cur.lines, strings.ReplaceAll(l, markBehind, ""))
		}
	}
	// What follows the last answer is the end of the prompt, and so is all that
	// stands apart where the answers stand directly below.
	flush(false)
	if n := len(q.found) - 1; n >= 0 && farewellStart.MatchString(trimBlank(q.found[n].lines)[0]) {
		q.found = q.found[:n] // «Grazie, ImperiaForma»
	}
	if n := len(q.found) - 1; n >= 2 && q.found[n].apart() && !slices.ContainsFunc(q.found[:n], interleaved.apart) {
		q.found = q.found[:n]
	}
	return q
}

// apart tells that an empty line stands between a question and what follows.
func (f interleaved) apart() bool { return strings.TrimSpace(f.lines[0]) == "" }

// unnumbered reads what stands below lines that ask, two at least, where somebody
// has said that it stands there.
func unnumbered(lines []string) (found []interleaved) {
	questions := 0
	var cur *interleaved
	for _, l := range lines {
		switch {
		case asked.MatchString(l):
			questions++
			found = append(found, interleaved{})
			cur = &found[len(found)-1]
		case cur != nil:
			cur.lines = append(cur.lines, strings.ReplaceAll(l, markBehind, ""))
		}
	}
	if questions < 2 {
		return nil
	}
	last := trimBlank(cur.lines)
	if end := slices.Index(last, ""); end > 0 {
		last = last[:end] // what follows is the end of the prompt
	}
	cur.lines = last
	return found
}

// style is the sign after the number of a question.
func style(l string) string {
	m := quotedQuestion.FindStringSubmatch(l)
	if m == nil {
		return ""
	}
	return m[2]
}

// withoutChoices cuts the choices and the hint that a question offers below
// itself, if something follows them.
func withoutChoices(lines []string) []string {
	all := lines
	lines = trimBlank(lines)
	n, seen := 0, ""
	for n < len(lines) {
		m := choice.FindStringSubmatch(lines[n])
		if m == nil || m[1] != "" && strings.ToLower(m[1]) <= seen {
			break
		}
		seen = strings.ToLower(m[1])
		n++
	}
	if n >= 2 || n == 1 && len(choices.FindAllString(lines[0], 3)) > 1 && hasWords(lines[1:]) {
		return trimBlank(lines[n:])
	}
	if len(lines) > 0 && hint.MatchString(lines[0]) && hasWords(lines[1:]) {
		return trimBlank(lines[1:])
	}
	return all
}

var (
	choices = regexp.MustCompile(`(?:^|\s)[a-hA-H]\)\s`)
	choice  = regexp.MustCompile(`^\s*(?:([a-hA-H])\s?[).]|[□☐○◯▢]|\[\s?\]|\(\s?\))\s*\S`)
	hint    = regexp.MustCompile(`^\s*\([^()]*\)\s*$`)
)

// cutShort is a line after which more of the sentence must come.
var cutShort = regexp.MustCompile(`(?i)\s(?:e|o|di|del|della|dei|degli|delle|con|per|a|al|alla|in|nel|nella|su|che|il|la|lo|i|gli|le|un|una|da|dal|dalla|ed?)$`)

// section is the heading of a part of a questionnaire.
var section = regexp.MustCompile(`(?i)^\s*(?:sezione|parte|blocco|sez\.)\s+(?:[a-h]\b|\d|prima|seconda|terza|[ivx]+\b)`)

// instruction is a line that says how to answer.
var instruction = regexp.MustCompile(`^\s*(?:Rispond(?:i|ete|ere|a)|(?:Si\s+prega\s+di|Puoi|Potete|Può|Basta)\s+(?:rispondere|farlo))\s`)

// questionGoesOn counts the lines that a program wrapped off a question: none
// if it ends on its first.
func questionGoesOn(lines []string) int {
	open := strings.Count(lines[0], "(") - strings.Count(lines[0], ")")
	if open <= 0 && strings.Contains(lines[0], "?") {
		return 0
	}
	for i, l := range lines[1:min(4, len(lines))] {
		if strings.TrimSpace(l) == "" || question(l) > 0 {
			break
		}
		open += strings.Count(l, "(") - strings.Count(l, ")")
		// «… dell'ente e» and, directly below, «codice fiscale», then a gap.
		broken := i == 0 && !startsUpper(l) && len(lines) > 3 && strings.TrimSpace(lines[2]) == "" && strings.TrimSpace(lines[3]) != "" &&
			question(lines[3]) == 0 && cutShort.MatchString(lines[0])
		if broken {
			return 1
		}
		if open <= 0 && (asked.MatchString(l) && (len(lines[0]) >= 45 || !startsUpper(l) && l[0] != '[') || strings.HasSuffix(l, ")") && strings.Contains(lines[0], "(")) {
			return i + 1
		}
	}
	return 0
}
