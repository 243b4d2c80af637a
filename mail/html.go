package mail

import (
	"strconv"
	"strings"
)

const (
	maxTags  = 100_000
	maxNest  = 400
	maxQuote = 20
)

// htmlElement is an open element.
type htmlElement struct {
	name        string
	quote       bool // a quotation: its lines begin with >
	hidden      bool // nobody sees it
	attribution bool
	whole       bool // holds all of a quotation that markQuoted opens
	strong      bool // set off by colour or weight
	tight       bool // a paragraph of Word: a line, with no space around it
	list        *int // counter of an ordered list
}

// htmlText is HTML reduced to lines.
type htmlText struct {
	out    strings.Builder
	line   strings.Builder
	stack  []htmlElement
	quotes int
	hidden int
	strong int
	behind int // where in the line what is set off begins and goes on to its end; 0 for nowhere
	space  bool
	blanks int
	// held tells that the line holds a space that does not fold, and so far
	// nothing else: as a block it is an empty line.
	held bool
	// bulleted tells that the line holds nothing but the mark of a list.
	bulleted bool
}

// textOf reduces HTML to the text that is seen. What the clients mark as
// quoted becomes lines with > or is opened by markQuoted; signatures that the
// clients mark as such are left out.
func textOf(s string) string {
	t := &htmlText{blanks: 2}
	for tags := 0; s != "" && tags < maxTags && t.out.Len() < 2*maxText; tags++ {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			t.words(s)
			break
		}
		t.words(s[:i])
		s = s[i:]
		switch {
		case strings.HasPrefix(s, "<!--"):
			// Conditional comments of Outlook are comments to everybody else.
			end := strings.Index(s[4:], "-->")
			if end < 0 {
				s = ""
			} else {
				s = s[4+end+3:]
			}
		case len(s) > 1 && (isLetter(s[1]) || s[1] == '/' || s[1] == '!' || s[1] == '?'):
			tag, rest := cutTag(s)
			s = t.tag(tag, rest)
		default:
			t.words("<")
			s = s[1:]
		}
	}
	t.endLine()
	return t.out.String()
}

// tag handles one tag and returns what is still to be read.
func (t *htmlText) tag(tag, rest string) string {
	closing := strings.HasPrefix(tag, "/")
	name, attrs := tagName(strings.TrimPrefix(tag, "/"))
	switch name {
	case "script", "style", "title", "svg", "select", "template", "object":
		if closing || strings.HasSuffix(tag, "/") {
			return rest
		}
		end := indexFold(rest, "</"+name)
		if end < 0 {
			return ""
		}
		_, after := cutTag(rest[end:])
		return after
	case "br":
		t.breakLine()
		return rest
	case "hr":
		t.endLine()
		t.words("________________________________")
		t.endLine()
		return rest
	case "img", "meta", "link", "head", "input", "wbr", "col", "base":
		return rest
	}
	if closing {
		t.close(name)
	} else if !strings.HasSuffix(tag, "/") || block(name) {
		t.open(name, attrs)
	}
	return rest
}

func (t *htmlText) open(name, attrs string) {
	if block(name) && !(t.bulleted && (name == "div" || name == "p")) {
		t.endLine()
		if name == "p" && !wordLine(attrs) || name == "blockquote" || len(name) == 2 && name[0] == 'h' && name[1] != 'r' {
			t.blank()
		}
	}
	if name == "td" || name == "th" {
		t.space = true
	}
	el := htmlElement{name: name, tight: name == "p" && wordLine(attrs), strong: setOff(name, attrs)}
	kind := elementKind(name, attrs)
	switch kind {
	case kindQuote:
		el.quote = t.quotes < maxQuote
	case kindRest, kindWhole:
		el.whole = kind == kindWhole
		t.endLine()
		if t.hidden == 0 && t.quotes == 0 {
			t.out.WriteString(markQuoted + "\n")
		}
	case kindAttribution:
		t.endLine()
		el.attribution = true
	case kindHidden:
		el.hidden = true
	case kindSignature:
		el.hidden = t.quotes == 0
	case kindDashes:
		t.endLine()
		if t.hidden == 0 && t.quotes == 0 {
			t.out.WriteString("-- \n")
		}
	}
	if name == "ol" {
		el.list = new(int)
	}
	if name == "li" {
		t.bullet()
		t.bulleted = true
	}
	if len(t.stack) >= maxNest {
		return
	}
	t.stack = append(t.stack, el)
	if el.quote {
		t.quotes++
	}
	if el.hidden {
		t.hidden++
	}
	if el.strong {
		t.strong++
	}
}

func (t *htmlText) bullet() {
	for i := len(t.stack) - 1; i >= 0; i-- {
		if n := t.stack[i].list; n != nil {
			*n++
			t.words(strconv.Itoa(*n) + ". ")
			return
		}
		if t.stack[i].name == "ul" {
			t.words("- ")
			return
		}
	}
}

func (t *htmlText) close(name string) {
	at := -1
	for i := len(t.stack) - 1; i >= 0; i-- {
		if t.stack[i].name == name {
			at = i
			break
		}
	}
	if at < 0 {
		return
	}
	if t.stack[at].tight && t.line.Len() == 0 {
		t.blank()
	}
	if block(name) {
		if t.held && t.line.Len() == 0 && !t.stack[at].tight {
			t.blank()
		}
		t.endLine()
	}
	for _, el := range t.stack[at:] {
		if el.attribution {
			t.endLine()
		}
	}
	for _, el := range t.stack[at:] {
		if el.quote {
			t.quotes--
		}
		if el.hidden {
			t.hidden--
		}
		if el.strong {
			t.strong--
		}
	}
	tight, whole := t.stack[at].tight, t.stack[at].whole
	t.stack = t.stack[:at]
	if whole && t.hidden == 0 && t.quotes == 0 {
		t.out.WriteString(markBelow + "\n")
	}
	if name == "p" && !tight || name == "blockquote" || name == "ol" || name == "ul" {
		t.blank()
	}
}
