package mail

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Reply takes out of the text of a mail what its writer wrote, and the answers
// to numbered questions.
//
// Lines with > are quoted, and what stands between them was written; a header
// repeated in the text, a line «Messaggio originale», or the marker of the own
// prompts make everything below quoted. Where nothing is left above, an answer
// below the quote is looked for.
//
// Of a questionnaire, answers are looked for between the questions, behind them
// on their own lines, and numbered above the quote.
func Reply(text string) (string, map[int]string) { return writer{}.reply(text) }

// reply is Reply for a mail whose writer has a name, by which a signature is
// known.
func (w writer) reply(text string) (string, map[int]string) {
	p := w.cutQuotes(normalLines(text))
	between, answers := p.answersBetween(w)
	p.addBeside(answers, len(between) > 0)
	withoutLabel(answers)

	out := slices.Clone(p.top)
	for i, b := range between {
		if len(out) > 0 && (p.gap || i > 0 || len(p.between) > 1) {
			out = append(out, "")
		}
		out = append(out, b...)
	}
	if len(answers) == 0 {
		answers = w.numbered(out)
	}
	if len(answers) == 0 {
		answers = w.matched(p.top, p.asked)
	}
	for n, a := range answers {
		if answers[n] = strings.TrimSpace(markCleaner.Replace(a)); answers[n] == "" {
			delete(answers, n)
		}
	}
	if len(answers) == 0 {
		answers = nil
	}
	return clip(strings.TrimSpace(markCleaner.Replace(strings.Join(collapse(out), "\n"))), maxReply), answers
}

// answersBetween is what stands between the quoted pieces, without signatures,
// and what of it answers a numbered question.
func (p *parts) answersBetween(w writer) (between [][]string, answers map[int]string) {
	answers = map[int]string{}
	for i, b := range p.between {
		own := w.withoutSignature(b.lines, true)
		if len(own) == 0 || b.last && answers[b.question] != "" && len(own) > 1 && w.signs(own) {
			continue
		}
		between = append(between, own)
		// One text below a whole quote answers the quote, not its last number,
		// which may be that of a choice.
		below := len(p.between) == 1 && i == 0 && p.questions > 1 && b.last
		if b.question > 0 && !below && !(b.last && w.farewell(own[0])) {
			addAnswer(answers, b.question, w.withoutFarewell(own, answers[b.question] != ""))
		}
	}
	return between, answers
}

// addBeside adds what stands behind the questions on their own lines.
func (p *parts) addBeside(answers map[int]string, between bool) {
	above := strings.Join(p.top, " ")
	told := pointer.MatchString(above)
	for n, a := range p.beside.answers(evidence{
		told: told, boxed: boxed.MatchString(above), silent: told || onlyCourtesy(p.top), alone: len(p.top) == 0 && !between, others: len(answers) > 0,
	}) {
		more := strings.TrimSpace(besideHint.ReplaceAllString(answers[n], ""))
		if more == "" || strings.HasSuffix(flat(a), flat(more)) { // its last words, which a program wrapped
			answers[n] = ""
			addAnswer(answers, n, []string{a})
		} else if len(p.beside.sure) >= 2 && flat(a) != flat(more) && !startsUpper(more) && strings.ContainsFunc(more, unicode.IsLetter) {
			answers[n] = "" // «… quello personale» goes on below: «e poi i video»
			addAnswer(answers, n, []string{a, more})
		}
	}
}

// parts is a text cut into what was written and what was not.
type parts struct {
	top     []string // above the quote, without the signature
	between []interleaved
	beside  beside
	gap     bool // an empty line stood above the quote
	// questions counts the numbered lines in the quote; asked is what they say.
	questions int
	asked     map[int]string
}

// interleaved is what was written below a quoted piece.
type interleaved struct {
	question int  // number of the last quoted question, 0 for none
	last     bool // nothing quoted follows
	lines    []string
}

// ask notes a numbered line of the quote.
func (p *parts) ask(n int, text string) {
	if p.asked == nil {
		p.asked = map[int]string{}
	}
	p.asked[n] = text
	p.beside.read(n, text)
}

// unbar takes away the bars that the writer typed.
func (p *parts) unbar() {
	for _, b := range p.between {
		for i, l := range b.lines {
			b.lines[i] = strings.TrimLeft(l, "> ")
		}
	}
}

var odd = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ", "\u202f", " ", "\u2028", "\n", "\u2029", "\n",
	"\u200b", "", "\u200c", "", "\ufeff", "", "\u00ad", "", "\x00", "", "\u202a", "", "\u202c", "", "\u2060", "", "\u2061", "", "\u2062", "", "\u2063", "", "\u2064", "", "\ufffc", "")

func normalLines(text string) []string {
	// Made valid first: else what is taken out may leave a mark behind.
	text = odd.Replace(strings.ToValidUTF8(clip(text, maxText), "\uFFFD"))
	lines := strings.Split(text, "\n")
	// What lies further down is older mail; the patterns take their time.
	lines = lines[:min(len(lines), maxLines)]
	for i, l := range lines {
		if l != "-- " {
			lines[i] = strings.TrimRight(l, " \t")
		}
	}
	return lines
}

// isQuoted tells a quoted line. «<<< … >>>» is decoration.
func isQuoted(l string) bool {
	t := strings.TrimLeft(l, " \t")
	return strings.HasPrefix(t, ">") && !strings.Contains(l, "<<<")
}

// cutQuotes finds where the quote begins and reads what stands in it.
func (w writer) cutQuotes(lines []string) (p parts) {
	start, begin, hard := quoteStart(lines)
	if start < 0 {
		return parts{top: w.withoutSignature(withoutBanner(plainLines(lines)), false)}
	}
	above := withoutBanner(plainLines(lines[:start]))
	if m := sharedLine.FindStringSubmatch(lines[start]); m != nil && begin == start+1 && !strings.HasPrefix(lines[start], markAttribution) {
		above = append(above, strings.TrimRight(m[1], "- "))
	}
	p = parts{top: w.withoutSignature(above, false), gap: start > 0 && strings.TrimSpace(lines[start-1]) == ""}
	rest := lines[begin:]
	if end := slices.Index(rest, markBelow); end >= 0 {
		if below := plainLines(rest[end+1:]); hasWords(below) && !slices.Contains(below, markQuoted) {
			defer func() { p.between = append(p.between, interleaved{last: true, lines: below}) }()
			rest = rest[:end]
		}
	}
	bars := false
	for _, l := range rest {
		if isQuoted(l) {
			bars = true
			break
		}
	}
	if !bars {
		p.readBare(rest, w)
		return p
	}
	if hard {
		// A repeated header, then text without bars, then older quotes with
		// bars: nothing in it was written now.
		if rest = belowHeader(rest); !quotedNext(rest, 0) {
			if q := bareQuestions(rest); q.barred() {
				p.questions, p.between = q.last, q.found
				p.unbar()
			}
			return p
		}
	}
	p.read(rest, w)
	return p
}

var ownMarks = strings.NewReplacer(markBehind, "", markBelow, "")

// plainLines are lines without the marks that HTML leaves in them.
func plainLines(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = ownMarks.Replace(l)
	}
	return out
}

// belowHeader skips the fields that a program repeats before it quotes.
func belowHeader(lines []string) []string {
	for i, l := range lines {
		if t := strings.TrimSpace(l); t != "" && !headerField.MatchString(l) && !bareField.MatchString(l) {
			return lines[i:]
		}
	}
	return nil
}

// quoteStart finds the first line that is not the writer's. begin is the first
// line after the introduction; hard tells that everything below is quoted even
// without bars.
func quoteStart(lines []string) (start, begin int, hard bool) {
	for i, l := range lines {
		t := strings.TrimSpace(l)
		if t == "" {
			continue
		}
		if t == markQuoted {
			return i, i + 1, true
		}
		if isMarker(t) {
			from := i
			if i > 0 && rule.MatchString(lines[i-1]) {
				from--
			}
			return from, i + 1, !isQuoted(l)
		}
		if arrows.MatchString(l) {
			return i, i + 1, true
		}
		if i+1 < len(lines) && strings.HasPrefix(l, ">>>") && arrows.MatchString(l+" "+strings.TrimSpace(lines[i+1])) {
			return i, i + 2, true // wrapped
		}
		if isQuoted(l) {
			return i, i, false
		}
		if n, ok := attribution(lines, i); ok {
			return i, i + n, !quotedNext(lines, i+n)
		}
		if sharedLine.MatchString(l) {
			return i, i + 1, false
		}
		if isSeparator(l) {
			return i, i + 1, true
		}
		if headerBlock(lines, i) {
			from := i
			for from > 0 && (strings.TrimSpace(lines[from-1]) == "" || rule.MatchString(lines[from-1]) || shortRule.MatchString(lines[from-1]) || bareTitle.MatchString(lines[from-1]) || introduces(lines[from-1])) {
				from--
			}
			if from < i && strings.TrimSpace(lines[from]) == "" {
				// keep the empty line as the sign of a gap
				from++
			}
			return min(from, i), i + 1, true
		}
	}
	return -1, 0, false
}

var shortRule = regexp.MustCompile(`^\s*[-_=]{3,}\s*$`)

func addAnswer(answers map[int]string, n int, lines []string) {
	a := undressed(strings.TrimSpace(strings.Join(collapse(lines), "\n")))
	if m := ownNumber.FindStringSubmatch(a); m != nil && m[1] == strconv.Itoa(n) {
		a = a[len(m[0]):]
	}
	if a == "" {
		return
	}
	if old := answers[n]; old != "" {
		a = old + "\n" + a
	}
	answers[n] = clip(a, maxAnswer)
}

// bulletIndent is the mark of a list and the space around it.
var bulletIndent = regexp.MustCompile(`^ {0,4}([-*•·]|\d{1,2}[.)]) +`)

// ownNumber is the number of the question, put before the answer once more.
var ownNumber = regexp.MustCompile(`^(\d{1,2})[.):]\s+`)

// collapse makes runs of empty lines one.
func collapse(lines []string) []string {
	var out []string
	for _, l := range trimBlank(lines) {
		if strings.TrimSpace(l) == "" && len(out) > 0 && out[len(out)-1] == "" {
			continue
		}
		out = append(out, bulletIndent.ReplaceAllString(strings.TrimPrefix(strings.TrimRight(l, " \t"), markOwn), "$1 "))
	}
	return out
}
