package mail

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message"
	// Registers the character sets of the last thirty years.
	_ "github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding/charmap"
)

// entity is a message or one of its parts.
type entity struct {
	h      header
	raw    []byte // the whole, as it came
	data   []byte // after the header, still encoded
	typ    string // lower case, "text/plain" when missing
	params map[string]string
	parts  []*entity
	budget *budget
}

// budget bounds what all parts of one message may cost together.
type budget struct {
	parts int
	bytes int64
}

// open takes a message apart.
func open(raw []byte) *entity {
	return openPart(raw, "text/plain", 0, &budget{parts: maxParts, bytes: maxDecoded})
}

func openPart(raw []byte, otherwise string, depth int, b *budget) *entity {
	e := &entity{raw: raw, budget: b}
	e.h, e.data = readHeader(raw)
	typ, params, err := e.h.h.ContentType()
	typ = strings.ToLower(strings.TrimSpace(typ))
	if err != nil || !strings.Contains(typ, "/") {
		typ, params = salvageType(e.h.get("Content-Type"))
	}
	if typ == "" {
		typ = otherwise
	}
	e.typ, e.params = typ, params
	if !strings.HasPrefix(typ, "multipart/") || depth >= maxDepth {
		return e
	}
	child := "text/plain"
	if typ == "multipart/digest" {
		child = "message/rfc822"
	}
	for _, p := range splitParts(e.data, params["boundary"], b.parts) {
		b.parts--
		e.parts = append(e.parts, openPart(p, child, depth+1, b))
	}
	return e
}

// splitParts cuts a multipart body. A missing end is taken as the end of the
// message, as truncated mail is still mail.
func splitParts(data []byte, boundary string, limit int) [][]byte {
	if boundary == "" || limit <= 0 {
		return nil
	}
	mark := []byte("--" + boundary)
	var parts [][]byte
	start := -1
	for pos := 0; pos < len(data) && len(parts) < limit; {
		end := bytes.IndexByte(data[pos:], '\n')
		next := len(data)
		if end >= 0 {
			next = pos + end + 1
		}
		line := bytes.TrimRight(data[pos:next], " \t\r\n")
		if bytes.HasPrefix(line, mark) {
			rest := line[len(mark):]
			if last := string(rest) == "--"; last || len(rest) == 0 {
				if start >= 0 {
					parts = append(parts, trimLineEnd(data[start:pos]))
				}
				if last {
					return parts
				}
				start = next
			}
		}
		pos = next
	}
	if start >= 0 && start < len(data) && len(parts) < limit {
		parts = append(parts, data[start:])
	}
	return parts
}

func trimLineEnd(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte("\n"))
	return bytes.TrimSuffix(b, []byte("\r"))
}

// decoded is the body without its transfer encoding and, for text, in UTF-8.
// At most limit bytes; damage in the middle ends it.
func (e *entity) decoded(limit int64) []byte {
	limit = min(limit, e.budget.bytes)
	h := e.h.h
	if strings.HasPrefix(e.typ, "multipart/") {
		return nil
	}
	enc := strings.ToLower(strings.TrimSpace(e.h.get("Content-Transfer-Encoding")))
	h.Set("Content-Transfer-Encoding", enc)
	// An unknown character set or encoding still gives a body.
	m, err := message.New(h, bytes.NewReader(e.data))
	if m == nil {
		return nil
	}
	b, readErr := io.ReadAll(io.LimitReader(m.Body, limit))
	if len(b) == 0 && readErr != nil || message.IsUnknownEncoding(err) {
		b = e.data[:min(int64(len(e.data)), limit)]
	}
	e.budget.bytes -= int64(len(b))
	if strings.HasPrefix(e.typ, "text/") && !utf8.Valid(b) {
		// Neither what it says nor UTF-8: in Western Europe it is Windows-1252,
		// unless only the limit cut a letter in two.
		if cut := strings.ToValidUTF8(string(b), ""); len(b)-len(cut) < 4 && int64(len(b)) == limit {
			return []byte(cut)
		}
		if w, err := charmap.Windows1252.NewDecoder().Bytes(b); err == nil {
			b = w
		}
	}
	return b
}

// walk visits the leaves, and the messages inside without entering them.
func (e *entity) walk(visit func(*entity)) {
	if len(e.parts) == 0 {
		if !strings.HasPrefix(e.typ, "multipart/") {
			visit(e)
		}
		return
	}
	for _, p := range e.parts {
		p.walk(visit)
	}
}

// attached tells a file from text that is meant to be read.
func (e *entity) attached() bool {
	d := strings.ToLower(e.h.get("Content-Disposition"))
	return strings.HasPrefix(strings.TrimSpace(d), "attachment")
}

// filename of a part, without any folder.
func (e *entity) filename() string {
	_, p, err := e.h.h.ContentDisposition()
	name := ""
	if err == nil {
		name = p["filename"]
	}
	if name == "" {
		name = e.params["name"]
	}
	name = decodeWords(name)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
	return clip(name, 120)
}

// files are the attachments, pictures of signatures left out.
func (e *entity) files() []Attachment {
	var out []Attachment
	e.walk(func(p *entity) {
		if len(out) >= maxFiles || p.typ == "text/calendar" || strings.HasPrefix(p.typ, "message/") {
			return
		}
		name := p.filename()
		if !p.attached() && (name == "" || p.h.get("Content-Id") != "" || strings.HasPrefix(p.typ, "text/")) {
			return
		}
		b := p.decoded(maxFile + 1)
		if len(b) == 0 || len(b) > maxFile {
			return
		}
		if name == "" {
			name = "allegato"
		}
		out = append(out, Attachment{Name: name, Type: p.typ, Body: b})
	})
	return out
}

// normalBody is the body with bare line ends, for the second id.
func normalBody(raw []byte) []byte {
	_, data := cutHeader(raw)
	return bytes.TrimRight(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), "\n")
}
