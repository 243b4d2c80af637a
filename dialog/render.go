package dialog

import (
	"encoding/json"
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
	if err := v.recipient(o, &out); err != nil {
		return Rendered{}, err
	}
	body, err := v.text(o.Text, o.Args)
	if err != nil {
		return Rendered{}, fmt.Errorf("rendering %s: %w", o.Text, err)
	}
	out.Body = body
	if about := o.Args["about"]; about != "" {
		head, err := v.text("about", o.Args)
		if err != nil {
			return Rendered{}, err
		}
		out.Body = head + "\n\n" + body
	}
	if o.Channel == ByMail {
		if out.Subject, err = v.subject(o); err != nil {
			return Rendered{}, err
		}
		if len(o.Choices) > 0 || o.Free != nil {
			out.Token = Token(mac, o.To, o.ID)
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

func (v view) recipient(o Out, out *Rendered) error {
	p, err := load[training.Person](v.r, "person", o.To)
	if err != nil {
		return err
	}
	if p == nil {
		g, err := load[Guest](v.r, "guest", o.To)
		if err != nil {
			return err
		}
		if g == nil {
			return ErrNoRecipient
		}
		out.ChatID, out.Address = g.Chat, g.Mail
	} else {
		out.ChatID = p.Chat
		out.Address, _ = p.Mail()
	}
	if o.Channel == ByChat && out.ChatID == 0 || o.Channel == ByMail && out.Address == "" {
		return ErrNoRecipient
	}
	return nil
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
	return v.fill(strings.TrimSpace(t), args)
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
	"enrollments": "enrollment", "participants": "enrollment", "missing": "org",
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

// value is an argument, or a field of the document that it names.
func (v view) value(name string, args Args) (string, error) {
	kind, field, dotted := strings.Cut(name, ".")
	id := args[kind]
	if !dotted {
		switch name {
		case "service":
			return v.s.Name, nil
		case "province":
			return v.s.Province, nil
		case "office":
			return v.s.Office, nil
		case "link":
			return v.link(args["org"]), nil
		case "code":
			return codeOf(v.mac, id), nil
		case "ends":
			t, err := time.Parse(time.RFC3339, id)
			t = t.In(training.Rome())
			return training.DateWords(t) + ", ore " + strings.TrimPrefix(training.HoursWords(t, t), "ore "), err
		}
		return id, nil
	}
	switch kind {
	case "topic", "demand":
		return v.topic(kind, field, id)
	case "edition":
		return v.edition(field, id)
	case "enrollment":
		return v.enrollment(field, id)
	case "person", "about":
		p, err := load[training.Person](v.r, "person", id)
		if err != nil || p == nil {
			return "(non più in elenco)", err
		}
		if field == "first" {
			return p.First, nil
		}
		return p.Name(), nil
	case "org":
		org, err := load[training.Organization](v.r, "org", id)
		if err != nil || org == nil {
			return "la tua amministrazione", err
		}
		return org.FullName(), nil
	case "guest":
		g, err := load[Guest](v.r, "guest", id)
		if err != nil || g == nil {
			return "(richiesta chiusa)", err
		}
		return g.Mail, nil
	case "pending":
		p, err := load[pending](v.r, "pending", id)
		if err != nil || p == nil {
			return "(già fatto)", err
		}
		return bounded(firstLine(p.Text)), nil
	case "note":
		n, err := load[officeNote](v.r, "note", id)
		if err != nil || n == nil {
			return "(cancellato)", err
		}
		return n.Text, nil
	}
	return "", fmt.Errorf("no field %q", name)
}

func (v view) topic(kind, field, id string) (string, error) {
	if field == "title" {
		if t, ok := v.s.Topics.Topic(id); ok {
			return t.Title, nil
		}
		return id, nil
	}
	d, err := load[training.Demand](v.r, "demand", id)
	if err != nil || d == nil {
		return "0", err
	}
	if field == "people" {
		return plural(itoa(d.People), []string{"# persona", "# persone"}), nil
	}
	return plural(itoa(d.Organizations), []string{"# ente", "# enti"}), nil
}

func (v view) edition(field, id string) (string, error) {
	e, err := load[training.CourseEdition](v.r, "edition", id)
	if err != nil || e == nil {
		return "(corso non più in elenco)", err
	}
	switch field {
	case "title":
		return e.Title, nil
	case "when":
		return meetings(*e), nil
	case "where":
		return e.Venue, nil
	case "hours":
		return decimalShort(e.Hours()), nil
	case "seats":
		words := plural(itoa(e.Seats.Total), []string{"# posto", "# posti"})
		if e.Seats.PerOrg > 0 {
			words += ", al massimo " + itoa(e.Seats.PerOrg) + " per ente"
		}
		return words, nil
	case "free":
		return plural(itoa(e.Seats.Total-e.Seats.Taken), []string{"posti finiti, lista d'attesa", "# posto libero", "# posti liberi"}), nil
	case "taken":
		return itoa(e.Seats.Taken) + " su " + itoa(e.Seats.Total), nil
	case "deadline":
		if e.Deadline.IsZero() {
			return "fino all'inizio del corso", nil
		}
		return "entro " + training.DateWords(e.Deadline), nil
	}
	return "", fmt.Errorf("an edition has no %q", field)
}

// meetings in words: «giovedì 11 marzo, ore 9–13».
func meetings(e training.CourseEdition) string {
	var all []string
	for _, m := range e.Meetings {
		from, to := m.From.In(training.Rome()), m.To.In(training.Rome())
		all = append(all, training.DateWords(from)+", "+training.HoursWords(from, to))
	}
	return strings.Join(all, "; ")
}

func (v view) enrollment(field, id string) (string, error) {
	en, err := load[training.Enrollment](v.r, "enrollment", id)
	if err != nil || en == nil {
		return "", err
	}
	switch field {
	case "name":
		return v.value("person.name", Args{"person": en.Person})
	case "state":
		return it.State[string(en.State)], nil
	}
	return v.edition(field, en.Edition)
}

// attachment makes or reads what goes with a message.
func (v view) attachment(name string) (*Attachment, error) {
	kind, id, _ := strings.Cut(name, ":")
	switch kind {
	case "ics":
		return v.invitation(id)
	case "qr":
		return &Attachment{Name: "entra-nel-servizio.png", Type: LinkType, Body: []byte(v.link(id)), Inline: true}, nil
	case "mydata":
		body, err := MyData(v.r, id)
		if err != nil || body == nil {
			return nil, err
		}
		return &Attachment{Name: "i-miei-dati.json", Type: "application/json", Body: body}, nil
	}
	return nil, fmt.Errorf("no attachment of the kind %q", kind)
}

// invitation is the data of a calendar entry, as JSON: whoever sends the
// message has it made into a file, dialog knows no formats.
func (v view) invitation(id string) (*Attachment, error) {
	en, err := load[training.Enrollment](v.r, "enrollment", id)
	if err != nil || en == nil {
		return nil, err
	}
	e, err := load[training.CourseEdition](v.r, "edition", en.Edition)
	if err != nil || e == nil {
		return nil, err
	}
	inv := Invitation{
		UID: id, Sequence: e.Sequence + en.Sequence, Title: e.Title, Place: e.Venue, Meetings: e.Meetings,
		Cancel: en.State == training.Cancelled || e.State == training.EditionCancelled,
	}
	if p, err := load[training.Person](v.r, "person", en.Person); err != nil {
		return nil, err
	} else if p != nil {
		inv.Attendee, _ = p.Mail()
	}
	body, err := json.Marshal(inv)
	return &Attachment{Name: "appuntamento.ics", Type: InvitationType, Body: body}, err
}

// link opens the chat with the service for people of an organization.
func (v view) link(org string) string { return "https://t.me/" + v.s.Bot + "?start=" + org }

// LinkType marks an attachment whose body is an address to be shown as a QR.
const LinkType = "application/vnd.regia.link"

// InvitationType marks an attachment whose body is an Invitation.
const InvitationType = "application/vnd.regia.invitation+json"

// Invitation is a calendar entry before it is a file.
type Invitation struct {
	UID      string             `json:"uid"`
	Sequence int                `json:"sequence"`
	Title    string             `json:"title"`
	Place    string             `json:"place"`
	Attendee string             `json:"attendee"`
	Meetings []training.Meeting `json:"meetings"`
	Cancel   bool               `json:"cancel"`
}

// splitUID takes the uid of an invitation apart.
func splitUID(uid string) (edition, person string, ok bool) {
	uid, _, _ = strings.Cut(uid, "@")
	edition, person, ok = strings.Cut(uid, ".")
	if len(person) > 16 {
		person = person[:16]
	}
	return edition, person, ok && len(edition) == 16 && len(person) == 16
}
