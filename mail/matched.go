package mail

import (
	"regexp"
	"strconv"
	"strings"

	"regia/training"
)

// Answers that are not numbered a line each are told by the questions that the
// quote holds: written again, or counted in one line. Figures alone, in the order
// of the questions, stay words: what asked them reads them.

// key is a question as it is compared: folded, without its number, its hint and
// the signs at its end.
func key(question string) string {
	q := questionNo.ReplaceAllString(strings.ReplaceAll(question, markBehind, ""), "")
	q = questionHint.ReplaceAllString(strings.TrimSpace(q), "")
	return strings.TrimRight(training.Fold(q), " ?:.…!")
}

// minKey is the length, in bytes, from which on a question is told from words that
// only begin alike.
const minKey = 8

// questionHint is how a question says what may be answered.
var questionHint = regexp.MustCompile(`\s*\([^()]*\)\s*\??\s*$`)

// matched reads the lines above a quote with these questions, by number.
func (w writer) matched(top []string, questions map[int]string) map[int]string {
	if len(questions) < 2 {
		return nil
	}
	lines, keys := w.withoutCourtesy(top), map[int]string{}
	for n, q := range questions {
		if k := key(q); len(k) >= minKey {
			keys[n] = k
		}
	}
	if a := written(lines, keys); len(a) >= 2 {
		return a
	}
	for _, l := range lines {
		if a := counted(strings.Fields(l), len(questions)); a != nil {
			return a
		}
	}
	return nil
}

// written finds the questions that somebody wrote again, with the answer behind
// each or below it. An empty line ends the last answer.
func written(lines []string, keys map[int]string) map[int]string {
	out := map[int]string{}
	now := 0
	for _, l := range lines {
		if n, behind := begins(l, keys); n > 0 {
			if now, out[n] = n, behind; out[n] == "" {
				continue
			}
		} else if strings.TrimSpace(l) == "" {
			if now > 0 && out[now] != "" {
				now = 0
			}
		} else if now > 0 {
			out[now] = clip(strings.TrimSpace(out[now]+"\n"+strings.TrimSpace(l)), maxAnswer)
		}
	}
	for n, a := range out {
		if a = undressed(a); a == "" {
			delete(out, n)
		} else {
			out[n] = a
		}
	}
	return out
}

// begins tells which question a line begins with, the longest of them, and what
// stands behind it.
func begins(l string, keys map[int]string) (number int, behind string) {
	l = questionNo.ReplaceAllString(strings.TrimSpace(l), "")
	said := training.Fold(l)
	for n, k := range keys {
		rest, ok := strings.CutPrefix(said, k)
		whole := rest == "" || !strings.ContainsAny(rest[:1], "abcdefghijklmnopqrstuvwxyz0123456789")
		if best := keys[number]; ok && whole && (len(k) > len(best) || len(k) == len(best) && n < number) {
			number = n
		}
	}
	if number == 0 {
		return 0, ""
	}
	// Folding keeps the words; what is behind them is taken as it was written.
	fields := strings.Fields(l)
	behind = strings.Join(fields[min(len(strings.Fields(keys[number])), len(fields)):], " ")
	behind = besideMark.ReplaceAllString(writtenHint.ReplaceAllString(behind, ""), "")
	return number, strings.TrimSpace(strings.TrimLeft(behind, "=:->→ "))
}

// writtenHint is the hint of a question that was written again.
var writtenHint = regexp.MustCompile(`^(?:\([^()]*\)\s*\??|\?)\s*`)

// counted reads «1 sì 2 sì, la vicesindaca 3 no»: every number in its turn, and
// something behind each.
func counted(words []string, questions int) map[int]string {
	out := map[int]string{}
	for n := 1; n <= questions; n++ {
		if len(words) < 2 || strings.Trim(words[0], ".):") != strconv.Itoa(n) {
			return nil
		}
		end := 2
		for end < len(words) && strings.Trim(words[end], ".):") != strconv.Itoa(n+1) {
			end++
		}
		if out[n] = strings.TrimRight(strings.Join(words[1:end], " "), ",;"); out[n] == "e" {
			return nil // «1 e 2 bene»
		}
		words = words[end:]
	}
	if len(words) > 0 || questions < 3 {
		return nil
	}
	return out
}
