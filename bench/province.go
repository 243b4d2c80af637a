package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"regia/dialog"
	"regia/storage"
	"regia/training"
)

const (
	provinceID    = "misura"
	secret        = "a secret of the benchmark only"
	organizations = 67  // as many Comuni as the Province of Imperia has
	rowsAtOnce    = 100 // of an import, as the command line cuts it
	firstChat     = 1_000_000
)

// chatOf is the chat of the n-th person.
func chatOf(n int) int64 { return firstChat + int64(n) }

func mailOf(n int) string { return fmt.Sprintf("persona.%d@comune-%d.example", n, n%organizations) }

// province is the store of a run while no service works on it.
type province struct {
	store  *storage.Store
	writer *storage.Writer
	at     time.Time
	stop   func()
}

// openProvince sets a writer to work whose messages are answered as in the
// service; those of the benchmark itself are the commands link and notices.
func openProvince(ctx context.Context, db *database) (*province, error) {
	log := slog.New(slog.DiscardHandler)
	store, err := storage.Open(ctx, storage.Options{
		Client: db.client, Province: provinceID, Secret: []byte(secret), Zone: training.Rome(), Log: log, Exclusive: true,
	})
	if err != nil {
		return nil, err
	}
	topics := training.BuiltinCatalogue()
	service := &dialog.Service{
		Name: "ImperiaForma", Province: "Provincia di prova", Topics: topics, Needs: training.NewReader(topics),
		UndoWindow: 10 * time.Minute, Decision: 3,
	}
	p := &province{store: store, at: time.Now().In(training.Rome())}
	p.writer = storage.NewWriter(store, func(tx dialog.Tx, in dialog.In) error {
		if in.Command != nil {
			switch in.Command.Name {
			case "link":
				return link(tx, in.Command.Body)
			case "notices":
				return notices(tx, in.Command.Body)
			}
		}
		return service.Handle(tx, in)
	}, service.Sorry, log)
	work, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); _ = p.writer.Run(work) }()
	p.stop = func() { cancel(); <-ended }
	return p, nil
}

// inputsOf are messages as the writer takes them.
func inputsOf(ins []dialog.In) []storage.Input {
	inputs := make([]storage.Input, len(ins))
	for i, in := range ins {
		raw, _ := json.Marshal(in) // plain data
		source, _, _ := strings.Cut(in.ID, ":")
		inputs[i] = storage.Input{ID: in.ID, Source: source, Raw: raw, At: in.At}
	}
	return inputs
}

// submit hands messages in and fails when one of them was not committed.
func (p *province) submit(ctx context.Context, ins ...dialog.In) error {
	return p.commit(ctx, inputsOf(ins))
}

func (p *province) commit(ctx context.Context, inputs []storage.Input) error {
	for _, r := range p.writer.Submit(ctx, inputs) {
		if r.Err != nil || r.Outcome != storage.Committed {
			return fmt.Errorf("%s: %s: %w", r.ID, r.Outcome, r.Err)
		}
	}
	return nil
}

func (p *province) command(name, id string, body any) dialog.In {
	text, _ := json.Marshal(body) // plain data
	return dialog.In{ID: "cli:" + name + ":" + id, At: p.at, Command: &dialog.Command{Name: name, Body: text}}
}

// span is a range of people, the last one left out.
type span struct{ From, To int }

// populate imports that many people, links their chats, and opens a course.
func (p *province) populate(ctx context.Context, people int) error {
	var rows []training.Row
	for i := range organizations {
		rows = append(rows, training.Row{Organization: &training.Organization{
			ID: strconv.Itoa(i), Name: fmt.Sprintf("Prova %d", i), Kind: training.Municipality, Domain: fmt.Sprintf("comune-%d.example", i),
		}})
	}
	rows = append(rows, training.Row{Person: &training.PersonRow{
		Organization: "0", First: "Marta", Last: "Ferrari", Relation: training.Employee, Coordinator: true,
		Address: &training.Address{Mail: mailOf(-1), Kind: training.Personal},
	}})
	if err := p.submit(ctx, p.command("import", "enti", rows)); err != nil {
		return err
	}
	for from := 0; from < people; from += rowsAtOnce {
		s := span{from, min(from+rowsAtOnce, people)}
		rows = rows[:0]
		for n := s.From; n < s.To; n++ {
			rows = append(rows, training.Row{Person: &training.PersonRow{
				Organization: strconv.Itoa(n % organizations), First: "Persona", Last: "Numero " + strconv.Itoa(n), Relation: training.Employee,
				Office: "Tecnico", Address: &training.Address{Mail: mailOf(n), Kind: training.Personal},
			}})
		}
		id := strconv.Itoa(from)
		if err := p.submit(ctx, p.command("import", id, rows), p.command("link", id, s)); err != nil {
			return err
		}
	}
	return p.openCourse(ctx)
}

// openCourse opens a course as the office does.
func (p *province) openCourse(ctx context.Context) error {
	if err := p.submit(ctx, p.command("link", "office", span{-1, 0})); err != nil {
		return err
	}
	day := p.at.AddDate(0, 2, 0)
	for day.Weekday() != time.Wednesday {
		day = day.AddDate(0, 0, 1)
	}
	for i, said := range []string{
		"nuovo corso: Affidamenti diretti; " + day.Format("2/1/2006") + " ore 9-13; Provincia, sala al piano terra; 2000 posti",
		"apri",
	} {
		in := dialog.In{ID: fmt.Sprintf("tg:1:%d", i), At: p.at, Chat: &dialog.Chat{ID: chatOf(-1), Text: said, Sort: "text"}}
		if err := p.submit(ctx, in); err != nil {
			return err
		}
	}
	return nil
}

// link gives people their chats.
func link(tx dialog.Tx, body []byte) error {
	var s span
	if err := json.Unmarshal(body, &s); err != nil {
		return err
	}
	for n := s.From; n < s.To; n++ {
		id, person, err := personOf(tx, n)
		if err != nil {
			return err
		}
		person.Chat = chatOf(n)
		tx.Save(dialog.MakeRef("person", id), person, 0)
		tx.Save(dialog.MakeRef("chat", tx.MAC("chat", strconv.FormatInt(chatOf(n), 10))), map[string]any{"person": id, "schema": 1}, 0)
	}
	return nil
}

func personOf(tx dialog.Tx, n int) (string, training.Person, error) {
	var address struct {
		Person string `json:"person"`
	}
	var person training.Person
	found, err := tx.Load(dialog.MakeRef("address", tx.MAC("address", mailOf(n))), &address)
	if err == nil && found {
		found, err = tx.Load(dialog.MakeRef("person", address.Person), &person)
	}
	if err == nil && !found {
		err = fmt.Errorf("person %d is not there", n)
	}
	return address.Person, person, err
}

// notices lays a notice for each of the people into their lanes.
func notices(tx dialog.Tx, body []byte) error {
	var s span
	if err := json.Unmarshal(body, &s); err != nil {
		return err
	}
	for n := s.From; n < s.To; n++ {
		id, _, err := personOf(tx, n)
		if err != nil {
			return err
		}
		tx.Send(dialog.Out{ID: tx.NewID("out"), Schema: dialog.OutSchema, To: id, Channel: dialog.ByChat, Text: "help"})
	}
	return nil
}
