package bot

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"regia/dialog"
)

func TestDecode(t *testing.T) {
	now := time.Date(2027, 3, 11, 8, 0, 0, 0, time.UTC)
	const chat = `"message_id":5,"from":{"id":7,"is_bot":false},"chat":{"id":7,"type":"private"}`
	const group = `"message_id":5,"from":{"id":7},"chat":{"id":-9,"type":"supergroup"}`
	for name, c := range map[string]struct {
		raw  string
		want *dialog.Chat // nil for ErrNothing
	}{
		"text":             {`"message":{` + chat + `,"text":"mi serve"}`, &dialog.Chat{ID: 7, Message: 5, Sort: "text", Text: "mi serve"}},
		"command":          {`"message":{` + chat + `,"text":"/ore@regia_bot"}`, &dialog.Chat{ID: 7, Message: 5, Sort: "text", Text: "/ore"}},
		"command, words":   {`"message":{` + chat + `,"text":"/mi_serve@regia_bot a@b.it"}`, &dialog.Chat{ID: 7, Message: 5, Sort: "text", Text: "/mi_serve a@b.it"}},
		"start":            {`"message":{` + chat + `,"text":"/start codice-1"}`, &dialog.Chat{ID: 7, Message: 5, Sort: "text", Text: "/start codice-1"}},
		"an address":       {`"message":{` + chat + `,"text":"anna@x.it"}`, &dialog.Chat{ID: 7, Message: 5, Sort: "text", Text: "anna@x.it"}},
		"edited":           {`"edited_message":{` + chat + `,"text":"corretto"}`, &dialog.Chat{ID: 7, Message: 5, Sort: "text", Text: "corretto"}},
		"edited caption":   {`"edited_message":{` + chat + `,"caption":"x"}`, nil},
		"sticker":          {`"message":{` + chat + `,"sticker":{"file_id":"x"}}`, &dialog.Chat{ID: 7, Message: 5, Sort: "left"}},
		"voice":            {`"message":{` + chat + `,"voice":{"file_id":"x"}}`, &dialog.Chat{ID: 7, Message: 5, Sort: "left"}},
		"photo":            {`"message":{` + chat + `,"photo":[{"file_id":"x"}],"caption":"ecco"}`, &dialog.Chat{ID: 7, Message: 5, Sort: "left", Text: "ecco"}},
		"animation":        {`"message":{` + chat + `,"animation":{},"document":{"file_id":"x"}}`, &dialog.Chat{ID: 7, Message: 5, Sort: "left"}},
		"document":         {`"message":{` + chat + `,"document":{"file_id":"x","file_name":"a\\b/c.pdf","mime_type":"application/pdf","file_size":3}}`, &dialog.Chat{ID: 7, Message: 5, Sort: "file", File: &dialog.File{Name: "c.pdf", Type: "application/pdf", Size: 3}}},
		"nameless file":    {`"message":{` + chat + `,"document":{"file_id":"x","file_size":-3}}`, &dialog.Chat{ID: 7, Message: 5, Sort: "file", File: &dialog.File{Name: "file"}}},
		"service message":  {`"message":{` + chat + `,"pinned_message":{}}`, nil},
		"another bot":      {`"message":{"message_id":5,"from":{"id":7,"is_bot":true},"chat":{"id":7,"type":"private"},"text":"x"}`, nil},
		"group":            {`"message":{` + group + `,"text":"nomi"}`, &dialog.Chat{ID: -9, Message: 5, Sort: "group"}},
		"added to a group": {`"my_chat_member":{"chat":{"id":-9,"type":"group"},"new_chat_member":{"status":"member"}}`, &dialog.Chat{ID: -9, Sort: "group"}},
		"out of a group":   {`"my_chat_member":{"chat":{"id":-9,"type":"group"},"new_chat_member":{"status":"left"}}`, nil},
		"blocked":          {`"my_chat_member":{"chat":{"id":7,"type":"private"},"new_chat_member":{"status":"kicked"}}`, &dialog.Chat{ID: 7, Sort: "blocked"}},
		"back":             {`"my_chat_member":{"chat":{"id":7,"type":"private"},"new_chat_member":{"status":"member"}}`, nil},
		"button":           {`"callback_query":{"id":"q","from":{"id":7},"message":{` + chat + `},"data":"1|yes"}`, &dialog.Chat{ID: 7, Message: 5, Sort: "button", Data: "1|yes"}},
		"button, old":      {`"callback_query":{"id":"q","from":{"id":7},"message":{"message_id":5,"date":0,"chat":{"id":7,"type":"private"}},"data":"1|yes"}`, &dialog.Chat{ID: 7, Message: 5, Sort: "button", Data: "1|yes"}},
		"button, group":    {`"callback_query":{"id":"q","from":{"id":7},"message":{` + group + `},"data":"1|yes"}`, &dialog.Chat{ID: -9, Message: 5, Sort: "group"}},
		"button, inline":   {`"callback_query":{"id":"q","from":{"id":7},"inline_message_id":"z","data":"1|yes"}`, nil},
		"a reaction":       {`"message_reaction":{}`, nil},
		"a channel":        {`"message":{"message_id":1,"chat":{"id":-3,"type":"channel"},"text":"x"}`, nil},
	} {
		in, err := Decode([]byte(`{"update_id":42,`+c.raw+`}`), 99, now)
		if c.want == nil {
			if !errors.Is(err, ErrNothing) {
				t.Errorf("%s: %+v, %v, want ErrNothing", name, in.Chat, err)
			}
			continue
		}
		want := dialog.In{ID: "tg:99:42", At: now, Chat: c.want}
		if err != nil || !reflect.DeepEqual(in, want) {
			t.Errorf("%s: %+v, %v\nwant %+v", name, in.Chat, err, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"update_id":1,"message":{"message_id":1,"chat":{"id":1,"type":"private"},"text":"/a@b c"}}`))
	f.Add([]byte(`{"update_id":1,"callback_query":{"id":"q","from":{"id":7},"message":{"message_id":1,"chat":{"id":1}},"data":"` + strings.Repeat("è", 99) + `"}}`))
	f.Add([]byte(`{"update_id":1,"message":{"message_id":1,"chat":{"id":1,"type":"private"},"document":{"file_name":"..//\\"}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := Decode(raw, 1, time.Time{})
		salvage(raw)
		if err != nil {
			return
		}
		c := in.Chat
		if c == nil || c.ID == 0 || c.Sort == "" || units(c.Text) > maxText || len(c.Data) > maxData+1 {
			t.Errorf("in = %+v", in)
		}
		if c.File != nil && (strings.ContainsAny(c.File.Name, "/\\\n") || c.File.Name == "" || c.File.Name == "..") {
			t.Errorf("name = %q", c.File.Name)
		}
	})
}
