package bottest

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// open returns the chat and makes it when it is new; the lock is held.
func (s *Server) open(id int64) *chat {
	c := s.chats[id]
	if c == nil {
		c = &chat{byID: map[int]*Message{}}
		s.chats[id] = c
	}
	return c
}

// Open makes a chat in which the bot may write, without a message.
func (s *Server) Open(chat int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open(chat)
}

// Say lets the person of the chat write a text. A person who had stopped the
// bot starts it again by this. The id of the update is returned.
func (s *Server) Say(chat int64, text string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.said(chat, Message{Text: text})
	update := s.wire(m)
	if strings.HasPrefix(text, "/") {
		word, _, _ := strings.Cut(text, " ")
		update["entities"] = []any{map[string]any{"type": "bot_command", "offset": 0, "length": len(word)}}
	}
	return s.push("message", map[string]any{"message": update})
}

// said puts a message of the person into the chat; the lock is held.
func (s *Server) said(id int64, m Message) *Message {
	c := s.open(id)
	c.blocked = false
	s.limiter.asked(id)
	m.Chat, m.At = id, s.opt.Clock()
	s.add(c, &m)
	return &m
}

// Sticker lets the person send a sticker.
func (s *Server) Sticker(chat int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	update := s.wire(s.said(chat, Message{}))
	delete(update, "text")
	update["sticker"] = map[string]any{
		"file_id": "sticker", "file_unique_id": "sticker", "type": "regular",
		"width": 512, "height": 512, "is_animated": false, "is_video": false,
	}
	return s.push("message", map[string]any{"message": update})
}

// SendFile lets the person send a document.
func (s *Server) SendFile(chat int64, doc Document, caption string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.said(chat, Message{Text: caption, Document: &doc})
	id := "doc" + strconv.Itoa(m.ID)
	s.files[id] = stored{doc: doc, path: "documents/" + id}
	return s.push("message", map[string]any{"message": s.wire(m)})
}

// ErrNoButton says that the message has no such button.
var ErrNoButton = errors.New("no message with that button in the chat")

// Press lets the person press the button with that data. The id of the
// callback query is returned, for [Server.Answered].
func (s *Server) Press(chat int64, message int, data string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[chat]
	if c == nil || c.byID[message] == nil || !has(c.byID[message].Buttons, data) {
		return "", ErrNoButton
	}
	s.limiter.asked(chat)
	s.queries++
	id := "query" + strconv.Itoa(s.queries)
	s.callback[id] = false
	s.push("callback_query", map[string]any{"callback_query": map[string]any{
		"id": id, "from": userJSON(chat), "message": s.wire(c.byID[message]),
		"chat_instance": strconv.FormatInt(chat, 10), "data": data,
	}})
	return id, nil
}

func has(rows [][]Button, data string) bool {
	for _, row := range rows {
		for _, b := range row {
			if b.Data == data {
				return true
			}
		}
	}
	return false
}

// Answered tells whether the bot answered the callback query.
func (s *Server) Answered(query string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.callback[query]
}

func (s *Server) answerCallback(args arguments) (any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := args.text("callback_query_id")
	if done, ok := s.callback[id]; !ok || done {
		return nil, bad("query is too old and response timeout expired or query ID is invalid")
	}
	s.callback[id] = true
	return true, nil
}

// Block lets the person stop the bot: from now on the bot gets 403.
func (s *Server) Block(chat int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open(chat).blocked = true
	me := map[string]any{"id": s.BotID(), "is_bot": true, "first_name": "ImperiaForma", "username": s.opt.Username}
	return s.push("my_chat_member", map[string]any{"my_chat_member": map[string]any{
		"chat": chatJSON(chat), "from": userJSON(chat), "date": s.opt.Clock().Unix(),
		"old_chat_member": map[string]any{"user": me, "status": "member"},
		"new_chat_member": map[string]any{"user": me, "status": "kicked", "until_date": 0},
	}})
}

func (s *Server) getFile(args arguments) (any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := args.text("file_id")
	f, ok := s.files[id]
	if !ok {
		return nil, bad("invalid file_id")
	}
	if len(f.doc.Body) > 20<<20 {
		return nil, bad("file is too big")
	}
	return map[string]any{"file_id": id, "file_unique_id": "u" + id, "file_size": len(f.doc.Body), "file_path": f.path}, nil
}

func (s *Server) serveFile(w http.ResponseWriter, path string) {
	s.mu.Lock()
	f, ok := s.files[strings.TrimPrefix(path, "documents/")]
	s.mu.Unlock()
	if !ok {
		refuse(w, &apiError{code: http.StatusNotFound, text: "Not Found"})
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(f.doc.Body)
}

// subscriber hands messages on in order, and never makes the server wait.
type subscriber struct {
	mu     sync.Mutex
	more   *sync.Cond
	queue  []Message
	closed bool
	out    chan Message
	gone   chan struct{}
}

func (u *subscriber) end() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.closed {
		u.closed = true
		close(u.gone)
		u.more.Signal()
	}
}

func (u *subscriber) run() {
	defer close(u.out)
	for {
		u.mu.Lock()
		for len(u.queue) == 0 && !u.closed {
			u.more.Wait()
		}
		if u.closed {
			u.mu.Unlock()
			return
		}
		m := u.queue[0]
		u.queue = u.queue[1:]
		u.mu.Unlock()
		select {
		case u.out <- m:
		case <-u.gone:
			return
		}
	}
}

// Subscribe returns a channel of every message written or edited from now on,
// by the bot or by a person, in order. cancel closes it, and so does Close.
func (s *Server) Subscribe() (messages <-chan Message, cancel func()) {
	u := &subscriber{out: make(chan Message), gone: make(chan struct{})}
	u.more = sync.NewCond(&u.mu)
	s.mu.Lock()
	s.subID++
	id := s.subID
	s.subs[id] = u
	s.mu.Unlock()
	go u.run()
	return u.out, func() {
		s.mu.Lock()
		delete(s.subs, id)
		s.mu.Unlock()
		u.end()
	}
}

// publish shows a message to the subscribers; the lock is held.
func (s *Server) publish(m *Message) {
	for _, u := range s.subs {
		u.mu.Lock()
		u.queue = append(u.queue, m.copy())
		u.more.Signal()
		u.mu.Unlock()
	}
}
