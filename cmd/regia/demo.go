package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"regia/bot/bottest"
	"regia/mail/mailtest"
	"regia/training"
)

// runDemo shows the service on this machine: no account, no Redis, no network.
func runDemo(ctx context.Context, a *app, args []string) error {
	flags := a.flags("demo")
	listen := flags.String("listen", "127.0.0.1:8080", "dove mostrare la pagina")
	rest, err := a.parseFlags(flags, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usagef("non capisco «%s»", rest[0])
	}
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		return fmt.Errorf("non posso usare %s (%w): prova --listen 127.0.0.1:8090", *listen, err)
	}
	d, err := newDemo(ctx, a.toolLog(), 700*time.Millisecond)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer d.Close()
	handler, err := pageHandler(d)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second,
		// The pages that wait for changes end with the demo.
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	fmt.Fprintf(a.stdout, "Apri http://%s nel browser. Dati di esempio: quando chiudi non resta niente. Per finire: Ctrl+C.\n", l.Addr())
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// demo is a world and the page's view of it. The world is built anew when the
// story is told again.
type demo struct {
	ctx     context.Context // of the whole demo: worlds live longer than a request
	log     *slog.Logger
	pace    time.Duration // between two actions of the story
	changes *bell

	acting sync.Mutex // one action at a time
	mu     sync.RWMutex
	w      *world
	story  story
	files  map[string]demoFile
}

// demoFile is an attachment that the page can open.
type demoFile struct {
	name, kind string
	body       []byte
}

func newDemo(ctx context.Context, log *slog.Logger, pace time.Duration) (*demo, error) {
	w, err := newWorld(ctx, log)
	if err != nil {
		return nil, err
	}
	return &demo{ctx: ctx, log: log, pace: pace, changes: newBell(), w: w, files: map[string]demoFile{}}, nil
}

// Close ends the world.
func (d *demo) Close() error { return d.world().Close() }

func (d *demo) world() *world {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.w
}

// act does something with the world, one thing at a time.
func (d *demo) act(do func(w *world) error) error {
	d.acting.Lock()
	defer d.acting.Unlock()
	return do(d.world())
}

func (d *demo) state(ctx context.Context) (stateView, error) {
	w := d.world()
	now := w.clock.Now()
	v := stateView{Now: now.Format(time.RFC3339), NowWords: instantWords(now), People: []personLine{}}
	next, err := w.next(ctx)
	if err != nil {
		return v, err
	}
	if !next.IsZero() {
		v.Next = instantWords(next)
	}
	if v.Office.Actions, v.Office.Minutes, err = w.effort(ctx); err != nil {
		return v, err
	}
	for _, r := range w.folk {
		org := r.org
		if org != sampleProvince {
			org = "Comune di " + org
		}
		r.mu.Lock()
		unread := len(w.post.Box(r.mail())) - r.readMail
		r.mu.Unlock()
		unread += w.fromService(r.chatID) - r.readChats()
		v.People = append(v.People, personLine{ID: r.id(), Name: r.first + " " + r.last, Role: r.role, Org: org, Channel: r.channel, Unread: max(unread, 0)})
	}
	d.mu.RLock()
	v.Story = d.story.view()
	d.mu.RUnlock()
	return v, nil
}

// instantWords is «lunedì 11 gennaio 2027, ore 8:30».
func instantWords(t time.Time) string {
	return training.DateYearWords(t) + ", " + training.HoursWords(t, time.Time{})
}

// fromService counts the messages of the service in a chat.
func (w *world) fromService(chat int64) int {
	n := 0
	for _, m := range w.chat.Messages(chat) {
		if m.FromBot {
			n++
		}
	}
	return n
}

func (r *resident) readChats() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.readChat
}

// person shows the chat and the mailbox of one person; they count as read.
func (d *demo) person(id string) (personView, error) {
	w := d.world()
	r, err := w.resident(id)
	if err != nil {
		return personView{}, err
	}
	v := personView{Chat: []chatView{}, Mail: []mailView{}, Sees: r.sees()}
	now := w.clock.Now()
	for _, m := range w.chat.Messages(r.chatID) {
		v.Chat = append(v.Chat, d.chatView(m, now))
	}
	box := w.post.Box(r.mail())
	r.mu.Lock()
	defer r.mu.Unlock()
	r.readChat, r.readMail = w.fromService(r.chatID), len(box)
	mine := r.written
	for i := 0; i <= len(box); i++ {
		for len(mine) > 0 && mine[0].after <= i {
			m := mine[0]
			mine = mine[1:]
			v.Mail = append(v.Mail, mailView{
				ID: fmt.Sprintf("mine-%d", len(r.written)-len(mine)), From: r.mail(), Mine: true, Subject: m.subject,
				Text: m.text, At: shortWords(m.at, now), Buttons: []mailButton{}, Files: []fileView{},
			})
		}
		if i < len(box) {
			v.Mail = append(v.Mail, d.mailView(box[i], now))
		}
	}
	return v, nil
}

func (d *demo) chatView(m bottest.Message, now time.Time) chatView {
	v := chatView{
		ID: m.ID, Mine: !m.FromBot, Text: marked(m.Text, m.Bold), At: shortWords(m.At, now),
		Buttons: [][]chatButton{}, Files: []fileView{}, Edited: len(m.Before) > 0,
	}
	for _, row := range m.Buttons {
		var line []chatButton
		for _, b := range row {
			line = append(line, chatButton{Label: b.Label, Data: b.Data})
		}
		v.Buttons = append(v.Buttons, line)
	}
	if m.Document != nil {
		v.Files = append(v.Files, d.keep(fmt.Sprintf("c%d.%d", m.Chat, m.ID), demoFile{m.Document.Name, m.Document.Type, m.Document.Body}))
	}
	return v
}

func (d *demo) mailView(l mailtest.Letter, now time.Time) mailView {
	v := mailView{
		ID: l.ID, From: "ImperiaForma", Subject: l.Subject, Text: l.Text, HTML: l.HTML, At: shortWords(l.Date.In(now.Location()), now),
		Buttons: []mailButton{}, Files: []fileView{},
	}
	for _, b := range l.Buttons {
		v.Buttons = append(v.Buttons, mailButton{Label: labelOf(b), Word: labelOf(b)})
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(l.ID))
	for i, f := range l.Files {
		if f.Name == "" {
			continue // the appointment as calendar programs read it; it is there as a file too
		}
		v.Files = append(v.Files, d.keep(fmt.Sprintf("m%x.%d", h.Sum64(), i), demoFile{f.Name, f.Type, f.Body}))
	}
	return v
}

// labelOf is the label of a button in a mail, without the number before it: what
// a person would answer in words.
func labelOf(b mailtest.Button) string {
	return strings.TrimPrefix(b.Label, strings.TrimSpace(b.Body)+". ")
}

// keep remembers a file under an address that the page can open.
func (d *demo) keep(id string, f demoFile) fileView {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files[id] = f
	return fileView{Name: f.name, URL: "/api/file/" + id + "/" + f.name}
}

func (d *demo) file(id string) (demoFile, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	f, ok := d.files[id]
	return f, ok
}

// marked puts the bold parts of a text between asterisks.
func marked(text string, bold []bottest.Bold) string {
	for _, part := range slices.Backward(bold) {
		if end := part.At + len(part.Text); part.At >= 0 && end <= len(text) {
			text = text[:part.At] + "*" + part.Text + "*" + text[end:]
		}
	}
	return text
}

// shortWords is the hour, with the day when it is another one.
func shortWords(t, now time.Time) string {
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return training.DateWords(t) + ", " + t.Format("15:04")
}

// sees says in words what the person can see of the service.
func (p samplePerson) sees() []string {
	switch {
	case p.coordinator:
		return []string{
			"che cosa chiedono i Comuni e per quante persone",
			"iscrizioni, lista d'attesa e presenze",
			"dei questionari solo i totali, da 5 risposte in su",
			"non chi ha risposto che cosa",
		}
	case p.focal != "":
		return []string{
			"i propri corsi, le iscrizioni e le ore",
			"le iscrizioni dei colleghi del proprio Comune",
			"non chi ha chiesto un corso, né le risposte ai questionari",
		}
	}
	return []string{
		"i propri corsi, le iscrizioni e le ore",
		"quanti altri Comuni chiedono lo stesso, non chi",
		"non le richieste e le risposte degli altri",
	}
}
