package dialog

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"regia/training"
)

// Render puts a message into words for its channel, from documents as they are
// now. ErrNoRecipient says that there is nobody to write to any more; mac is
// the province's, as Tx.MAC.
func (s *Service) Render(r Reader, mac func(...string) string, now time.Time, o Out) (Rendered, error) {
	v := view{r: r, s: s, mac: mac, now: now}
	out := Rendered{Automatic: true}
	if over, err := v.over(o); err != nil {
		return Rendered{}, err
	} else if over {
		return Rendered{}, ErrNoRecipient
	}
	shared, err := v.recipient(o, &out)
	if err != nil || o.Channel == ByMail && out.Address == "" {
		return Rendered{}, err
	}
	body, err := v.text(o.Text, o.Args)
	if err != nil {
		return Rendered{}, fmt.Errorf("rendering %s: %w", o.Text, err)
	}
	out.Body = strings.TrimSpace(body)
	heads := map[string]bool{"about": o.Args["about"] != "", "addressee": shared}
	for _, key := range []string{"about", "addressee"} {
		if !heads[key] {
			continue
		}
		head, err := v.text(key, Args{"about": o.Args["about"], "person": o.To})
		if err != nil {
			return Rendered{}, err
		}
		out.Body = head + "\n\n" + out.Body
	}
	if o.Channel == ByMail {
		if out.Subject, err = v.subject(o); err != nil {
			return Rendered{}, err
		}
		if len(o.Choices) > 0 || o.Free != nil {
			reader := o.To
			if shared {
				reader = boxID(mac, out.Address)
			}
			out.Token = Token(mac, reader, o.ID)
		}
		out.Return = ReturnToken(mac, o.To, o.ID, out.Address)
		if announcements[o.Text] {
			out.Unsubscribe = UnsubscribeToken(mac, o.To)
		}
	}
	if out.Buttons, err = v.buttons(o); err != nil {
		return Rendered{}, err
	}
	for _, name := range o.Attach {
		a, err := v.attachment(name)
		if err != nil {
			return Rendered{}, err
		}
		if a != nil {
			out.Attach = append(out.Attach, *a)
		}
	}
	return out, nil
}

// view reads what the texts speak of.
type view struct {
	r   Reader
	s   *Service
	mac func(...string) string
	now time.Time
}

// recipient finds where the message goes, and whether that is an address that
// others read than the person it is for.
func (v view) recipient(o Out, out *Rendered) (shared bool, err error) {
	guest := o.To
	p, err := load[training.Person](v.r, "person", o.To)
	if err != nil {
		return false, err
	}
	if p != nil {
		out.ChatID = p.Chat
		out.Address, shared = p.Mail()
		out.Certified = p.Certified(out.Address)
		guest = o.Args["box"]
	}
	if guest != "" && out.Address == "" {
		g, err := load[Guest](v.r, "guest", guest)
		if err != nil {
			return false, err
		}
		if g == nil {
			return false, ErrNoRecipient
		}
		if shared = p != nil; !shared {
			out.ChatID = g.Chat
		}
		out.Address, out.Certified = g.Mail, g.PEC
	}
	if o.Channel == ByChat && out.ChatID == 0 || o.Channel == ByMail && out.Address == "" && p == nil {
		return false, ErrNoRecipient
	}
	return shared && o.Channel == ByMail, nil
}

// subject is the one of the text, of its group, or the service's.
func (v view) subject(o Out) (string, error) {
	group, _, _ := strings.Cut(o.Text, ".")
	for _, key := range []string{o.Text, group, "default"} {
		if t, ok := it.Subject[key]; ok {
			return v.fill(t, o.Args)
		}
	}
	return v.s.Name, nil
}

// buttons puts the choices into rows: short ones side by side.
func (v view) buttons(o Out) ([][]Button, error) {
	var rows [][]Button
	width := 0
	for i, choice := range o.Choices {
		label, err := v.fill(it.Choice[strings.TrimPrefix(choice.Text, "choice.")], choice.Args)
		if err != nil {
			return nil, err
		}
		word := strconv.Itoa(i + 1)
		if o.Free != nil {
			word = strings.ToLower(label)
		}
		b := Button{Label: label, Data: choice.Act.Data(), Word: word}
		n := len([]rune(label)) + 4
		if len(rows) == 0 || width+n > 30 {
			rows, width = append(rows, nil), 0
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], b)
		width += n
	}
	return rows, nil
}

// text fills the template of a key.
func (v view) text(key string, args Args) (string, error) {
	t, ok := it.Text[key]
	if !ok {
		return "", fmt.Errorf("no text with the key %q", key)
	}
	return v.fill(t, args)
}

// fill replaces what stands in braces:
//
//	{name}               an argument, or {edition.title} a field of what it names
//	{n:none|one|many}    the form for the number; # in it is the number
//	{?name:key}          the text of the key, when the argument is not empty
//	{*editions:key}      the text of the key for each id of the argument
func (v view) fill(t string, args Args) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(t, "{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		inside, after, ok := strings.Cut(rest, "}")
		if !ok {
			return "", fmt.Errorf("a brace is not closed")
		}
		s, err := v.piece(inside, args)
		if err != nil {
			return "", err
		}
		b.WriteString(s)
		t = after
	}
}

func (v view) piece(inside string, args Args) (string, error) {
	name, rest, more := strings.Cut(inside, ":")
	switch {
	case strings.HasPrefix(name, "?"):
		if args[name[1:]] == "" || args[name[1:]] == "0" {
			return "", nil
		}
		return v.text(rest, args)
	case strings.HasPrefix(name, "*"):
		return v.each(name[1:], rest, args)
	case more:
		return plural(args[name], strings.Split(rest, "|")), nil
	}
	return v.value(name, args)
}

// singular is the name that one member of a list has in its text.
var singular = map[string]string{
	"editions": "edition", "soon": "edition", "decisions": "demand", "demands": "demand",
	"enrollments": "enrollment", "participants": "enrollment", "missing": "org", "receipts": "receipt",
}

func (v view) each(list, key string, args Args) (string, error) {
	if args[list] == "" {
		return "", nil
	}
	var lines []string
	for i, id := range strings.Split(args[list], ",") {
		line, err := v.text(key, Args{singular[list]: id, "i": strconv.Itoa(i + 1)})
		if err != nil {
			return "", err
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), nil
}

// plural chooses among "one|many" or "none|one|many".
func plural(number string, forms []string) string {
	n, _ := strconv.Atoi(number)
	if len(forms) == 2 {
		forms = append([]string{forms[1]}, forms...)
	}
	return strings.ReplaceAll(forms[min(n, 2)], "#", number)
}
