package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is what Telegram takes in one message, in UTF-16 units.
const maxText = 4096

// units is the length of a text as Telegram counts.
func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// clean makes a text sendable: valid UTF-8 without control characters.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// split cuts a text into parts of at most limit units: between paragraphs
// where it can, else between lines, else between words, else anywhere.
func split(s string, limit int) []string {
	var parts []string
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		end := prefix(s, limit)
		if end < len(s) {
			end = cut(s, end)
		}
		if part := strings.TrimSpace(s[:end]); part != "" {
			parts = append(parts, part)
		}
		s = s[end:]
	}
	return parts
}

// prefix is the number of bytes of s that fill up to limit units.
func prefix(s string, limit int) int {
	n := 0
	for i, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
		if n > limit {
			return i
		}
	}
	return len(s)
}

func cut(s string, end int) int {
	// The separator itself may lie just beyond the end.
	for _, sep := range []string{"\n\n", "\n", " "} {
		reach := min(end+len(sep), len(s))
		if i := strings.LastIndex(s[:reach], sep); i > 0 && strings.TrimSpace(s[:i]) != "" {
			return i
		}
	}
	return end
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// markup turns *bold* into HTML and escapes everything else. A star is a mark
// only where it can be one: at the outer edge of a word, with its partner on
// the same line; 2*3*4 stays as it is.
func markup(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 16)
	from := 0 // what stands before it is written
	for i := 0; i < len(s); i++ {
		if s[i] != '*' || !opens(s, i) {
			continue
		}
		end := closing(s, i)
		if end < 0 {
			continue
		}
		_, _ = escaper.WriteString(&b, s[from:i])
		b.WriteString("<b>")
		_, _ = escaper.WriteString(&b, s[i+1:end])
		b.WriteString("</b>")
		i, from = end, end+1
	}
	_, _ = escaper.WriteString(&b, s[from:])
	return b.String()
}

// opens tells whether the star at i stands at the beginning of a word.
func opens(s string, i int) bool {
	before, n := utf8.DecodeLastRuneInString(s[:i])
	after, m := utf8.DecodeRuneInString(s[i+1:])
	return (n == 0 || !inWord(before)) && m > 0 && after != '*' && !unicode.IsSpace(after)
}

// closing is the place of the star that closes the one at open, or -1 when
// there is none on the line.
func closing(s string, open int) int {
	for i := open + 2; i < len(s) && s[i-1] != '\n' && s[i] != '\n'; i++ {
		if s[i] != '*' {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		after, n := utf8.DecodeRuneInString(s[i+1:])
		if !unicode.IsSpace(before) && before != '*' && (n == 0 || !inWord(after)) {
			return i
		}
	}
	return -1
}

func inWord(r rune) bool { return r == '*' || unicode.IsLetter(r) || unicode.IsDigit(r) }
