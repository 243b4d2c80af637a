package bottest

import (
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Message is a message in a chat, as the person sees it.
type Message struct {
	ID      int
	Chat    int64
	At      time.Time
	FromBot bool
	Text    string // without marks; the caption of a document
	Bold    []Bold // what is set in bold
	Buttons [][]Button
	// Document is the file of the message, if it has one.
	Document *Document
	// Before are the texts that the message had before it was edited.
	Before []string
}

// Bold is a part of a text, and the byte that it begins at.
type Bold struct {
	At   int
	Text string
}

// Button is a button under a message.
type Button struct {
	Label string
	Data  string
	URL   string
}

// Document is a file in a chat.
type Document struct {
	Name string
	Type string
	Body []byte
}

const (
	maxText    = 4096
	maxCaption = 1024
	maxData    = 64
	maxButtons = 100
	editable   = 48 * time.Hour // after that Telegram refuses to edit
)

// Messages returns what stands in the chat, oldest first, both sides.
func (s *Server) Messages(chat int64) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[chat]
	if c == nil {
		return nil
	}
	out := make([]Message, len(c.list))
	for i, m := range c.list {
		out[i] = m.copy()
	}
	return out
}

func (m *Message) copy() Message {
	out := *m
	out.Before = slices.Clone(m.Before)
	return out
}

// chatOf returns the chat of a call, if the bot may write there.
func (s *Server) chatOf(args arguments) (int64, *chat, *apiError) {
	id := args.integer("chat_id")
	c := s.chats[id]
	switch {
	case id == 0:
		return 0, nil, bad("chat_id is empty")
	case c == nil:
		return 0, nil, bad("chat not found")
	case c.blocked:
		return 0, nil, &apiError{code: http.StatusForbidden, text: "Forbidden: bot was blocked by the user"}
	}
	return id, c, nil
}

func (s *Server) sendMessage(args arguments) (any, *apiError) {
	text, bold, err := visible(args.text("text"), args.text("parse_mode"), maxText)
	if err != nil {
		return nil, err
	}
	if text == "" {
		return nil, bad("message text is empty")
	}
	return s.post(args, Message{Text: text, Bold: bold})
}

func (s *Server) sendDocument(args arguments) (any, *apiError) {
	caption, bold, err := visible(args.text("caption"), args.text("parse_mode"), maxCaption)
	if err != nil {
		return nil, err
	}
	doc, ok := args["document"].(Document)
	if !ok {
		return nil, bad("wrong file identifier/HTTP URL specified")
	}
	if len(doc.Body) == 0 {
		return nil, bad("file must be non-empty")
	}
	return s.post(args, Message{Text: caption, Bold: bold, Document: &doc})
}

// post puts a message of the bot into a chat.
func (s *Server) post(args arguments, m Message) (any, *apiError) {
	buttons, err := keyboard(args["reply_markup"])
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, c, err := s.chatOf(args)
	if err != nil {
		return nil, err
	}
	now := s.opt.Clock()
	if err := s.limiter.take(id, false, now); err != nil {
		s.stats.TooMany++
		return nil, err
	}
	s.stats.Sent++
	m.Chat, m.At, m.FromBot, m.Buttons = id, now, true, buttons
	s.add(c, &m)
	return s.wire(&m), nil
}

// add gives a message its id and shows it to the subscribers.
func (s *Server) add(c *chat, m *Message) {
	s.messages++
	m.ID = s.messages
	if !s.opt.Forget {
		c.list = append(c.list, m)
		c.byID[m.ID] = m
	}
	s.publish(m)
}

// wire is the message in Telegram's form.
func (s *Server) wire(m *Message) map[string]any {
	out := map[string]any{
		"message_id": m.ID,
		"date":       m.At.Unix(),
		"chat":       chatJSON(m.Chat),
	}
	if m.FromBot {
		out["from"] = map[string]any{"id": s.BotID(), "is_bot": true, "first_name": "ImperiaForma", "username": s.opt.Username}
	} else {
		out["from"] = userJSON(m.Chat)
	}
	if m.Document != nil {
		out["document"] = map[string]any{
			"file_id": "doc" + strconv.Itoa(m.ID), "file_unique_id": "u" + strconv.Itoa(m.ID),
			"file_name": m.Document.Name, "mime_type": m.Document.Type, "file_size": len(m.Document.Body),
		}
		if m.Text != "" {
			out["caption"] = m.Text
		}
	} else {
		out["text"] = m.Text
	}
	if len(m.Buttons) > 0 {
		rows := make([][]map[string]any, len(m.Buttons))
		for i, row := range m.Buttons {
			for _, b := range row {
				rows[i] = append(rows[i], map[string]any{"text": b.Label, "callback_data": b.Data})
			}
		}
		out["reply_markup"] = map[string]any{"inline_keyboard": rows}
	}
	return out
}

func chatJSON(id int64) map[string]any {
	return map[string]any{"id": id, "type": "private", "first_name": "Persona"}
}

func userJSON(id int64) map[string]any {
	return map[string]any{"id": id, "is_bot": false, "first_name": "Persona", "language_code": "it"}
}

// edit changes the text (and the buttons) of a message, or the buttons alone.
func (s *Server) edit(args arguments, withText bool) (any, *apiError) {
	buttons, err := keyboard(args["reply_markup"])
	if err != nil {
		return nil, err
	}
	var text string
	var bold []Bold
	if withText {
		if text, bold, err = visible(args.text("text"), args.text("parse_mode"), maxText); err != nil {
			return nil, err
		}
		if text == "" {
			return nil, bad("message text is empty")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, c, err := s.chatOf(args)
	if err != nil {
		return nil, err
	}
	m := c.byID[int(args.integer("message_id"))]
	now := s.opt.Clock()
	switch {
	case m == nil:
		return nil, bad("message to edit not found")
	case !m.FromBot || now.Sub(m.At) > editable:
		return nil, bad("message can't be edited")
	case withText && m.Document != nil:
		return nil, bad("there is no text in the message to edit")
	case !withText:
		text, bold = m.Text, m.Bold
	}
	if err := s.limiter.take(id, true, now); err != nil {
		s.stats.TooMany++
		return nil, err
	}
	same := text == m.Text && slices.Equal(bold, m.Bold) &&
		slices.EqualFunc(buttons, m.Buttons, slices.Equal)
	if same {
		return nil, bad("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	}
	s.stats.Edited++
	m.Before = append(m.Before, m.Text)
	m.Text, m.Bold, m.Buttons = text, bold, buttons
	s.publish(m)
	return s.wire(m), nil
}

// keyboard reads an inline keyboard; other markups have been checked by their
// fields and show no buttons.
func keyboard(markup any) ([][]Button, *apiError) {
	object, _ := markup.(map[string]any)
	rows, _ := object["inline_keyboard"].([]any)
	var out [][]Button
	n := 0
	for _, r := range rows {
		var row []Button
		list, _ := r.([]any)
		for _, e := range list {
			args := arguments(e.(map[string]any)) // checked against the table
			b := Button{Label: args.text("text"), Data: args.text("callback_data"), URL: args.text("url")}
			_, data := args["callback_data"]
			switch {
			case b.Label == "":
				return nil, bad("inline keyboard button text is empty")
			case !data && b.URL == "":
				return nil, bad("inline keyboard button must have a kind")
			case data && (b.Data == "" || len(b.Data) > maxData || !utf8.ValidString(b.Data)):
				return nil, bad("BUTTON_DATA_INVALID")
			}
			row = append(row, b)
			n++
		}
		if len(row) > 0 {
			out = append(out, row)
		}
	}
	if n > maxButtons {
		return nil, bad("REPLY_MARKUP_TOO_LONG")
	}
	return out, nil
}

func (s *Server) setMyCommands(args arguments) (any, *apiError) {
	list, _ := args["commands"].([]any)
	var out []Command
	for _, e := range list {
		a := arguments(e.(map[string]any))
		c := Command{Command: a.text("command"), Description: a.text("description")}
		for _, r := range c.Command {
			if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' {
				return nil, bad("BOT_COMMAND_INVALID")
			}
		}
		n := utf8.RuneCountInString(c.Description)
		if len(c.Command) < 1 || len(c.Command) > 32 || n < 1 || n > 256 {
			return nil, bad("BOT_COMMAND_INVALID")
		}
		out = append(out, c)
	}
	if len(out) > 100 {
		return nil, bad("BOT_COMMANDS_TOO_MUCH")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = out
	return true, nil
}
