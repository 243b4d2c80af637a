package mail

import (
	"strings"
)

// body is what a message says, as lines.
type body struct {
	text string
	html bool
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
	return body{text: text}
}

// looksLikeHTML knows HTML that is sent as plain text.
func looksLikeHTML(s string) bool {
	h := strings.ToLower(strings.TrimSpace(clip(s, 200)))
	return strings.HasPrefix(h, "<!doctype html") || strings.HasPrefix(h, "<html")
}

// reply is what the writer wrote in it.
func (b body) reply() (string, map[int]string) { return Reply(b.text) }

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
