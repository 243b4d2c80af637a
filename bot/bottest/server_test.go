package bottest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

type reply struct {
	OK         bool            `json:"ok"`
	Code       int             `json:"error_code"`
	Text       string          `json:"description"`
	Result     json.RawMessage `json:"result"`
	Parameters struct {
		RetryAfter int `json:"retry_after"`
	} `json:"parameters"`
}

func start(t *testing.T, opt Options) *Server {
	t.Helper()
	s, err := Start(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func decode(t *testing.T, resp *http.Response, err error) reply {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var r reply
	raw, _ := io.ReadAll(resp.Body)
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	if !r.OK && r.Code != resp.StatusCode {
		t.Errorf("status %d, error_code %d", resp.StatusCode, r.Code)
	}
	return r
}

func (s *Server) ask(t *testing.T, method, body string) reply {
	t.Helper()
	resp, err := http.Post(s.URL()+"/bot"+s.Token()+"/"+method, "application/json", strings.NewReader(body))
	return decode(t, resp, err)
}

type gotUpdate struct {
	ID      int64 `json:"update_id"`
	Message struct {
		Text string `json:"text"`
	} `json:"message"`
}

func (s *Server) updates(t *testing.T, body string) []gotUpdate {
	t.Helper()
	r := s.ask(t, "getUpdates", body)
	var out []gotUpdate
	if err := json.Unmarshal(r.Result, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTheServerIsAsStrictAsTelegram(t *testing.T) {
	s := start(t, Options{})
	s.Open(1)
	s.Open(2)
	s.Block(2)
	long := strings.Repeat("😀", 2048)
	keys := func(b string) string {
		return `{"chat_id":1,"text":"x","reply_markup":{"inline_keyboard":[[` + b + `]]}}`
	}
	for _, c := range []struct {
		method, body string
		code         int // 0 for ok
		text         string
	}{
		{"sendmessage", `{}`, 404, "method not found"},
		{"sendPhoto", `{}`, 404, "method not found"},
		{"sendMessage", `{"chat_id":1,"text":"x"}`, 0, ""},
		{"sendMessage", `{"chat_id":"1","text":"x"}`, 0, ""},
		{"sendMessage", `{"chat_id":1}`, 400, `"text" is missing`},
		{"sendMessage", `{"chat_id":1,"text":5}`, 400, "must be of type String"},
		{"sendMessage", `{"chat_id":1.5,"text":"x"}`, 400, "must be of type Integer or String"},
		{"sendMessage", `{"chat_id":1,"text":"x","colour":"red"}`, 400, `unknown field "colour"`},
		{"sendMessage", `{"chat_id":1,"text":"x"`, 400, "can't parse JSON"},
		{"sendMessage", `{"chat_id":1,"text":"x","reply_markup":null}`, 400, "reply_markup"},
		{"sendMessage", `{"chat_id":3,"text":"x"}`, 400, "chat not found"},
		{"sendMessage", `{"chat_id":2,"text":"x"}`, 403, "blocked by the user"},
		{"sendMessage", `{"chat_id":1,"text":"  "}`, 400, "text is empty"},
		{"sendMessage", `{"chat_id":1,"text":"` + long + `"}`, 0, ""},
		{"sendMessage", `{"chat_id":1,"text":"` + long + `a"}`, 400, "too long"},
		{"sendMessage", `{"chat_id":1,"parse_mode":"HTML","text":"<b>` + long + `</b>"}`, 0, ""},
		{"sendMessage", `{"chat_id":1,"parse_mode":"HTML","text":"<b>x"}`, 400, "Can't find end tag"},
		{"sendMessage", `{"chat_id":1,"parse_mode":"HTML","text":"<b>x</i>"}`, 400, "Unmatched end tag"},
		{"sendMessage", `{"chat_id":1,"parse_mode":"HTML","text":"a</b>"}`, 400, "Unexpected end tag"},
		{"sendMessage", `{"chat_id":1,"parse_mode":"HTML","text":"1<2>3"}`, 400, "Unsupported start tag"},
		{"sendMessage", `{"chat_id":1,"parse_mode":"HTML","text":"1<2"}`, 400, "Unclosed start tag"},
		{"sendMessage", `{"chat_id":1,"parse_mode":"html5","text":"x"}`, 400, "unsupported parse_mode"},
		{"sendMessage", keys(`{"text":"Sì","callback_data":"` + strings.Repeat("x", 64) + `"}`), 0, ""},
		{"sendMessage", keys(`{"text":"Sì","callback_data":"` + strings.Repeat("x", 65) + `"}`), 400, "BUTTON_DATA_INVALID"},
		{"sendMessage", keys(`{"text":"Sì","callback_data":""}`), 400, "BUTTON_DATA_INVALID"},
		{"sendMessage", keys(`{"text":"","callback_data":"x"}`), 400, "text is empty"},
		{"sendMessage", keys(`{"text":"Sì"}`), 400, "must have a kind"},
		{"sendMessage", keys(`{"text":"Sì","callback_dat":"x"}`), 400, "reply_markup"},
		{"editMessageText", `{"chat_id":1,"message_id":1,"text":"y"}`, 0, ""},
		{"editMessageText", `{"chat_id":1,"message_id":1,"text":"y"}`, 400, "message is not modified"},
		{"editMessageText", `{"chat_id":1,"message_id":999,"text":"y"}`, 400, "message to edit not found"},
		{"editMessageReplyMarkup", `{"chat_id":1,"message_id":1,"reply_markup":{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}}`, 0, ""},
		{"editMessageReplyMarkup", `{"chat_id":1,"message_id":1}`, 0, ""},
		{"editMessageReplyMarkup", `{"chat_id":1,"message_id":1}`, 400, "message is not modified"},
		{"answerCallbackQuery", `{"callback_query_id":"no"}`, 400, "query ID is invalid"},
		{"sendDocument", `{"chat_id":1,"document":"attach://x"}`, 400, "wrong file identifier"},
		{"setMyCommands", `{"commands":[{"command":"Ore","description":"x"}]}`, 400, "BOT_COMMAND_INVALID"},
		{"setMyCommands", `{"commands":[{"command":"ore","description":"x"}]}`, 0, ""},
		{"getFile", `{"file_id":"x"}`, 400, "invalid file_id"},
		{"getMe", ``, 0, ""},
		{"deleteWebhook", `{"drop_pending_updates":"yes"}`, 400, "must be of type Boolean"},
	} {
		r := s.ask(t, c.method, c.body)
		if r.Code != c.code || !strings.Contains(r.Text, c.text) {
			t.Errorf("%s %.80s: %d %s, want %d %s", c.method, c.body, r.Code, r.Text, c.code, c.text)
		}
	}
	resp, err := http.Post(s.URL()+"/bot1:wrong/getMe", "", nil)
	if r := decode(t, resp, err); r.Code != 401 {
		t.Errorf("a wrong token: %d", r.Code)
	}
}

func TestFormsAreTakenLikeJSON(t *testing.T) {
	s := start(t, Options{})
	s.Open(1)
	resp, err := http.PostForm(s.URL()+"/bot"+s.Token()+"/sendMessage", url.Values{"chat_id": {"1"}, "text": {"5"}, "disable_notification": {"true"}})
	if r := decode(t, resp, err); !r.OK {
		t.Errorf("form: %s", r.Text)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("chat_id", "1")
	_ = form.WriteField("reply_markup", `{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}`)
	w, _ := form.CreateFormFile("document", "a.pdf")
	_, _ = w.Write([]byte("%PDF"))
	_ = form.Close()
	resp, err = http.Post(s.URL()+"/bot"+s.Token()+"/sendDocument", form.FormDataContentType(), &body)
	if r := decode(t, resp, err); !r.OK {
		t.Errorf("multipart: %s", r.Text)
	}
	ms := s.Messages(1)
	if len(ms) != 2 || ms[0].Text != "5" || ms[1].Document.Name != "a.pdf" || ms[1].Buttons[0][0].Data != "b" {
		t.Errorf("messages = %+v", ms)
	}
}

func TestOffsetConfirmsAndNothingElseDoes(t *testing.T) {
	c := time.Date(2027, 1, 1, 8, 0, 0, 0, time.UTC)
	s := start(t, Options{Clock: func() time.Time { return c }})
	for _, text := range []string{"a", "b", "c"} {
		s.Say(1, text)
	}
	first := s.updates(t, `{"limit":2}`)
	if len(first) != 2 || first[1].Message.Text != "b" {
		t.Fatalf("first = %v", first)
	}
	if again := s.updates(t, `{}`); len(again) != 3 {
		t.Fatalf("again = %v", again)
	}
	r, _ := json.Marshal(map[string]any{"offset": first[1].ID + 1})
	if left := s.updates(t, string(r)); len(left) != 1 || left[0].Message.Text != "c" {
		t.Fatalf("left = %v", left)
	}
	if none := s.updates(t, `{"allowed_updates":["callback_query"]}`); len(none) != 0 || s.Pending() != 0 {
		t.Errorf("none = %v, %d pending", none, s.Pending())
	}
	_ = s.updates(t, `{"allowed_updates":[]}`)
	s.Say(1, "d")
	c = c.Add(25 * time.Hour)
	if late := s.updates(t, `{}`); len(late) != 0 {
		t.Errorf("kept for more than a day: %v", late)
	}
	c = c.Add(8 * 24 * time.Hour)
	if id := s.Say(1, "e"); id == first[1].ID+3 {
		t.Error("the ids go on after a quiet week")
	}
}

func TestAnotherPollEndsTheFirst(t *testing.T) {
	s := start(t, Options{})
	first := make(chan reply)
	go func() {
		resp, err := http.Post(s.URL()+"/bot"+s.Token()+"/getUpdates", "application/json", strings.NewReader(`{"timeout":50}`))
		var r reply
		if err == nil {
			_ = json.NewDecoder(resp.Body).Decode(&r)
			_ = resp.Body.Close()
		}
		first <- r
	}()
	for {
		s.mu.Lock()
		waits := s.poll != nil
		s.mu.Unlock()
		if waits {
			break
		}
	}
	s.updates(t, `{"timeout":0}`)
	if r := <-first; r.Code != http.StatusConflict {
		t.Errorf("first = %+v", r)
	}
}

func TestLimitsByTheClock(t *testing.T) {
	c := time.Date(2027, 1, 1, 8, 0, 0, 0, time.UTC)
	s := start(t, Options{Clock: func() time.Time { return c }, Limits: Limits{Overall: 3, PerChat: 1, Answers: 1}})
	for chat := range int64(5) {
		s.Open(chat + 1)
	}
	try := func(chat string, want int) {
		t.Helper()
		r := s.ask(t, "sendMessage", `{"chat_id":`+chat+`,"text":"x"}`)
		if r.Code != want || want == 429 && r.Parameters.RetryAfter != 1 {
			t.Errorf("chat %s: %d, retry after %d", chat, r.Code, r.Parameters.RetryAfter)
		}
	}
	try("1", 0)
	try("1", 429)
	s.Say(1, "ciao") // allows one more
	try("1", 0)
	try("1", 429)
	try("2", 0)
	try("3", 429) // the fourth in all
	c = c.Add(999 * time.Millisecond)
	try("3", 429)
	c = c.Add(time.Millisecond)
	try("3", 0)
	try("1", 0)
	if st := s.Stats(); st.TooMany != 4 || st.Sent != 5 {
		t.Errorf("stats = %+v", st)
	}
}

func TestAPersonPressesAndFollows(t *testing.T) {
	s := start(t, Options{})
	messages, cancel := s.Subscribe()
	s.Say(1, "ciao")
	s.ask(t, "sendMessage", `{"chat_id":1,"text":"x","reply_markup":{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}}`)
	if m := <-messages; m.Text != "ciao" || m.FromBot {
		t.Errorf("first = %+v", m)
	}
	m := <-messages
	if _, err := s.Press(1, m.ID, "c"); !errors.Is(err, ErrNoButton) {
		t.Errorf("a button that is not there: %v", err)
	}
	q, err := s.Press(1, m.ID, "b")
	if err != nil || s.Answered(q) {
		t.Fatal(err)
	}
	if r := s.ask(t, "answerCallbackQuery", `{"callback_query_id":"`+q+`"}`); !r.OK || !s.Answered(q) {
		t.Errorf("answer: %+v", r)
	}
	cancel()
	if _, open := <-messages; open {
		t.Error("the channel is open after cancel")
	}
}

// The table of parameters is that of the description, where it is at hand.
func TestTheTableIsThatOfTheDescription(t *testing.T) {
	raw, err := os.ReadFile("../../../shared/data/telegram-bot-api-10.1.json")
	if err != nil {
		t.Skip("the description of the Bot API is not here")
	}
	type described struct {
		Fields []struct {
			Name     string
			Types    []string
			Required bool
		}
	}
	var api struct{ Methods, Types map[string]described }
	if err := json.Unmarshal(raw, &api); err != nil {
		t.Fatal(err)
	}
	compare := func(table map[string]map[string]field, in map[string]described) {
		for name, fields := range table {
			want := map[string]field{}
			for _, f := range in[name].Fields {
				want[f.Name] = field{types: slices.Clone(f.Types), required: f.Required}
			}
			if len(fields) == 0 && len(want) == 0 {
				continue
			}
			if !reflect.DeepEqual(fields, want) {
				t.Errorf("%s: %v, want %v", name, fields, want)
			}
		}
	}
	compare(methods, api.Methods)
	compare(objects, api.Types)
}
