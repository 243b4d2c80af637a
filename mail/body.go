package mail

import (
	"slices"
	"strings"
)

// body is what a message says, as lines.
type body struct {
	text string
	html bool
	rich string // the same from HTML, where the message holds both
}

// body picks the text to read: plain text where there is any, else HTML.
func (e *entity) body() body {
	var plain, rich []string
	size := 0
	e.walk(func(p *entity) {
		if p.attached() || size > maxText {
			return
		}
		switch p.typ {
		case "text/plain", "text", "text/enriched":
			s := markCleaner.Replace(strings.ToValidUTF8(string(p.decoded(maxText)), "\uFFFD"))
			if strings.EqualFold(p.params["format"], "flowed") {
				s = unflow(s, strings.EqualFold(p.params["delsp"], "yes"))
			}
			size += len(s)
			plain = append(plain, s)
		case "text/html", "application/xhtml+xml":
			s := textOf(strings.ToValidUTF8(string(p.decoded(2*maxText)), "\uFFFD"))
			size += len(s)
			rich = append(rich, s)
		}
	})
	text := strings.Join(plain, "\n")
	if strings.TrimSpace(text) == "" {
		return body{text: strings.Join(rich, "\n"), html: true}
	}
	if looksLikeHTML(text) {
		return body{text: textOf(text), html: true}
	}
	return body{text: text, rich: strings.Join(rich, "\n")}
}

// reply is what w wrote in it. Where plain text and HTML say the same, lines that
// the program wrapped are joined again.
func (b body) reply(w writer) (string, map[int]string) {
	text, answers := w.reply(b.text)
	if b.rich == "" {
		return text, answers
	}
	rich, also := w.reply(b.rich)
	if len(also) > len(answers) && saysAll(also, answers) {
		answers = also // colour and weight show more of them
	}
	for n, a := range answers {
		answers[n] = unwrap(a, also[n])
	}
	return unwrap(text, rich), answers
}

// saysAll tells that the answers b say all that a do.
func saysAll(b, a map[int]string) bool {
	for n, s := range a {
		if !slices.Equal(strings.Fields(s), strings.Fields(b[n])) {
			return false
		}
	}
	return true
}

// flat is text with its white space folded.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

// unwrap is text without the line ends that rich does not have, if that begins
// with the same words.
func unwrap(text, rich string) string {
	ends := map[int]bool{} // after how many words a line of rich ends
	words := 0
	for _, l := range strings.Split(rich, "\n") {
		words += len(strings.Fields(l))
		ends[words] = true
	}
	said, seen := strings.Fields(text), strings.Fields(rich)
	if len(seen) < len(said) || !slices.Equal(said, seen[:len(said)]) {
		return text
	}
	var b strings.Builder
	words = 0
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		b.WriteString(strings.TrimPrefix(l, " "))
		words += len(strings.Fields(l))
		switch {
		case i == len(lines)-1:
		case ends[words] || l == "" || lines[i+1] == "":
			b.WriteByte('\n')
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// looksLikeHTML knows HTML that is sent as plain text.
func looksLikeHTML(s string) bool {
	h := strings.ToLower(strings.TrimSpace(clip(s, 200)))
	return strings.HasPrefix(h, "<!doctype html") || strings.HasPrefix(h, "<html")
}

// unflow joins the lines of format=flowed text (RFC 3676), so that the text is
// as it was written and not as it was wrapped.
func unflow(s string, delsp bool) string {
	var out strings.Builder
	depthOpen := -1 // of the line that is being joined
	for _, line := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		depth := 0
		for depth < len(line) && line[depth] == '>' {
			depth++
		}
		text := strings.TrimPrefix(line[depth:], " ")
		if depth == 0 && strings.HasPrefix(text, ">") {
			text = markOwn + text // stuffed with a space, so that it is no quote
		}
		if depthOpen >= 0 && (depth != depthOpen || text == "-- ") {
			out.WriteByte('\n')
			depthOpen = -1
		}
		if depthOpen < 0 && depth > 0 {
			out.WriteString(strings.Repeat(">", depth) + " ")
		}
		if strings.HasSuffix(text, " ") && text != "-- " {
			if delsp {
				text = strings.TrimSuffix(text, " ")
			}
			out.WriteString(text)
			depthOpen = depth
			continue
		}
		out.WriteString(text + "\n")
		depthOpen = -1
	}
	return strings.TrimSuffix(out.String(), "\n")
}
