package mailtest

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/emersion/go-message/mail"
	// Registers character sets.
	_ "github.com/emersion/go-message/charset"
)

// Letter is a mail in a person's mailbox.
type Letter struct {
	ID      string // Message-ID without brackets
	From    string
	ReplyTo string
	To      string
	Subject string
	Date    time.Time
	Text    string // the plain part
	HTML    string
	Buttons []Button
	Files   []File
	Raw     []byte
}

// Button is a mailto: link of the HTML part.
type Button struct {
	Label, To, Subject, Body string
}

// File is an attachment.
type File struct {
	Name, Type string
	Body       []byte
}

var link = regexp.MustCompile(`(?s)<a[^>]+href="(mailto:[^"]+)"[^>]*>(.*?)</a>`)

// put files a message into a person's mailbox. A second one with the same
// Message-ID takes the place of the first, as mail programs show it.
func (s *Server) put(person string, raw []byte) {
	l := ReadLetter(raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, old := range s.boxes[person] {
		if old.ID == l.ID && l.ID != "" {
			s.boxes[person][i] = l
			return
		}
	}
	s.boxes[person] = append(s.boxes[person], l)
}

// ReadLetter takes a message of the service apart, as a mail program does.
func ReadLetter(raw []byte) *Letter {
	l := &Letter{Raw: raw}
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if r == nil || err != nil && r == nil {
		return l
	}
	defer r.Close()
	l.ID, _ = r.Header.MessageID()
	l.Subject, _ = r.Header.Subject()
	l.Date, _ = r.Header.Date()
	first := func(field string) string {
		if a, err := r.Header.AddressList(field); err == nil && len(a) > 0 {
			return a[0].Address
		}
		return ""
	}
	l.From, l.ReplyTo, l.To = first("From"), first("Reply-To"), first("To")
	if l.ReplyTo == "" {
		l.ReplyTo = l.From
	}
	for {
		p, err := r.NextPart()
		if err != nil {
			break
		}
		b, _ := io.ReadAll(p.Body)
		switch h := p.Header.(type) {
		case *mail.InlineHeader:
			switch t, _, _ := h.ContentType(); t {
			case "text/plain":
				l.Text += strings.ReplaceAll(string(b), "\r\n", "\n")
			case "text/html":
				l.HTML += string(b)
			default:
				l.Files = append(l.Files, File{Type: t, Body: b})
			}
		case *mail.AttachmentHeader:
			name, _ := h.Filename()
			t, _, _ := h.ContentType()
			l.Files = append(l.Files, File{Name: name, Type: t, Body: b})
		}
	}
	for _, m := range link.FindAllStringSubmatch(l.HTML, -1) {
		u, err := url.Parse(html.UnescapeString(m[1]))
		if err != nil {
			continue
		}
		to, _ := url.PathUnescape(u.Opaque)
		l.Buttons = append(l.Buttons, Button{
			Label: html.UnescapeString(m[2]), To: to, Subject: u.Query().Get("subject"), Body: u.Query().Get("body"),
		})
	}
	return l
}

// Box is what a person received, oldest first.
func (s *Server) Box(person string) []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Letter
	for _, l := range s.boxes[strings.ToLower(person)] {
		out = append(out, *l)
	}
	return out
}

// People are the addresses that received something.
func (s *Server) People() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for p := range s.boxes {
		out = append(out, p)
	}
	return out
}

// ErrNoLetter says that the person has no letter with that id.
var ErrNoLetter = errors.New("no such letter")

func (s *Server) letter(person, id string) (Letter, error) {
	for _, l := range s.Box(person) {
		if l.ID == id {
			return l, nil
		}
	}
	return Letter{}, ErrNoLetter
}

// Reply answers a letter as mail programs do: the text, then the letter quoted.
func (s *Server) Reply(person, id, text string) error {
	l, err := s.letter(person, id)
	if err != nil {
		return err
	}
	quoted := fmt.Sprintf("\n\nIl giorno %s %s ha scritto:\n\n", l.Date.Format("02/01/2006 15:04"), l.From)
	for _, line := range strings.Split(strings.TrimRight(l.Text, "\n"), "\n") {
		quoted += strings.TrimRight("> "+line, " ") + "\n"
	}
	subject := l.Subject
	if !strings.HasPrefix(strings.ToLower(subject), "re:") {
		subject = "Re: " + subject
	}
	return s.send(person, l.ReplyTo, subject, text+quoted, "In-Reply-To: <"+l.ID+">\r\nReferences: <"+l.ID+">\r\n")
}

// Press sends the answer that a button of the letter has ready.
func (s *Server) Press(person, id string, button int) error {
	l, err := s.letter(person, id)
	if err != nil {
		return err
	}
	if button < 0 || button >= len(l.Buttons) {
		return fmt.Errorf("letter has %d buttons", len(l.Buttons))
	}
	b := l.Buttons[button]
	return s.send(person, b.To, b.Subject, b.Body+"\n", "")
}

// Write sends a new message to the service.
func (s *Server) Write(person, subject, text string) error {
	return s.send(person, s.service, subject, text, "")
}

func (s *Server) send(from, to, subject, text, extra string) error {
	s.mu.Lock()
	s.count++
	id := fmt.Sprintf("%d.%d@posta.example", s.count, s.now().UnixNano())
	s.mu.Unlock()
	if strings.ContainsAny(from+to+subject, "\r\n") {
		return errors.New("line break in a header")
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s>\r\n%s", from, to,
		mime.QEncoding.Encode("utf-8", subject), s.now().Format(time.RFC1123Z), id, extra)
	b.WriteString("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	w := quotedprintable.NewWriter(&b)
	_, _ = io.WriteString(w, strings.ReplaceAll(text, "\n", "\r\n"))
	_ = w.Close()
	return s.Deliver(b.Bytes())
}
