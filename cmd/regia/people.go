package main

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
)

// sampleOrganizations are the Comuni of the Province of Imperia: names and
// population are Istat's, headcounts are estimates, the addresses are invented.
//
//go:embed sample/comuni-imperia.csv
var sampleOrganizations []byte

// samplePerson is somebody of the demo. All of them are invented.
type samplePerson struct {
	first, last string
	org         string // name of the organization
	office      string
	role        string // as the page shows it
	channel     string // chat, mail, both
	focal       string // "sì", "vice" or ""
	coordinator bool
}

// province is the name of the Province in the sample.
const sampleProvince = "Provincia di Imperia"

var samplePeople = []samplePerson{
	{"Marta", "Ferrari", sampleProvince, "Formazione", "coordina, part-time", "chat", "", true},
	{"Paolo", "Bianco", sampleProvince, "Formazione", "funzionario", "mail", "", true},
	{"Anna", "Rossi", "Dolcedo", "Tecnico", "geometra", "chat", "", false},
	{"Luca", "Bruno", "Dolcedo", "Segreteria", "referente", "both", "sì", false},
	{"Giulia", "Ricci", "Pigna", "Tecnico", "istruttrice", "mail", "sì", false},
	{"Marco", "Conti", "Triora", "Tecnico", "istruttore", "chat", "", false},
	{"Elena", "Gallo", "Triora", "Segreteria", "referente", "mail", "sì", false},
	{"Sara", "Costa", "Taggia", "Polizia locale", "agente", "chat", "", false},
	{"Davide", "Greco", "Taggia", "Tecnico", "geometra", "chat", "sì", false},
	{"Chiara", "Moretti", "Diano Marina", "Anagrafe", "ufficiale d'anagrafe", "both", "", false},
	{"Andrea", "Barbieri", "Diano Marina", "Tecnico", "architetto", "mail", "sì", false},
	{"Franca", "Lanteri", "Ceriana", "Ragioneria", "contabile", "mail", "", false},
	{"Stefano", "Oliva", "Ceriana", "Tecnico", "operaio specializzato", "chat", "vice", false},
	{"Laura", "Marino", "Badalucco", "Segreteria", "segretaria comunale", "mail", "", false},
}

// id names the person in the page.
func (p samplePerson) id() string { return slug(p.first + " " + p.last) }

// mail is the invented work address.
func (p samplePerson) mail() string {
	if p.org == sampleProvince {
		return slug(p.first) + "." + slug(p.last) + "@provincia-imperia.example"
	}
	return slug(p.first) + "." + slug(p.last) + "@comune-" + slug(p.org) + ".example"
}

var slugs = strings.NewReplacer("à", "a", "è", "e", "é", "e", "ì", "i", "ò", "o", "ù", "u", "'", "-", " ", "-")

func slug(s string) string { return slugs.Replace(strings.ToLower(s)) }

// sampleRosters are the two lists as the Province would import them.
func sampleRosters() (organizations, people []byte, err error) {
	lines, err := csv.NewReader(bytes.NewReader(sampleOrganizations)).ReadAll()
	if err != nil || len(lines) < 2 {
		return nil, nil, fmt.Errorf("sample of organizations: %w", err)
	}
	at := map[string]int{}
	for i, name := range lines[0] {
		at[name] = i
	}
	codes := map[string]string{sampleProvince: "P008"}
	var orgs bytes.Buffer
	w := csv.NewWriter(&orgs)
	_ = w.Write([]string{"codice", "nome", "tipo", "popolazione", "dipendenti", "dominio", "email_istituzionale", "patrono"})
	_ = w.Write([]string{"P008", sampleProvince, "provincia", "", "", "", "", "26/11"})
	for _, l := range lines[1:] {
		name := l[at["name"]]
		codes[name] = l[at["istat_code"]]
		_ = w.Write([]string{
			l[at["istat_code"]], name, "comune", l[at["population_2021"]], l[at["employees_est"]],
			"comune-" + slug(name) + ".example", "comune@comune-" + slug(name) + ".example", "",
		})
	}
	w.Flush()

	var folk bytes.Buffer
	v := csv.NewWriter(&folk)
	_ = v.Write([]string{"ente", "nome", "cognome", "email", "tipo_indirizzo", "ufficio", "ruolo", "rapporto", "referente", "coordinatore", "preferisce"})
	for _, p := range samplePeople {
		code, ok := codes[p.org]
		if !ok {
			return nil, nil, fmt.Errorf("sample: no organization %q", p.org)
		}
		coordinator, prefers := "", "email"
		if p.coordinator {
			coordinator = "sì"
		}
		if p.channel != "mail" {
			prefers = "chat"
		}
		_ = v.Write([]string{code, p.first, p.last, p.mail(), "personale", p.office, p.role, "dipendente", p.focal, coordinator, prefers})
	}
	v.Flush()
	return orgs.Bytes(), folk.Bytes(), nil
}
