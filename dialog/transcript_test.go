package dialog_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"regia/dialog"
	"regia/dialog/dialogtest"
	"regia/training"
)

func service() *dialog.Service {
	topics := training.BuiltinCatalogue()
	return &dialog.Service{
		Name: "ImperiaForma", Province: "Provincia di Imperia", Office: "formazione@provincia.example",
		Address: "servizio@provincia.example", Bot: "imperiaforma_bot",
		Topics: topics, Needs: training.NewReader(topics), UndoWindow: 10 * time.Minute, Decision: 2,
	}
}

var roster = []training.Row{
	org("P", "Provincia di Imperia", training.Province, ""),
	org("008024", "Dolcedo", training.Municipality, "comune-dolcedo.example"),
	org("008043", "Pigna", training.Municipality, "comune-pigna.example"),
	org("008011", "Borgomaro", training.Municipality, ""),
	org("008050", "Rezzo", training.Municipality, ""),
	person("P", "Carla", "Ferrari", "carla.ferrari@provincia.example", func(p *training.PersonRow) { p.Coordinator = true }),
	person("P", "Dario", "Neri", "dario.neri@provincia.example", func(p *training.PersonRow) { p.Coordinator = true }),
	person("008024", "Franca", "Gallo", "franca.gallo@comune-dolcedo.example", func(p *training.PersonRow) { p.FocalPoint = true }),
	person("008024", "Anna", "Rossi", "anna.rossi@comune-dolcedo.example", nil),
	person("008024", "Bruno", "Rossi", "bruno.rossi@comune-dolcedo.example", func(p *training.PersonRow) { p.Office = "Polizia locale" }),
	person("008024", "Piero", "Cantoniere", "", nil),
	person("008043", "Marco", "Bianchi", "marco.bianchi@comune-pigna.example", nil),
	person("008050", "Rita", "Neri", registry, shared),
	person("008050", "Ugo", "Neri", registry, shared),
	person("008050", "Elio", "Fossati", "elio.fossati@comune-rezzo.example", func(p *training.PersonRow) { p.FocalPoint = true }),
	person("008011", "Lidia", "Verdi", "lidia.verdi@comune-borgomaro.example", nil),
}

// registry is the address that the colleagues of one office share.
const registry = "anagrafe@comune-rezzo.example"

func shared(p *training.PersonRow) { p.Address.Kind = training.Shared }

func org(id, name string, kind training.OrganizationKind, domain string) training.Row {
	return training.Row{Organization: &training.Organization{ID: id, Name: name, Kind: kind, Domain: domain}}
}

func person(org, first, last, mail string, more func(*training.PersonRow)) training.Row {
	p := training.PersonRow{Organization: org, First: first, Last: last, Relation: training.Employee}
	if mail != "" {
		p.Address = &training.Address{Mail: mail, Kind: training.Personal}
	}
	if more != nil {
		more(&p)
	}
	return training.Row{Person: &p}
}

// mustly ends a test with an error.
func mustly(t *testing.T) func(error) {
	return func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

// openCourse has a coordinator open a course on 11 March with that many seats.
func openCourse(coordinator *dialogtest.Actor, seats int) error {
	if err := coordinator.Say(fmt.Sprintf("nuovo corso: Prova; 11 marzo ore 9-13; Sala; %d posti", seats)); err != nil {
		return err
	}
	return coordinator.Press("Apri il corso")
}

// actors of the transcripts, by first name; the stranger is in no list.
var actors = map[string]string{
	"carla": "carla.ferrari@provincia.example", "dario": "dario.neri@provincia.example", "franca": "franca.gallo@comune-dolcedo.example",
	"anna": "anna.rossi@comune-dolcedo.example", "bruno": "bruno.rossi@comune-dolcedo.example",
	"marco": "marco.bianchi@comune-pigna.example", "lidia": "lidia.verdi@comune-borgomaro.example",
	"nuova": "nuova.arrivata@comune-dolcedo.example", "anagrafe": registry,
	"elio": "elio.fossati@comune-rezzo.example",
}

// TestTranscripts tells each conversation of testdata three times: all by
// chat, all by mail, and with half of the people on each channel.
//
//	@ 11/1/2027 8:30     the clock is moved there
//	anna: words          somebody writes
//	anna [Sì]            somebody chooses
//	> anna: words        the words reached them since the last look
//	< anna: words        they did not
//	anna~: words         somebody writes by mail, whatever their channel
//	chat, mail           the rest of the file is for one channel only
func TestTranscripts(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txt")
	if len(files) == 0 {
		t.Fatal("no transcripts")
	}
	for _, file := range files {
		for _, way := range []string{"chat", "mail", "both"} {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txt")+"/"+way, func(t *testing.T) { tell(t, file, way) })
		}
	}
}

func tell(t *testing.T, file, way string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := dialogtest.NewWorld(service(), time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
	w.Slots = mondays
	if err := w.Import(roster...); err != nil {
		t.Fatal(err)
	}
	cast := map[string]*dialogtest.Actor{}
	chat := int64(100)
	for _, name := range []string{"carla", "dario", "franca", "anna", "bruno", "marco", "lidia", "nuova", "anagrafe", "elio"} {
		chat++
		id := chat
		if way == "mail" || way == "both" && chat%2 == 0 {
			id = 0
		}
		cast[name] = w.Actor(actors[name], id)
		cast[name+"~"] = w.Actor(actors[name], 0)
	}
	heard := map[string]string{}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		fail := func(format string, args ...any) {
			t.Helper()
			t.Fatalf("%s:%d: "+format, append([]any{file, n}, args...)...)
		}
		switch {
		case line == "" || line[0] == '#':
		case line == "chat" || line == "mail":
			if way != line {
				return
			}
		case line[0] == '@':
			at, err := time.ParseInLocation("2/1/2006 15:04", strings.TrimSpace(line[1:]), training.Rome())
			if err != nil {
				fail("%v", err)
			}
			if err := w.Advance(at); err != nil {
				fail("%v", err)
			}
		case line[0] == '>' || line[0] == '<':
			name, words, _ := strings.Cut(strings.TrimSpace(line[1:]), ": ")
			heard[name] += cast[name].News()
			if strings.Contains(heard[name], words) != (line[0] == '>') {
				fail("%s heard:\n%s", name, heard[name])
			}
		case strings.HasSuffix(line, "]"):
			name, label, _ := strings.Cut(strings.TrimSuffix(line, "]"), " [")
			heard[name] = ""
			cast[name].News()
			if err := cast[name].Press(label); err != nil {
				fail("%v", err)
			}
		default:
			name, words, _ := strings.Cut(line, ": ")
			heard[name] = ""
			cast[name].News()
			var err error
			if words == "joins" {
				err = cast[name].Join()
			} else {
				err = cast[name].Say(strings.ReplaceAll(words, `\n`, "\n"))
			}
			if err != nil {
				fail("%v", err)
			}
		}
	}
}

func mondays(after, until time.Time) []dialog.Slot {
	for d := after; d.Before(until.AddDate(0, 0, 1)); d = d.AddDate(0, 0, 1) {
		at := time.Date(d.Year(), d.Month(), d.Day(), 8, 30, 0, 0, d.Location())
		if at.Weekday() == time.Monday && at.After(after) && !at.After(until) {
			return []dialog.Slot{{Job: "week", At: at}}
		}
	}
	return nil
}
