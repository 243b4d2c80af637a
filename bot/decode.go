package bot

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	json "github.com/go-json-experiment/json/v1"

	"regia/dialog"
)

// ErrNothing is what Decode answers for an update that holds nothing for the
// service: a person who started the bot again, another bot, a pinned message.
// It is done with, and no failure.
var ErrNothing = errors.New("the update holds nothing for the service")

// The parts of an update that the service reads. The library's models are not
// used here: they know every field of every kind of message, and one that
// Telegram changes makes the whole update undecodable.
type update struct {
	ID       int64     `json:"update_id"`
	Message  *message  `json:"message"`
	Edited   *message  `json:"edited_message"`
	Callback *callback `json:"callback_query"`
	Member   *member   `json:"my_chat_member"`
}

type chatRef struct {
	ID   int64  `json:"id"`
	Type string `json:"type"`
}

type sender struct {
	ID    int64 `json:"id"`
	IsBot bool  `json:"is_bot"`
}

type message struct {
	ID       int       `json:"message_id"`
	From     *sender   `json:"from"`
	Chat     chatRef   `json:"chat"`
	Text     string    `json:"text"`
	Caption  string    `json:"caption"`
	Document *document `json:"document"`

	Photo     json.RawMessage `json:"photo"`
	Sticker   json.RawMessage `json:"sticker"`
	Voice     json.RawMessage `json:"voice"`
	Audio     json.RawMessage `json:"audio"`
	Video     json.RawMessage `json:"video"`
	Note      json.RawMessage `json:"video_note"`
	Animation json.RawMessage `json:"animation"`
	Contact   json.RawMessage `json:"contact"`
	Location  json.RawMessage `json:"location"`
	Venue     json.RawMessage `json:"venue"`
	Poll      json.RawMessage `json:"poll"`
	Dice      json.RawMessage `json:"dice"`
	Story     json.RawMessage `json:"story"`
	PaidMedia json.RawMessage `json:"paid_media"`
	Checklist json.RawMessage `json:"checklist"`
}

type document struct {
	FileID string `json:"file_id"`
	Name   string `json:"file_name"`
	Type   string `json:"mime_type"`
	Size   int64  `json:"file_size"`
}

type callback struct {
	ID      string   `json:"id"`
	From    *sender  `json:"from"`
	Message *message `json:"message"` // perhaps without its text, when it is old
	Data    string   `json:"data"`
}

type member struct {
	Chat chatRef `json:"chat"`
	New  struct {
		Status string `json:"status"`
	} `json:"new_chat_member"`
}

// maxData bounds what is taken from a button; ParseAct refuses more than 64.
const maxData = 64

// Decode makes a message to the service of the bytes of an update. It is pure:
// now is when the update is handled. An edited text counts as newly written;
// "/ore@somebot" is "/ore"; what follows "/start" stays in the text.
func Decode(raw []byte, botID int64, now time.Time) (dialog.In, error) {
	var u update
	if json.Unmarshal(raw, &u) != nil {
		// The words of a person may stand in the error of the decoder.
		id, _ := scanID(raw)
		return dialog.In{}, fmt.Errorf("update %d cannot be decoded", id)
	}
	if u.ID <= 0 {
		return dialog.In{}, errors.New("update without an id")
	}
	chat := u.chat()
	if chat == nil || chat.ID == 0 {
		return dialog.In{}, ErrNothing
	}
	return dialog.In{ID: inputID(botID, u.ID), At: now, Chat: chat}, nil
}

func inputID(botID, update int64) string {
	return "tg:" + strconv.FormatInt(botID, 10) + ":" + strconv.FormatInt(update, 10)
}

func (u update) chat() *dialog.Chat {
	switch {
	case u.Message != nil:
		return u.Message.chat()
	case u.Edited != nil:
		if u.Edited.Text == "" {
			return nil // a caption or a live location: it was answered once
		}
		return u.Edited.chat()
	case u.Callback != nil:
		return u.Callback.chat()
	case u.Member != nil:
		return u.Member.chat()
	}
	return nil
}

const private = "private"

func (m *message) chat() *dialog.Chat {
	if m.From != nil && m.From.IsBot {
		return nil
	}
	c := &dialog.Chat{ID: m.Chat.ID, Message: m.ID}
	switch {
	case m.Chat.Type == "channel":
		return nil
	case m.Chat.Type != private:
		c.Sort = "group" // its words are nobody's business here
	case m.Text != "":
		c.Sort, c.Text = "text", command(limited(clean(m.Text)))
	case m.Animation != nil: // comes with a document of its own
		c.Sort = "left"
	case m.Document != nil:
		c.Sort, c.Text = "file", limited(clean(m.Caption))
		c.File = &dialog.File{Name: fileName(m.Document.Name), Type: short(clean(m.Document.Type), 100), Size: max(m.Document.Size, 0)}
	case m.unreadable():
		c.Sort, c.Text = "left", limited(clean(m.Caption))
	default:
		return nil // a service message: pinned, timer set, …
	}
	return c
}

func (m *message) unreadable() bool {
	for _, part := range []json.RawMessage{
		m.Photo, m.Sticker, m.Voice, m.Audio, m.Video, m.Note, m.Contact,
		m.Location, m.Venue, m.Poll, m.Dice, m.Story, m.PaidMedia, m.Checklist,
	} {
		if len(part) > 0 && string(part) != "null" {
			return true
		}
	}
	return false
}

func (q *callback) chat() *dialog.Chat {
	if q.Message == nil || q.From == nil {
		return nil // from a message sent through an inline query: none is ours
	}
	c := &dialog.Chat{ID: q.Message.Chat.ID, Message: q.Message.ID, Sort: "button", Data: short(q.Data, maxData+1)}
	if t := q.Message.Chat.Type; t != private && t != "" {
		return &dialog.Chat{ID: c.ID, Message: c.Message, Sort: "group"}
	}
	return c
}

func (m *member) chat() *dialog.Chat {
	out := m.New.Status == "kicked" || m.New.Status == "left"
	switch {
	case m.Chat.Type == private && out:
		return &dialog.Chat{ID: m.Chat.ID, Sort: "blocked"}
	case m.Chat.Type == private, out, m.Chat.Type == "channel":
		return nil
	}
	return &dialog.Chat{ID: m.Chat.ID, Sort: "group"}
}

// command takes the name of the bot out of "/command@bot rest". In a private
// chat no other bot can be meant.
func command(text string) string {
	if !strings.HasPrefix(text, "/") {
		return text
	}
	end := strings.IndexAny(text, " \n\t")
	if end < 0 {
		end = len(text)
	}
	name, _, _ := strings.Cut(text[:end], "@")
	return name + text[end:]
}

// limited holds Telegram to its promise of 4,096 units.
func limited(s string) string { return s[:prefix(s, maxText)] }

// short cuts to n bytes, not inside a letter.
func short(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// fileName is a name without folders, for show only: files are kept under
// their content.
func fileName(s string) string {
	s = path.Base(strings.ReplaceAll(strings.ReplaceAll(clean(s), "\\", "/"), "\n", " "))
	if s == "." || s == "/" || s == ".." {
		return "file"
	}
	return short(s, 120)
}
