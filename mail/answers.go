package mail

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	quotedQuestion = regexp.MustCompile(`(?i)^[\s>|]*(?:domanda\s+|question\s+|frage\s+)?(\d{1,2})\s*[.):\-–]\s*\D`)
	besideShape    = regexp.MustCompile(`(?i)(?:[:=…_?]|\.{3}|→|->|=>)\s*(?:risposta\s*:\s*)?(\d{1,2}|s[iì]['’]?|no|ok|x)\s*[.!]?\s*$`)
	besideWords    = regexp.MustCompile(`\?\s*([\p{L}\d][^?(]{0,38})$`)
	numberedLine   = regexp.MustCompile(`(?i)^\s*(?:domanda\s+|risposta\s+|n\.?\s*)?(\d{1,2})\s*(?:°\s*)?([.):=]|[-–]\s|->|→)\s*(\S.*)$`)
	loosePair      = regexp.MustCompile(`^\s*(\d{1,2})\s+(\S.*)$`)
	inlinePair     = regexp.MustCompile(`(?i)^(\d{1,2})\s*([.):=]|[-–]|->)\s*([^,;]*\S)$`)
	timeOfDay      = regexp.MustCompile(`^\s*\d{1,2}[:.]\d{2}(?:\D|$)`)
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

// readBeside reads what somebody wrote at the end of a quoted question: a
// number or a word of assent, as a question has words of its own. Whoever
// answered one question so may have put a word or two behind the others.
func (p *parts) readBeside(n int, l string) {
	if m := besideShape.FindStringSubmatch(l); m != nil {
		p.beside[n] = m[1]
	} else if m := besideWords.FindStringSubmatch(l); m != nil {
		p.maybe[n] = m[1]
	}
}

// numbered reads answers that the writer numbered: «1. sì», «2) lunedì», or
// «1: 3, 2: 0, 3: 2» on one line. The numbers must rise, and be two at least:
// one numbered line is a sentence.
func numbered(lines []string) map[int]string {
	lines = trimBlank(lines)
	if a := inline(lines); a != nil {
		return a
	}
	if a := oneToALine(lines, numberedLine, false); a != nil {
		return a
	}
	return oneToALine(lines, loosePair, true)
}

// oneToALine reads one answer to a line. strict: every line must be numbered, as
// «10 persone» begins with a number too.
func oneToALine(lines []string, shape *regexp.Regexp, strict bool) map[int]string {
	out := map[int]string{}
	last, ended := 0, false
	for _, l := range lines {
		m := shape.FindStringSubmatch(l)
		if m != nil && timeOfDay.MatchString(l) {
			m = nil
		}
		if m == nil {
			if strings.TrimSpace(l) == "" {
				ended = true
				continue
			}
			if strict {
				return nil
			}
			// What follows an empty line is «grazie» more often than an answer.
			if last > 0 && !ended && !closingWords.MatchString(l) {
				out[last] = clip(out[last]+"\n"+strings.TrimSpace(l), maxAnswer)
			}
			continue
		}
		n, _ := strconv.Atoi(m[1])
		if n <= last || n == 0 || strict && n != last+1 {
			return nil
		}
		last, ended = n, false
		out[n] = clip(strings.TrimSpace(m[len(m)-1]), maxAnswer)
	}
	if len(out) < 2 {
		return nil
	}
	return out
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
