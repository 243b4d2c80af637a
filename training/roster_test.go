package training_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	. "regia/training"
)

const organizations = "codice,nome,tipo,popolazione,dipendenti,dominio,email_istituzionale,patrono\n"

func TestRosterReadsTheFormsThatSpreadsheetsWrite(t *testing.T) {
	plain := organizations + "008024,Cosio d'Arroscia,comune,180,2,,comune@comune-cosio.example,26/11\n" +
		"P1,Provincia di Imperia – più lunga,provincia,,,,,\n"
	old, err := charmap.Windows1252.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"UTF-8":                    plain,
		"with a byte order mark":   "\ufeff" + plain,
		"with semicolons":          strings.ReplaceAll(plain, ",", ";"),
		"with carriage returns":    strings.ReplaceAll(plain, "\n", "\r\n"),
		"Windows-1252":             old,
		"empty lines at the end":   plain + "\n,,,,,,,\n",
		"capitals in the headings": strings.Replace(plain, "codice,nome,tipo", "Codice,NOME,Tipo", 1),
	} {
		rows, bad := ParseRoster(Organizations, []byte(data))
		if len(bad) > 0 || len(rows) != 2 {
			t.Errorf("%s: %d rows, wrong %v", name, len(rows), bad)
			continue
		}
		if o := rows[0].Organization; o.ID != "008024" || o.Population != 180 || o.Calendar.Patron != "11-26" || o.Kind != Municipality {
			t.Errorf("%s: %+v", name, *o)
		}
		if got := rows[1].Organization.Name; got != "Provincia di Imperia – più lunga" {
			t.Errorf("%s: name %q", name, got)
		}
	}
}

const people = "ente;nome;cognome;email;tipo_indirizzo;ufficio;ruolo;rapporto;referente;coordinatore;preferisce\n"

func TestRosterReadsPeople(t *testing.T) {
	rows, bad := ParseRoster(People, []byte(people+
		"Dolcedo;Anna;Rossi;Anna.Rossi@comune-dolcedo.example;personale;Tecnico;geometra;dipendente;sì;no;chat\n"+
		"Dolcedo;Piero;Muratorio;;;Strade;operaio;dipendente;;;\n"+
		"Dolcedo;Lia;Verdi;anagrafe@comune-dolcedo.example;;Anagrafe;;dipendente;vice;;email\n"))
	if len(bad) > 0 || len(rows) != 3 {
		t.Fatalf("%d rows, wrong %v", len(rows), bad)
	}
	anna, piero, lia := rows[0].Person, rows[1].Person, rows[2].Person
	if anna.Address.Mail != "anna.rossi@comune-dolcedo.example" || anna.Address.Kind != Personal || !anna.FocalPoint || anna.Prefers != "chat" {
		t.Errorf("%+v", *anna)
	}
	if piero.Address != nil {
		t.Errorf("a person without an address got %+v", *piero.Address)
	}
	if lia.Address.Kind != Shared || !lia.Deputy {
		t.Errorf("the address of an office counts as personal: %+v", *lia.Address)
	}
}

func TestRosterSaysWhatIsWrongWithEachLine(t *testing.T) {
	for _, c := range []struct {
		kind RosterKind
		data string
		line int
		want string
	}{
		{Organizations, "", 1, "manca la riga con i nomi"},
		{Organizations, "codice,nome\n1,Dolcedo\n", 1, "manca la colonna «tipo»"},
		{Organizations, "codice,nome,tipo,e-mail\n", 1, "colonna sconosciuta «e-mail»"},
		{Organizations, "codice,nome,tipo,nome\n", 1, "c'è due volte"},
		{Organizations, organizations + "1,,comune,,,,,\n", 2, "manca «nome»"},
		{Organizations, organizations + "1,Dolcedo,città,,,,,\n", 2, "comune, unione o provincia"},
		{Organizations, organizations + "1,Dolcedo,comune,tanti,,,,\n", 2, "non è un numero"},
		{Organizations, organizations + "1,Dolcedo,comune,,,,,31/4\n", 2, "non è un giorno"},
		{Organizations, organizations + "1,Dolcedo,comune,,,,,\n1,Pigna,comune,,,,,\n", 3, "c'è già alla riga 2"},
		{Organizations, organizations + "1,Dolcedo\n", 2, "2 colonne invece di 8"},
		{Organizations, organizations + "1,\"Dolcedo,comune\n", 2, "virgolette"},
		{Organizations, organizations + "1," + strings.Repeat("x", 10_000) + ",comune,,,,,\n", 2, "troppo lungo"},
		{Organizations, "PK\x03\x04\x00\x00", 0, "non è un testo CSV"},
		{People, people + "Dolcedo;Anna;Rossi;anna.rossi;;;;dipendente;;;\n", 2, "non è un indirizzo email"},
		{People, people + "Dolcedo;Anna;Rossi;;;;;impiegata;;;\n", 2, "rapporto"},
		{People, people + "Dolcedo;Anna;Rossi;;;;;dipendente;sì;;\n", 2, "ha bisogno di un'email"},
		{People, people + "P;A;R;info@x.example;;;;dipendente;;sì;\n", 2, "indirizzo personale"},
		{People, people + "P;A;R;a@x.example;;;;dipendente;;;\nP;B;S;A@x.example;;;;dipendente;;;\n", 3, "c'è già alla riga 2"},
		{People, people + "P;A;R;a@x.example;;;;dipendente;sì;;\nP;B;S;b@x.example;;;;dipendente;sì;;\n", 3, "il referente di"},
		{"cani", "a\n", 0, "sconosciuto"},
	} {
		_, bad := ParseRoster(c.kind, []byte(c.data))
		found := false
		for _, e := range bad {
			found = found || e.Line == c.line && strings.Contains(e.Text, c.want)
		}
		if !found {
			t.Errorf("%.60q: %v, want line %d: %s", c.data, bad, c.line, c.want)
		}
	}
}

func TestRosterKeepsGoodLinesAndListsEveryBadOne(t *testing.T) {
	rows, bad := ParseRoster(Organizations, []byte(organizations+"1,Dolcedo,comune,,,,,\n2,,comune,,,,,\n3,Pigna,comune,,,,,\n4,Airole,paese,,,,,\n"))
	if len(rows) != 2 || len(bad) != 2 {
		t.Errorf("%d rows and %d errors, want 2 and 2", len(rows), len(bad))
	}
}

func FuzzRosterNeverFails(f *testing.F) {
	f.Add([]byte(organizations + "1,Dolcedo,comune,,,,,\n"))
	f.Add([]byte(people + "Dolcedo;Anna;Rossi;;;;;dipendente;;;\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		ParseRoster(Organizations, data)
		ParseRoster(People, data)
	})
}
