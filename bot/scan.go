package bot

import (
	"bytes"
	"regexp"
	"strconv"

	json "github.com/go-json-experiment/json/v1"
)

// head is what the loop must know of an update.
type head struct {
	ID       int64 `json:"update_id"`
	Callback struct {
		ID string `json:"id"`
	} `json:"callback_query"`
	Message struct {
		Chat     chatRef   `json:"chat"`
		Document *document `json:"document"`
	} `json:"message"`
}

// headOf reads the head of an update; of one that does not decode the id
// alone. It tells whether there is an id.
func headOf(raw []byte) (head, bool) {
	var h head
	if json.Unmarshal(raw, &h) == nil && h.ID > 0 {
		return h, true
	}
	id, ok := scanID(raw)
	return head{ID: id}, ok
}

var idPattern = regexp.MustCompile(`"update_id"\s*:\s*"?([0-9]{1,18})\b`)

// scanID finds the id in bytes that do not decode: Telegram writes it first.
func scanID(raw []byte) (int64, bool) {
	m := idPattern.FindSubmatch(raw)
	if m == nil {
		return 0, false
	}
	id, err := strconv.ParseInt(string(m[1]), 10, 64)
	return id, err == nil && id > 0
}

var chatPattern = regexp.MustCompile(`"chat"\s*:\s*\{[^{}]*?"id"\s*:\s*([0-9]{1,18})\b`)

// ScanChat finds the private chat in bytes that do not decode, 0 when there is
// none. Groups have ids below zero; a person's text cannot hold the mark, since
// quotes within a string are escaped.
func ScanChat(raw []byte) int64 {
	m := chatPattern.FindSubmatch(raw)
	if m == nil {
		return 0
	}
	id, _ := strconv.ParseInt(string(m[1]), 10, 64)
	return id
}

// updatesOf gives the bytes of each update in an answer of getUpdates. Where
// the answer as a whole is not JSON, it is cut at the braces; what is cut
// wrongly becomes one update that does not decode, and the others are saved.
func updatesOf(body []byte) ([][]byte, bool) {
	var answer struct {
		OK     bool              `json:"ok"`
		Result []json.RawMessage `json:"result"`
	}
	if json.Unmarshal(body, &answer) == nil {
		out := make([][]byte, len(answer.Result))
		for i, r := range answer.Result {
			out[i] = r
		}
		return out, answer.OK
	}
	start := bytes.Index(body, []byte(`"result"`))
	if start < 0 {
		return nil, false
	}
	if open := bytes.IndexByte(body[start:], '['); open >= 0 {
		return salvage(body[start+open+1:]), true
	}
	return nil, false
}

var idMark = []byte(`"update_id"`)

// salvage cuts a broken list into objects. Each object begins at the brace
// before an update_id; a person's text cannot hold one, since quotes within a
// string are escaped.
func salvage(list []byte) [][]byte {
	var starts []int
	for at := 0; ; {
		i := bytes.Index(list[at:], idMark)
		if i < 0 {
			break
		}
		i += at
		at = i + len(idMark)
		brace := len(bytes.TrimRight(list[:i], " \t\r\n")) - 1
		if brace >= 0 && list[brace] == '{' {
			starts = append(starts, brace)
		}
	}
	out := make([][]byte, 0, len(starts))
	for k, from := range starts {
		to := len(list)
		if k+1 < len(starts) {
			to = starts[k+1]
		} else if end := bytes.LastIndex(list, []byte("]}")); end > from {
			to = end
		}
		out = append(out, bytes.TrimRight(list[from:to], ", \t\r\n"))
	}
	return out
}
