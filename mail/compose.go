package mail

import (
	"bytes"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"regia/dialog"
)

// Letter is how messages of the service look.
type Letter struct {
	From Address
	Name string // of the service, shown as the sender
	// NoPlus is for servers that know no plus addresses: the token of a question
	// travels in the Message-ID and the subject alone, that of the message as the
	// id of its envelope.
	NoPlus bool
}

// Marker is the line above which an answer is written. Reply knows it, in this
// and in the formal wording, quoted or not.
const Marker = "— Per rispondere scrivi sopra questa riga —"

// tagged is the address to which an answer with this token comes back.
func (l Letter) tagged(token string) string {
	if l.NoPlus {
		return l.From.String()
	}
	return l.From.Tagged(token)
}

// carries tells whether the address of the service can hold a token.
func (l Letter) carries(token string) bool { return !l.NoPlus && l.From.fits(token) }

// envelopeID is what a report brings back (RFC 3461) where the envelope sender
// cannot name the message: as little as that one is it known to whoever gets the
// message forwarded.
func (l Letter) envelopeID(r dialog.Rendered) string {
	if l.carries(r.Return) {
		return ""
	}
	return r.Return
}

// compose makes the mail. Its Message-ID depends on the message alone, so that
// a repeat is the same mail.
func (l Letter) compose(out dialog.Out, r dialog.Rendered, now time.Time) (*gomail.Msg, error) {
	to, err := ParseRecipient(r.Address)
	if err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.FromFormat(l.Name, l.From.String()); err != nil {
		return nil, err
	}
	for _, token := range []string{r.Token, r.Return, r.Unsubscribe} {
		if token != "" && !tokenShape.MatchString(token) {
			return nil, fmt.Errorf("mail: token of %s is malformed", out.ID)
		}
	}
	// A report that the message came back names it by its address.
	if err := m.EnvelopeFrom(l.tagged(r.Return)); err != nil {
		return nil, err
	}
	if err := m.To(to); err != nil {
		return nil, err
	}
	subject := clip(oneLine(r.Subject), 200)
	if r.Token != "" {
		if err := m.ReplyToFormat(l.Name, l.tagged(r.Token)); err != nil {
			return nil, err
		}
		if !l.carries(r.Token) {
			subject += " " + subjectTag(r.Token)
		}
	}
	m.Subject(subject)
	// The token of the envelope stays there: whoever gets a forwarded message sees
	// its Message-ID, and could report that it came back.
	m.SetMessageIDWithValue(l.From.messageID(out.ID, r.Token))
	if l.carries(r.Unsubscribe) {
		// No List-Unsubscribe-Post: that promises an address on the web.
		m.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+mailto(l.tagged(r.Unsubscribe), "basta avvisi", "basta avvisi")+">")
	}
	m.SetDateWithValue(now)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	// Exchange answers automatic mail unless it is asked not to.
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	m.SetGenHeader("Content-Language", "it")

	m.SetBodyString(gomail.TypeTextPlain, l.plain(r))
	m.AddAlternativeString(gomail.TypeTextHTML, l.html(r, subject))
	for _, a := range r.Attach {
		if err := attach(m, a); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// ParseRecipient refuses what would not be one address.
func ParseRecipient(s string) (string, error) {
	if strings.ContainsAny(s, "\r\n,;<> ") {
		return "", ErrAddress
	}
	local, domain, ok := splitAddress(s)
	if !ok {
		return "", ErrAddress
	}
	return local + "@" + domain, nil
}

func attach(m *gomail.Msg, a dialog.Attachment) error {
	typ := a.Type
	if typ == "" {
		typ = "application/octet-stream"
	}
	if a.Method != "" {
		// Programs show the buttons of an invitation only for an alternative
		// whose type carries the method; the file is for all others.
		m.AddAlternativeString(gomail.ContentType("text/calendar; method="+a.Method), string(a.Body))
		typ = "application/ics"
	}
	opts := []gomail.FileOption{gomail.WithFileContentType(gomail.ContentType(typ))}
	if a.Inline {
		return m.EmbedReader(a.Name, bytes.NewReader(a.Body), append(opts, gomail.WithFileContentID("<"+contentID(a.Name)+">"))...)
	}
	return m.AttachReader(a.Name, bytes.NewReader(a.Body), opts...)
}

var notID = regexp.MustCompile(`[^A-Za-z0-9.-]+`)

// contentID names an inline picture.
func contentID(name string) string { return notID.ReplaceAllString(name, "-") + "@regia" }

var bold = regexp.MustCompile(`(^|[\s(«"'])\*([^*\n]+)\*`)

// plain is the text for whoever reads plain text.
func (l Letter) plain(r dialog.Rendered) string {
	var b strings.Builder
	if r.Token != "" {
		b.WriteString(Marker + "\n\n")
	}
	b.WriteString(strings.TrimSpace(r.Body) + "\n")
	if len(r.Buttons) > 0 {
		b.WriteByte('\n')
		for _, row := range r.Buttons {
			for _, btn := range row {
				switch {
				case btn.Word == btn.Label && digits.MatchString(btn.Word): // of a list that the text has
				case sameWord(btn):
					fmt.Fprintf(&b, "- %s\n", btn.Label)
				default:
					fmt.Fprintf(&b, "%s. %s\n", btn.Word, btn.Label)
				}
			}
		}
	}
	return strings.ReplaceAll(b.String(), "\n", "\r\n")
}

// html is the same, simple enough for every program and for a narrow window:
// one column, no table, no picture that is not attached.
func (l Letter) html(r dialog.Rendered, subject string) string {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html lang="it"><head><meta charset="utf-8">` +
		`<meta name="viewport" content="width=device-width, initial-scale=1"><title>` + html.EscapeString(subject) + `</title></head>` +
		`<body style="margin:0;padding:16px;font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5;color:#1a1a1a;background:#ffffff">` +
		`<div style="max-width:560px">` + "\n")
	if r.Token != "" {
		b.WriteString(`<p style="color:#595959;font-size:13px;margin:0 0 16px">` + html.EscapeString(Marker) + "</p>\n")
	}
	for _, p := range strings.Split(strings.TrimSpace(strings.ReplaceAll(r.Body, "\r\n", "\n")), "\n\n") {
		if strings.TrimSpace(p) == "" {
			continue
		}
		s := bold.ReplaceAllString(html.EscapeString(strings.Trim(p, "\n")), "$1<strong>$2</strong>")
		b.WriteString(`<p style="margin:0 0 14px">` + strings.ReplaceAll(s, "\n", "<br>\n") + "</p>\n")
	}
	for _, a := range r.Attach {
		if a.Inline {
			b.WriteString(`<p style="margin:0 0 14px"><img src="cid:` + html.EscapeString(contentID(a.Name)) +
				`" alt="` + html.EscapeString(a.Name) + `" style="max-width:100%;height:auto"></p>` + "\n")
		}
	}
	for _, row := range r.Buttons {
		for _, btn := range row {
			l.button(&b, r, subject, btn)
		}
	}
	b.WriteString("</div></body></html>\n")
	return strings.ReplaceAll(b.String(), "\n", "\r\n")
}

var digits = regexp.MustCompile(`^\d+$`)

// sameWord tells whether the answer is what the label says.
func sameWord(btn dialog.Button) bool {
	return btn.Word == "" || strings.EqualFold(btn.Word, btn.Label)
}

// button is a link that opens an answer already written.
func (l Letter) button(b *strings.Builder, r dialog.Rendered, subject string, btn dialog.Button) {
	label := html.EscapeString(btn.Label)
	if !sameWord(btn) {
		label = html.EscapeString(btn.Word) + ". " + label
	}
	if btn.Word == "" || r.Token == "" {
		b.WriteString(`<p style="margin:0 0 10px">` + label + "</p>\n")
		return
	}
	b.WriteString(`<p style="margin:0 0 10px"><a href="` + html.EscapeString(l.Mailto(r.Token, subject, btn.Word)) +
		`" style="display:inline-block;padding:10px 16px;border:1px solid #0b5394;border-radius:4px;color:#0b5394;text-decoration:none">` +
		label + "</a></p>\n")
}

// Mailto is the link that fills subject and body of an answer.
func (l Letter) Mailto(token, subject, word string) string {
	if !strings.HasPrefix(strings.ToLower(subject), "re:") {
		subject = "Re: " + subject
	}
	return mailto(l.tagged(token), subject, word)
}

func mailto(address, subject, body string) string {
	esc := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	return "mailto:" + url.PathEscape(address) + "?subject=" + esc(subject) + "&body=" + esc(body)
}
