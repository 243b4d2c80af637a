package mail

import (
	"html"
	"strings"
)

// Marks that the reduction of HTML leaves for the reading of the text. They
// are private-use signs and are removed from what comes in.
const (
	markQuoted      = "\uE000" // from here on everything is quoted
	markAttribution = "\uE001" // this line introduces a quote
	markOwn         = "\uE002" // this line is the writer's, though it begins with >
	markBehind      = "\uE003" // what follows on a numbered line is set off by colour or weight
	markBelow       = "\uE004" // the quotation is over, and what follows is the writer's
)

var markCleaner = strings.NewReplacer(markQuoted, "", markAttribution, "", markOwn, "", markBehind, "", markBelow, "")

// words adds text, white space folded as browsers do.
func (t *htmlText) words(s string) {
	if s == "" || t.hidden > 0 {
		return
	}
	s = markCleaner.Replace(html.UnescapeString(s))
	for _, r := range s {
		switch r {
		case ' ', '\t', '\n', '\r', '\f':
			t.space = true
		case '\u00a0':
			t.space, t.held = true, t.line.Len() == 0
		case '\u200b', '\u200c', '\u200d', '\ufeff', '\u00ad', 0:
		default:
			if t.space && t.line.Len() > 0 {
				t.line.WriteByte(' ')
			}
			t.space, t.bulleted = false, false
			if t.strong == 0 {
				t.behind = 0
			} else if t.behind == 0 {
				t.behind = t.line.Len()
			}
			t.line.WriteRune(r)
		}
	}
}

// endLine writes the line if it holds anything; breakLine also if not.
func (t *htmlText) endLine() {
	t.bulleted, t.held = false, false
	if t.line.Len() > 0 {
		l := t.line.String()
		if t.behind > 0 && numberedText.MatchString(l[:t.behind]) {
			l = l[:t.behind] + markBehind + l[t.behind:]
		}
		t.write(l)
		t.line.Reset()
	}
	t.space, t.behind = false, 0
}

func (t *htmlText) breakLine() {
	if t.line.Len() > 0 {
		t.endLine()
	} else {
		t.blank()
	}
}

func (t *htmlText) blank() {
	if t.blanks < 1 && t.hidden == 0 {
		t.write("")
	}
}

func (t *htmlText) write(line string) {
	if t.hidden > 0 {
		return
	}
	if line == "" {
		t.blanks++
	} else {
		t.blanks = 0
	}
	if t.quotes > 0 {
		t.out.WriteString(strings.Repeat(">", t.quotes) + " ")
	} else {
		for _, el := range t.stack {
			if el.attribution && line != "" {
				t.out.WriteString(markAttribution)
				break
			}
		}
		if strings.HasPrefix(line, ">") {
			t.out.WriteString(markOwn)
		}
	}
	t.out.WriteString(line)
	t.out.WriteByte('\n')
}
