package mail

import (
	"maps"
	"regexp"
	"strings"
	"unicode"
)

// beside is what stands behind numbered questions on their own lines: an answer,
// or more of the prompt.
type beside struct {
	sure   map[int]string // a number, yes or no, or what an arrow points at
	likely map[int]string
	inside map[int]string // what stands in brackets behind the question mark
	rated  map[int]string // a figure at the end of the line, with a remark
	items  int
	labels int // how many are questions like «Cognome e nome:»
}

var (
	// a number or a word of assent behind «:», «…», «?» or «)»
	besideShape = regexp.MustCompile(`(?i)(?:[^\d]:|[=…_?)]|\.{3}|→|->|=>)\s*(?:risposta\s*:\s*)?\[?(\d{1,2}|s[iì]['’]?|no|ok|x)\]?\s*[.!]?\s*$`)
	// the same behind words: «martedì 12 gennaio si», «Ora d'inizio 8:30»
	besideYes    = regexp.MustCompile(`(?i)\S\s+((?:s[iì]['’]?|no)(?:\s*[,;(].{0,80})?)$`)
	besideFigure = regexp.MustCompile(`\pL\s+(\d{1,4}(?:[:.]\d\d)?)$`)
	yesOrNo      = regexp.MustCompile(`(?i)s[iì]\s*(?:/|o|oppure|,)\s*no\b`)
	besideSign   = regexp.MustCompile(`[\s?:)](?:-+>|=+>|→|»)\s*(\S.{0,300})$`)
	questionNo   = regexp.MustCompile(`(?i)^[\s>|]*(?:domanda\s+|question\s+|frage\s+)?\d{1,2}\s*[.):°º\-–]\s*`)
	// where a question ends: «? (1–5)», «(1–5)», «:»
	questionEnd = regexp.MustCompile(`^(?:.*\?(?:\s*\([^()]*\))*|[^:?]*\([^()]*\)|(?:[^:()]*(?:\([^()]*\))?)*:(?:\s|$))`)
	// what a prompt says behind its own question
	hinted     = regexp.MustCompile(`(?i)^(?:risposta\s|facoltativ|obbligatori|indica|scriv|specific|barra|max\b|massimo\b|esempio|es\.)`)
	link       = regexp.MustCompile(`<[^<>]*(?:@|://)[^<>]*>`)
	besideRate = regexp.MustCompile(`^.*?[\pL)»"'’?](?:\s{2,}|\s*[-–—=:>]+\s*|\s)(\d{1,2}(?:\s*[!.]+|\s*[,;(–-]\s*\S.{0,60}|\s+\pL[\pL\s]{2,30})?)$`)
	// what a question offers: «1–5», «da 1 a 5», «sì/no», «0 = non serve»
	offered    = regexp.MustCompile(`(?i)^\d+\s*(?:[-–/]|a)\s*\d+$|\bda\s+\d+\s+a\s+\d+|s[iì]\s*(?:/|o|oppure)\s*no|\d\s*=`)
	besideHint = regexp.MustCompile(`^\s*\([^()]*\)`)
	besideBox  = regexp.MustCompile(`\?\s*[(\[{]\s*([^()\[\]{}]{1,300}?)\s*[)\]}]\s*\.?\s*$`)
	besideMark = regexp.MustCompile(`(?i)^(?:[-–—:]+|r(?:isposta)?\s*[:.])\s+`)
)

// read looks at a question from its number on.
func (b *beside) read(n int, q string) {
	if b.sure == nil {
		b.sure, b.likely, b.inside, b.rated = map[int]string{}, map[int]string{}, map[int]string{}, map[int]string{}
	}
	q = questionNo.ReplaceAllString(q, "")
	b.items++
	if m := besideRate.FindStringSubmatch(strings.TrimSpace(strings.ReplaceAll(q, markBehind, ""))); m != nil {
		b.rated[n] = m[1]
	}
	if _, answer, ok := strings.Cut(q, markBehind); ok && strings.ContainsFunc(answer, isWord) && !hinted.MatchString(answer) {
		b.sure[n] = unboxed(answer)
		return
	}
	q = strings.ReplaceAll(q, markBehind, "")
	q = link.ReplaceAllString(q, "")
	if m := besideBox.FindStringSubmatch(q); m != nil && !offered.MatchString(m[1]) {
		b.inside[n] = m[1]
	}
	if m := besideSign.FindStringSubmatch(q); m != nil {
		b.sure[n] = m[1]
		return
	}
	shape := besideShape.FindStringSubmatch(q)
	end := len(questionEnd.FindString(q))
	if strings.TrimSpace(q[end:]) == "" {
		// An answer may be a question itself.
		if first := strings.IndexByte(q, '?'); first >= 0 && first < strings.LastIndexByte(q, '?') {
			end = first + 1 + len(besideHint.FindString(q[first+1:]))
		}
	}
	tail, label := strings.TrimSpace(q[end:]), strings.HasSuffix(strings.TrimSpace(q[:end]), ":")
	switch {
	case shape != nil:
		tail = shape[1]
	case end == 0:
		if m := besideYes.FindStringSubmatch(q); m != nil && !yesOrNo.MatchString(q) {
			b.sure[n] = m[1]
		} else if m := besideFigure.FindStringSubmatch(q); m != nil {
			b.likely[n] = m[1]
			b.labels++
		}
		return
	}
	if !strings.ContainsFunc(tail, isWord) || len(tail) > 300 || hinted.MatchString(tail) {
		return
	}
	if label {
		b.labels++
	}
	words := besideMark.ReplaceAllString(answerLabel.ReplaceAllString(tail, ""), "")
	if words != tail || shape != nil || !label && !isSentence(tail) {
		b.sure[n] = words
	} else {
		b.likely[n] = words
	}
}

// unboxed is an answer without the name that a program puts before it in
// brackets, or without the brackets in which all of it stands.
func unboxed(answer string) string {
	answer = strings.TrimSpace(answer)
	if bare := strings.TrimSpace(answerLabel.ReplaceAllString(answer, "")); bare != "" {
		return bare
	}
	return strings.TrimSpace(strings.Trim(answer, "[]:"))
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// isSentence tells words that a prompt may go on with: they begin with a capital
// and go on in small letters.
func isSentence(s string) bool {
	letters := strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return r
	}, s)
	return startsUpper(s) && (strings.ToUpper(letters) != letters || len(letters) < 2)
}

// mostlyFigures tells that two of three are figures and nothing more.
func mostlyFigures(rated map[int]string) bool {
	n := 0
	for _, a := range rated {
		if len(strings.TrimRight(a, "!.")) <= 2 {
			n++
		}
	}
	return 3*n >= 2*len(rated)
}

// evidence is what speaks for answers behind the questions.
type evidence struct {
	told   bool // the words above say where the answers are
	boxed  bool // they say that they stand in brackets
	silent bool // they say that, or nothing but good day
	alone  bool // nothing else was written anywhere
	others bool // other questions are answered below them
}

// answers are what stands behind the questions, as far as it can be believed.
// Labels are not believed on their own: «1. Durata: 4 ore» may be a list.
func (b beside) answers(e evidence) map[int]string {
	// Topics that were to be rated, and have been: the colon of one ends no question.
	if len(b.rated) >= 3 && 3*len(b.rated) >= 2*b.items && len(b.rated) >= len(b.sure)+len(b.likely) && mostlyFigures(b.rated) && (e.told || e.silent || e.alone) {
		return b.rated
	}
	out := map[int]string{}
	if e.boxed && len(b.inside) >= 2 {
		maps.Copy(out, b.inside)
	}
	if len(b.sure) >= 2 && (e.silent || b.labels <= len(b.sure)/2) || e.alone || e.others {
		maps.Copy(out, b.sure)
	}
	several := len(b.sure)+len(b.likely) >= 2
	// Nobody asks «Quando? Dopo le 14» of most of what is asked.
	told := e.told || e.alone && b.labels == 0 && len(b.sure)+len(b.likely) >= 3 && 2*(len(b.sure)+len(b.likely)) >= b.items
	if len(out) >= 2 || several && (told || e.silent && (b.labels > 0 || len(out) > 0)) {
		maps.Copy(out, b.sure)
		maps.Copy(out, b.likely)
	}
	return out
}
