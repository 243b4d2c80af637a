package bottest

import (
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// tags are those that Telegram's HTML mode knows.
var tags = []string{
	"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "a", "blockquote", "tg-spoiler", "span", "tg-emoji",
}

// parseHTML takes the marks out of a text as Telegram does, and refuses what
// Telegram refuses. bold lists the texts set in bold.
func parseHTML(src string) (plain string, bold []Bold, err *apiError) {
	type open struct {
		name string
		at   int
	}
	var out strings.Builder
	var stack []open
	for i := 0; i < len(src); {
		switch src[i] {
		case '<':
			end := strings.IndexByte(src[i:], '>')
			if end < 0 {
				return "", nil, bad("can't parse entities: Unclosed start tag at byte offset %d", i)
			}
			tag := src[i+1 : i+end]
			if name, closing := strings.CutPrefix(tag, "/"); closing {
				if len(stack) == 0 {
					return "", nil, bad("can't parse entities: Unexpected end tag at byte offset %d", i)
				}
				last := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				if last.name != strings.ToLower(strings.TrimSpace(name)) {
					return "", nil, bad("can't parse entities: Unmatched end tag at byte offset %d, expected \"</%s>\"", i, last.name)
				}
				if last.name == "b" || last.name == "strong" {
					bold = append(bold, Bold{At: last.at, Text: out.String()[last.at:]})
				}
			} else {
				name, _, _ := strings.Cut(tag, " ")
				name = strings.ToLower(name)
				if !slices.Contains(tags, name) {
					return "", nil, bad("can't parse entities: Unsupported start tag \"%s\" at byte offset %d", name, i)
				}
				stack = append(stack, open{name: name, at: out.Len()})
			}
			i += end + 1
		case '&':
			n := entity(src[i:])
			if n == 0 {
				out.WriteByte('&')
				i++
				break
			}
			out.WriteString(html.UnescapeString(src[i : i+n]))
			i += n
		default:
			out.WriteByte(src[i])
			i++
		}
	}
	if len(stack) > 0 {
		return "", nil, bad("can't parse entities: Can't find end tag corresponding to start tag \"%s\"", stack[len(stack)-1].name)
	}
	return out.String(), bold, nil
}

// entity is the length of the entity that s begins with, or 0: Telegram knows
// four names and the numbers.
func entity(s string) int {
	end := strings.IndexByte(s, ';')
	if end < 2 || end > 9 {
		return 0
	}
	name := s[1:end]
	if name[0] == '#' && len(name) > 1 && strings.Trim(name[1:], "xX0123456789abcdefABCDEF") == "" {
		return end + 1
	}
	if slices.Contains([]string{"lt", "gt", "amp", "quot"}, name) {
		return end + 1
	}
	return 0
}

// visible makes of text and parse mode what the person sees, and measures it.
func visible(text, mode string, limit int) (string, []Bold, *apiError) {
	if !utf8.ValidString(text) {
		return "", nil, bad("strings must be encoded in UTF-8")
	}
	var bold []Bold
	switch mode {
	case "":
	case "HTML":
		var err *apiError
		if text, bold, err = parseHTML(text); err != nil {
			return "", nil, err
		}
	default:
		return "", nil, bad("unsupported parse_mode")
	}
	lead := len(text) - len(strings.TrimLeftFunc(text, unicode.IsSpace))
	for i := range bold {
		bold[i].At -= lead
	}
	text = strings.TrimSpace(text)
	if len(utf16.Encode([]rune(text))) > limit {
		return "", nil, bad("message is too long")
	}
	return text, bold, nil
}
