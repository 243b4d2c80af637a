package training

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
)

// RosterKind tells what the lines of a roster are about.
type RosterKind string

const (
	Organizations RosterKind = "organizations"
	People        RosterKind = "people"
)

// Row is one good line of a roster: an organization or a person.
type Row struct {
	Line         int           `json:"line"`
	Organization *Organization `json:"organization,omitempty"`
	Person       *PersonRow    `json:"person,omitempty"`
}

// PersonRow is a person as the Province's list has it. The organization is the
// code or the name that the list gives; who reads the row finds it.
type PersonRow struct {
	Organization string   `json:"organization"`
	First        string   `json:"first"`
	Last         string   `json:"last"`
	Address      *Address `json:"address,omitempty"`
	Office       string   `json:"office,omitempty"`
	Role         string   `json:"role,omitempty"`
	Relation     Relation `json:"relation"`
	FocalPoint   bool     `json:"focal_point,omitempty"`
	Deputy       bool     `json:"deputy,omitempty"`
	Coordinator  bool     `json:"coordinator,omitempty"`
	Prefers      string   `json:"prefers,omitempty"` // "chat", "mail" or ""
}

// LineError says what is wrong with a line of a roster, in words for the
// office.
type LineError struct {
	Line int
	Text string
}

func (e LineError) Error() string {
	if e.Line == 0 { // of the whole file
		return e.Text
	}
	return fmt.Sprintf("riga %d: %s", e.Line, e.Text)
}

// What a roster may hold at most: some ten times the largest province.
const (
	maxRosterBytes = 8 << 20
	maxRosterRows  = 50_000
	maxRosterField = 200
)

// column of a roster; those that must be there are marked.
type column struct {
	name string
	must bool
}

var rosterColumns = map[RosterKind][]column{
	Organizations: {{"codice", true}, {"nome", true}, {"tipo", true}, {"popolazione", false}, {"dipendenti", false}, {"dominio", false}, {"email_istituzionale", false}, {"patrono", false}},
	People:        {{"ente", true}, {"nome", true}, {"cognome", true}, {"email", true}, {"tipo_indirizzo", false}, {"ufficio", false}, {"ruolo", false}, {"rapporto", true}, {"referente", false}, {"coordinatore", false}, {"preferisce", false}},
}

// ParseRoster reads a list of organizations or people: UTF-8 or Windows-1252,
// with comma or semicolon, columns in any order. It returns every good line
// and every bad one; what can be used when there are bad ones is for the
// caller to say.
func ParseRoster(kind RosterKind, data []byte) ([]Row, []LineError) {
	columns, ok := rosterColumns[kind]
	if !ok {
		return nil, []LineError{{0, fmt.Sprintf("elenco di tipo sconosciuto «%s»", kind)}}
	}
	if len(data) > maxRosterBytes {
		return nil, []LineError{{0, "il file è troppo grande: al massimo 8 MB"}}
	}
	text := bytes.TrimPrefix(decodeText(data), []byte("\xef\xbb\xbf"))
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, []LineError{{0, "il file non è un testo CSV: salvalo come «CSV (delimitato)» e riprova"}}
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.TrimLeadingSpace = delimiter(text), -1, true
	head, err := r.Read()
	if err != nil {
		return nil, []LineError{{1, "manca la riga con i nomi delle colonne"}}
	}
	place, bad := rosterHead(columns, head)
	if len(bad) > 0 {
		return nil, bad
	}
	p := rosterParser{kind: kind, place: place, seen: map[string]int{}}
	for len(p.rows)+len(p.bad) < maxRosterRows {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return p.rows, p.bad
		}
		if err != nil {
			line := 0
			var broken *csv.ParseError
			if errors.As(err, &broken) {
				line = broken.StartLine
			}
			p.bad = append(p.bad, LineError{line, "le virgolette non si chiudono"})
			continue
		}
		line, _ := r.FieldPos(0)
		p.read(line, record)
	}
	return p.rows, append(p.bad, LineError{maxRosterRows, "troppe righe: dividi il file"})
}

// rosterHead finds where each column stands.
func rosterHead(columns []column, head []string) (map[string]int, []LineError) {
	place := map[string]int{}
	var bad []LineError
	for i, h := range head {
		name := strings.ReplaceAll(Fold(h), " ", "_")
		known := slices.ContainsFunc(columns, func(c column) bool { return c.name == name })
		switch _, twice := place[name]; {
		case name == "" && i == len(head)-1: // a separator at the end of the line
		case !known:
			bad = append(bad, LineError{1, fmt.Sprintf("colonna sconosciuta «%s»", cut(h))})
		case twice:
			bad = append(bad, LineError{1, fmt.Sprintf("la colonna «%s» c'è due volte", name)})
		default:
			place[name] = i
		}
	}
	for _, c := range columns {
		if _, ok := place[c.name]; c.must && !ok {
			bad = append(bad, LineError{1, fmt.Sprintf("manca la colonna «%s»", c.name)})
		}
	}
	if len(bad) > 0 {
		bad[len(bad)-1].Text += "; le colonne sono: " + columnNames(columns)
	}
	return place, bad
}

func columnNames(columns []column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

type rosterParser struct {
	kind  RosterKind
	place map[string]int
	seen  map[string]int // key -> line, to find what is there twice
	rows  []Row
	bad   []LineError
}

func (p *rosterParser) read(line int, record []string) {
	if len(strings.TrimSpace(strings.Join(record, ""))) == 0 {
		return
	}
	l := &rosterLine{record: record, place: p.place}
	row := Row{Line: line}
	if len(record) < len(p.place) {
		l.complain("ha %d colonne invece di %d", len(record), len(p.place))
	} else if p.kind == Organizations {
		row.Organization = p.organization(line, l)
	} else {
		row.Person = p.person(line, l)
	}
	if len(l.wrong) > 0 {
		p.bad = append(p.bad, LineError{line, strings.Join(l.wrong, "; ")})
		return
	}
	p.rows = append(p.rows, row)
}

// once complains when the key was met before.
func (p *rosterParser) once(line int, l *rosterLine, what, key string) {
	if key == "" {
		return
	}
	if first, ok := p.seen[what+key]; ok {
		l.complain("%s «%s» c'è già alla riga %d", what, cut(key), first)
		return
	}
	p.seen[what+key] = line
}

var organizationKinds = map[string]OrganizationKind{"comune": Municipality, "unione": MunicipalUnion, "provincia": Province}

func (p *rosterParser) organization(line int, l *rosterLine) *Organization {
	o := &Organization{
		ID:         l.must("codice"),
		Name:       l.must("nome"),
		Kind:       choice(l, "tipo", organizationKinds, "comune, unione o provincia"),
		Population: l.count("popolazione"),
		Employees:  l.count("dipendenti"),
		Domain:     strings.ToLower(l.get("dominio")),
		Address:    l.mail("email_istituzionale"),
	}
	if strings.ContainsFunc(o.ID, func(r rune) bool {
		return !unicode.IsDigit(r) && !unicode.IsLetter(r) && r != '-' && r != '_'
	}) || len(o.ID) > 32 {
		l.complain("«codice» può avere solo lettere, cifre e trattini, al massimo 32")
	}
	if v := l.get("patrono"); v != "" {
		day, ok := parsePatron(v)
		if !ok {
			l.complain("«patrono» non è un giorno: scrivi per esempio 26/11")
		}
		o.Calendar.Patron = day
	}
	p.once(line, l, "il codice", o.ID)
	return o
}

var (
	addressKinds = map[string]AddressKind{"": "", "personale": Personal, "condiviso": Shared, "pec": "pec"}
	relations    = map[string]Relation{"dipendente": Employee, "segretario": Secretary, "eletto": Elected, "volontario": Volunteer, "altro": Other}
	yesNo        = map[string]bool{"": false, "no": false, "si": true}
	points       = map[string]string{"": "", "no": "", "si": "point", "vice": "deputy"}
	preferred    = map[string]string{"": "", "chat": "chat", "email": "mail", "mail": "mail"}
	// officeWords open the local part of an address that an office shares.
	officeWords = []string{"protocollo", "anagrafe", "info", "ufficio", "segreteria", "comune", "tributi", "ragioneria", "tecnico", "polizia", "sindaco", "urp", "demografici"}
)

func (p *rosterParser) person(line int, l *rosterLine) *PersonRow {
	r := &PersonRow{
		Organization: l.must("ente"),
		First:        l.must("nome"),
		Last:         l.must("cognome"),
		Office:       l.get("ufficio"),
		Role:         l.get("ruolo"),
		Relation:     choice(l, "rapporto", relations, "dipendente, segretario, eletto, volontario o altro"),
		Coordinator:  choice(l, "coordinatore", yesNo, "sì o no"),
		Prefers:      choice(l, "preferisce", preferred, "chat o email"),
	}
	point := choice(l, "referente", points, "sì, vice o no")
	r.FocalPoint, r.Deputy = point == "point", point == "deputy"
	kind := choice(l, "tipo_indirizzo", addressKinds, "personale, condiviso o pec")
	pec := kind == "pec"
	if pec { // the office of records reads it
		kind = Shared
	}
	if address := l.mail("email"); address != "" {
		if kind == "" {
			kind = guessAddressKind(address)
		}
		if kind == Personal {
			p.once(line, l, "l'indirizzo", address)
		}
		r.Address = &Address{Mail: address, Kind: kind, PEC: pec}
	} else if r.Coordinator || point != "" {
		l.complain("chi è referente o coordinatore ha bisogno di un'email")
	}
	if kind == Shared && r.Coordinator {
		l.complain("chi è coordinatore ha bisogno di un indirizzo personale")
	}
	if point == "point" {
		p.once(line, l, "il referente di", Fold(r.Organization))
	}
	return r
}

// guessAddressKind is used where the list does not say: an address named after
// an office is shared, because taking it for a person's would give rights to
// whoever reads it.
func guessAddressKind(address string) AddressKind {
	for _, w := range officeWords {
		if strings.HasPrefix(address, w) {
			return Shared
		}
	}
	return Personal
}
