package mail

import (
	"regexp"
	"slices"
	"strings"
)

// withoutSignature cuts what stands below the words of the writer. below tells
// that the lines stand below something quoted, where a server adds its notes
// whether or not the writer has said anything there. A postscript stays.
func (w writer) withoutSignature(lines []string, below bool) []string {
	lines = trimBlank(lines)
	kept := w.withoutTail(lines, below)
	if i := len(kept) - len(postscript(kept)); i > 0 && i < len(kept) && postscriptMark.MatchString(kept[i]) {
		if letter := trimBlank(kept[:i]); len(w.withoutCard(letter)) < len(letter) {
			kept = letter // the signature stands above what was added
		}
	}
	kept = w.withoutCard(kept)
	if p := postscript(lines[len(kept):]); len(kept) > 0 && p != nil {
		kept = append(append(slices.Clip(kept), ""), p...)
	}
	return kept
}

// withoutTail cuts what a mark announces: «-- », a rule above a card, the line
// of a phone, a legal note.
func (w writer) withoutTail(lines []string, below bool) []string {
	above := below
	for i, l := range lines {
		t := strings.TrimRight(l, " \t")
		above = above || i > 0 && hasWords(lines[i-1:i])
		under := lines[i+1 : min(len(lines), i+40)]
		switch {
		case l == "-- ", t == "--" && !goesOn(under):
			return trimBlank(lines[:i])
		case above && dashes.MatchString(t) && !goesOn(under) && (signed(under) || w.signs(under)),
			above && len(lines)-i < 40 && rule.MatchString(t) && (card(under) || w.signs(under) || w.unknown() && concluded(lines[:i]) && nameplate(under)):
			return trimBlank(lines[:i])
		case len(t) < 200 && isFooter(lines, i):
			if above {
				return trimBlank(lines[:i])
			}
			// The footer alone: what follows may be the text.
			return w.withoutTail(trimBlank(lines[i+1:]), false)
		case above && isNote(lines, i):
			for i > 0 && (strings.TrimSpace(lines[i-1]) == "" || rule.MatchString(lines[i-1]) || noteHeading.MatchString(lines[i-1])) {
				i--
			}
			return trimBlank(lines[:i])
		}
	}
	return lines
}

// dashes are the short rules that people put above a signature.
var dashes = regexp.MustCompile(`^\s*(?:-{2,4}|[—–]{1,3}|[*_=~]{3,4})\s*$`)

// sentence is a line that says something.
var sentence = regexp.MustCompile(`^\s*(?:\S+\s+){3,}\S*[\p{L}\d)»"]\s*[.!?]\s*$`)

// goesOn tells that what stands below «--», which has lost its blank or never
// had one, is more of the text: it says something before any legal note, and
// holds nothing of a signature.
func goesOn(lines []string) bool {
	for i := range lines {
		if isFooter(lines, i) || isNote(lines, i) {
			lines = lines[:i]
			break
		}
	}
	return countWords(lines) > 1 && slices.ContainsFunc(lines, sentence.MatchString) && !signed(lines)
}

// postscript is what somebody added below the signature.
func postscript(lines []string) []string {
	for i, l := range lines {
		if postscriptMark.MatchString(l) && i > 0 {
			end := i
			for end < len(lines) && strings.TrimSpace(lines[end]) != "" {
				end++
			}
			return lines[i:end]
		}
	}
	return nil
}

var postscriptMark = regexp.MustCompile(`^\s*(?i:p\.?\s?s\.?)\s*[:.,\-–—]?\s+\S`)

func hasWords(lines []string) bool {
	for _, l := range lines {
		if strings.TrimSpace(l) != "" && !rule.MatchString(l) {
			return true
		}
	}
	return false
}

func trimBlank(lines []string) []string {
	for len(lines) > 0 && strings.TrimSpace(lines[0]) == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
