package dialog

import (
	"fmt"
	"strings"
	"time"

	"regia/training"
)

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
		case "days":
			return training.Span{From: args["from"], To: args["to"]}.Words(), nil
		case "oldest":
			t, err := time.Parse(time.RFC3339, id)
			return training.DateWords(t.In(training.Rome())), err
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
	case "receipt":
		return v.receipt(field, id)
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
		if p.Text == "" {
			return "la risposta all'invito del calendario", nil
		}
		said := []rune(firstLine(p.Text)) // perhaps a forger's: no letter to send on
		return string(said[:min(len(said), maxQuoted)]), nil
	case "note":
		n, err := load[officeNote](v.r, "note", id)
		if err != nil || n == nil {
			return "(cancellato)", err
		}
		return n.Text, nil
	}
	return "", fmt.Errorf("no field %q", name)
}

// maxQuoted is how much of a message is said back to be confirmed.
const maxQuoted = 300

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
