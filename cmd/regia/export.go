package main

import (
	"context"
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"regia/dialog"
	"regia/training"
)

// runExport writes organizations or people in the form that import reads.
func runExport(ctx context.Context, a *app, args []string) error {
	flags := a.flags("export")
	path := flags.String("config", "", "il file di configurazione")
	organizations := flags.Bool("organizations", false, "gli enti")
	people := flags.Bool("people", false, "le persone")
	rest, err := a.parseFlags(flags, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 || *organizations == *people {
		return usagef("scegli --organizations o --people")
	}
	s, err := readSettings(*path, a.env)
	if err != nil {
		return err
	}
	o, err := openProvince(ctx, s, true, a.toolLog())
	if err != nil {
		return err
	}
	defer o.Close()
	w := csv.NewWriter(a.stdout)
	if *organizations {
		err = exportOrganizations(w, o.store.Reader(ctx))
	} else {
		err = exportPeople(w, o.store.Reader(ctx), time.Now())
	}
	w.Flush()
	if err == nil {
		err = w.Error()
	}
	return err
}

// exportPage is how many members of a list are read at once.
const exportPage = 500

// each calls f for every member of a list.
func each(r dialog.Reader, list string, f func(id string) error) error {
	after := ""
	for {
		ids, err := r.List(list, after, exportPage)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := f(id); err != nil {
				return err
			}
			after = id
		}
		if len(ids) < exportPage {
			return nil
		}
	}
}

func eachOrganization(r dialog.Reader, f func(training.Organization) error) error {
	return each(r, "orgs", func(id string) error {
		var o training.Organization
		found, err := r.Load(dialog.MakeRef("org", id), &o)
		if err != nil || !found {
			return err
		}
		return f(o)
	})
}

func exportOrganizations(w *csv.Writer, r dialog.Reader) error {
	if err := w.Write([]string{"codice", "nome", "tipo", "popolazione", "dipendenti", "dominio", "email_istituzionale", "patrono"}); err != nil {
		return err
	}
	return eachOrganization(r, func(o training.Organization) error {
		patron := ""
		if month, day, ok := strings.Cut(o.Calendar.Patron, "-"); ok {
			patron = day + "/" + month
		}
		return writeCells(w, o.ID, o.Name, string(o.Kind), number(o.Population), number(o.Employees), o.Domain, o.Address, patron)
	})
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// The words of the roster for what documents hold.
var (
	relationWords = map[training.Relation]string{training.Employee: "dipendente", training.Secretary: "segretario", training.Elected: "eletto", training.Volunteer: "volontario", training.Other: "altro"}
	addressWords  = map[training.AddressKind]string{training.Personal: "personale", training.Shared: "condiviso"}
	channelWords  = map[string]string{"chat": "chat", "mail": "email"}
)

func exportPeople(w *csv.Writer, r dialog.Reader, now time.Time) error {
	if err := w.Write([]string{"ente", "nome", "cognome", "email", "tipo_indirizzo", "ufficio", "ruolo", "rapporto", "referente", "coordinatore", "preferisce"}); err != nil {
		return err
	}
	return eachOrganization(r, func(o training.Organization) error {
		return each(r, "people:"+o.ID, func(id string) error {
			var p training.Person
			found, err := r.Load(dialog.MakeRef("person", id), &p)
			pos, holds := p.At(now)
			if err != nil || !found || !holds || pos.Organization != o.ID {
				return err
			}
			address, kind := "", ""
			if len(p.Addresses) > 0 {
				address, kind = p.Addresses[0].Mail, addressWords[p.Addresses[0].Kind]
			}
			point := map[string]string{o.FocalPoint: "sì", o.DeputyPoint: "vice"}[p.ID]
			coordinator := ""
			if p.Coordinator {
				coordinator = "sì"
			}
			return writeCells(w, o.ID, p.First, p.Last, address, kind, pos.Office, pos.Role, relationWords[pos.Relation], point, coordinator, channelWords[p.Prefers])
		})
	})
}

// writeCells writes a line; a cell that a spreadsheet would take for a formula
// is written as text.
func writeCells(w *csv.Writer, cells ...string) error {
	for i, c := range cells {
		if c != "" && strings.ContainsRune("=+-@\t\r", rune(c[0])) {
			cells[i] = "'" + c
		}
	}
	return w.Write(cells)
}
