package mail

import (
	"regexp"
	"slices"
	"strings"
)

// read goes through a quote with bars and collects what stands without.
func (p *parts) read(lines []string, w writer) {
	top := hasWords(p.top)
	questions := false
	for _, l := range lines {
		if isQuoted(l) && (question(l) > 0 || strings.HasSuffix(l, "?")) {
			questions = true
		}
	}
	last, over, cur := 0, false, interleaved{}
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
			switch n := question(l); {
			case n == 1 && last > 1:
				over = true // the choices below a questionnaire
			case n > 0 && !over:
				last = n
				p.questions++
				p.ask(n, joined(lines[i:]))
			}
			if over {
				last = 0
			}
			continue
		}
		if isMarker(l) && len(p.between) == 0 && !quotedNext(lines, i+1) {
			p.readBare(lines[i+1:], w)
			return
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
		if brokenOff(lines, i) || wrapped(lines, i) && runsOn(lines[i-1]) {
			continue
		}
		if wrapped(lines, i) && (top && !questions && len(lines[i-1]) > 30 || brokenLink.MatchString(l)) {
			continue
		}
		if len(cur.lines) == 0 {
			cur.question = last
		}
		cur.lines = append(cur.lines, strings.ReplaceAll(l, markBehind, ""))
	}
	cur.last = true
	flush()
	if !slices.ContainsFunc(p.between, func(b interleaved) bool { return b.question > 0 && !b.last }) {
		p.readBehindBars(lines, w)
	}
}

// readBehindBars reads what somebody typed into the quote itself, so that the
// program put bars before it: it is done if nothing else was written, or if it
// looks like nothing else.
func (p *parts) readBehindBars(lines []string, w writer) {
	var inner []string
	for _, l := range lines {
		if isQuoted(l) {
			inner = append(inner, strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(l), ">")))
		}
	}
	q := bareQuestions(inner)
	silent := onlyCourtesy(p.top)
	for _, b := range p.between {
		silent = silent && len(w.withoutFarewell(w.withoutSignature(b.lines, true), true)) == 0
	}
	if len(q.found) >= 2 && (q.plain() || silent && 2*q.askers > q.last) {
		p.between = append(q.found, p.between...)
	}
}

// joined is a quoted question with the lines it was wrapped into.
func joined(lines []string) string {
	out := strings.TrimLeft(lines[0], "> ")
	for _, l := range lines[1:min(5, len(lines))] {
		t := strings.TrimLeft(l, "> ")
		if !isQuoted(l) || t == "" || question(l) > 0 || choice.MatchString(t) {
			break
		}
		out += " " + t
	}
	return out
}

// wrapped tells a line that a program broke off a quoted one: quoted lines
// stand directly above and below.
func wrapped(lines []string, i int) bool {
	return i > 0 && i+1 < len(lines) && isQuoted(lines[i-1]) && isQuoted(lines[i+1]) &&
		strings.TrimSpace(lines[i]) != "" && len(lines[i]) < 120
}

// brokenOff tells the end of a long question that a program wrapped without a
// bar.
func brokenOff(lines []string, i int) bool {
	return i > 0 && question(lines[i-1]) > 0 && isQuoted(lines[i-1]) && len(lines[i-1]) >= 60 && !strings.Contains(lines[i-1], "?") &&
		asked.MatchString(lines[i]) && !startsUpper(lines[i])
}

// runsOn tells a quoted line that is long, asks nothing and ends no sentence: what
// stands directly below it was wrapped off it.
func runsOn(l string) bool {
	l = strings.TrimSpace(l)
	return len(l) >= 60 && question(l) == 0 && !strings.ContainsAny(l[len(l)-1:], ".?!:;)")
}

var brokenLink = regexp.MustCompile(`^\s*[(<]?https?://`)
