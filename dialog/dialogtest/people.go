package dialogtest

import (
	"encoding/json"
	"fmt"
	"strings"

	"regia/dialog"
	"regia/training"
)

// Actor is somebody who writes to the service, by chat or by mail.
type Actor struct {
	w    *World
	Mail string
	Chat int64
	seen int
}

// Actor is the one with the address; chat 0 is for mail alone.
func (w *World) Actor(mail string, chat int64) *Actor { return &Actor{w: w, Mail: mail, Chat: chat} }

// Import adds organizations and people.
func (w *World) Import(rows ...training.Row) error {
	return w.Handle(dialog.In{Command: &dialog.Command{Name: "import", Body: mustJSON(rows)}})
}

// Join links the chat of the actor, with the code that the mail brings.
func (a *Actor) Join() error {
	if a.Chat == 0 {
		return a.Say("ci sono")
	}
	for _, text := range []string{"/start", a.Mail} {
		if err := a.Say(text); err != nil {
			return err
		}
	}
	for i := len(a.w.Got) - 1; i >= 0; i-- {
		if m := a.w.Got[i]; m.Out.Text == "join.code_mail" && m.Rendered.Address == a.Mail {
			_, code, _ := strings.Cut(m.Rendered.Body, "*")
			return a.Say(code[:6])
		}
	}
	return fmt.Errorf("no code reached %s", a.Mail)
}

// Say writes words; by mail they answer the last message that asked something.
func (a *Actor) Say(text string) error {
	if a.Chat != 0 {
		return a.w.Handle(dialog.In{Chat: &dialog.Chat{ID: a.Chat, Text: text, Sort: "text"}})
	}
	token := ""
	if m := a.last(); m != nil {
		token = m.Rendered.Token
	}
	if err := a.w.Handle(dialog.In{Mail: &dialog.Mail{From: a.Mail, Token: token, Text: text, Sort: "reply"}}); err != nil {
		return err
	}
	if m := a.last(); m != nil && m.Out.Text == "confirm" {
		return a.Press("Sì") // as anybody would who wrote that
	}
	return nil
}

// Press chooses the button with the label in the last message that has it; by
// mail it answers with the word that stands beside it.
func (a *Actor) Press(label string) error {
	for i := len(a.w.Got) - 1; i >= 0; i-- {
		m := a.w.Got[i]
		if !a.to(m) {
			continue
		}
		for _, row := range m.Rendered.Buttons {
			for _, b := range row {
				if !strings.EqualFold(b.Label, label) {
					continue
				}
				if a.Chat != 0 {
					return a.w.Handle(dialog.In{Chat: &dialog.Chat{ID: a.Chat, Data: b.Data, Message: i, Sort: "button"}})
				}
				return a.w.Handle(dialog.In{Mail: &dialog.Mail{From: a.Mail, Token: m.Rendered.Token, Text: b.Word, Sort: "reply"}})
			}
		}
	}
	return fmt.Errorf("no button %q reached the actor", label)
}

// News are the messages since the last call, as text.
func (a *Actor) News() string {
	var b strings.Builder
	for ; a.seen < len(a.w.Got); a.seen++ {
		if m := a.w.Got[a.seen]; a.to(m) {
			b.WriteString(m.Rendered.Body + "\n")
			for _, row := range m.Rendered.Buttons {
				for _, button := range row {
					fmt.Fprintf(&b, "[%s] ", button.Label)
				}
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func (a *Actor) to(m Message) bool {
	return a.Chat != 0 && m.Out.Channel == dialog.ByChat && m.Rendered.ChatID == a.Chat ||
		m.Out.Channel == dialog.ByMail && m.Rendered.Address == a.Mail
}

func (a *Actor) last() *Message {
	for i := len(a.w.Got) - 1; i >= 0; i-- {
		if m := a.w.Got[i]; a.to(m) {
			return &m
		}
	}
	return nil
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
