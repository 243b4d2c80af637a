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

// questionHint is how a question says what may be answered.
var questionHint = regexp.MustCompile(`\s*\([^()]*\)\s*\??\s*$`)

// matched reads the lines above a quote with these questions, by number.
func (w writer) matched(top []string, questions map[int]string) map[int]string {
	if len(questions) < 2 {
		return nil
	}
	lines := w.withoutCourtesy(top)
	if a := written(lines, questions); len(a) >= 2 {
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
func written(lines []string, questions map[int]string) map[int]string {
	out := map[int]string{}
	now := 0
	for _, l := range lines {
		if n, behind := begins(l, questions); n > 0 {
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

// begins tells which question a line begins with, and what stands behind it.
func begins(l string, questions map[int]string) (number int, behind string) {
	said := training.Fold(questionNo.ReplaceAllString(l, ""))
	for n, q := range questions {
		k := key(q)
		if len(k) < 8 || len(said) < len(k) || said[:len(k)] != k {
			continue
		}
		if rest := said[len(k):]; rest != "" && strings.ContainsAny(rest[:1], "abcdefghijklmnopqrstuvwxyz0123456789") {
			continue // a longer word
		}
		// Folding keeps the words; what is behind them is taken as it was written.
		words := len(strings.Fields(k))
		fields := strings.Fields(questionNo.ReplaceAllString(strings.TrimSpace(l), ""))
		behind = strings.Join(fields[min(words, len(fields)):], " ")
		behind = strings.TrimSpace(besideMark.ReplaceAllString(writtenHint.ReplaceAllString(behind, ""), ""))
		return n, strings.TrimLeft(behind, "=:->→ ")
	}
	return 0, ""
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
		out[n] = strings.TrimRight(strings.Join(words[1:end], " "), ",;")
		words = words[end:]
	}
	if len(words) > 0 || questions < 3 {
		return nil
	}
	return out
}
