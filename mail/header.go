package mail

import (
	"bufio"
	"bytes"
	"mime"
	netmail "net/mail"
	"regexp"
	"strings"
	"time"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/textproto"
)

// header is the header of an entity.
type header struct{ h message.Header }

func (h header) get(name string) string { return h.h.Get(name) }

// text is a field with its encoded words in clear.
func (h header) text(name string) string {
	t, err := h.h.Text(name)
	if err != nil {
		t = decodeWords(h.get(name))
	}
	return strings.ToValidUTF8(t, "\uFFFD")
}

func decodeWords(s string) string {
	d := mime.WordDecoder{CharsetReader: message.CharsetReader}
	if t, err := d.DecodeHeader(s); err == nil {
		return t
	}
	return s
}

// cutHeader parts header and body at the first empty line.
func cutHeader(raw []byte) (head, body []byte) {
	for pos := 0; pos < len(raw) && pos < maxHeader; {
		i := bytes.IndexByte(raw[pos:], '\n')
		if i < 0 {
			break
		}
		if len(bytes.TrimRight(raw[pos:pos+i], "\r")) == 0 {
			return raw[:pos], raw[pos+i+1:]
		}
		pos += i + 1
	}
	if len(raw) > maxHeader {
		return raw[:maxHeader], raw[maxHeader:]
	}
	return raw, nil
}

// readHeader reads the header with go-message, and once more without the lines
// that it refuses: a header line without a colon is no reason to lose a mail.
func readHeader(raw []byte) (header, []byte) {
	head, body := cutHeader(raw)
	full := append(append([]byte(nil), head...), "\r\n\r\n"...)
	h, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(full)))
	if err != nil {
		h, _ = textproto.ReadHeader(bufio.NewReader(bytes.NewReader(salvage(head))))
	}
	return header{message.Header{Header: h}}, body
}

var fieldName = regexp.MustCompile(`^[!-9;-~]{1,80}[ \t]*:`)

// salvage keeps the lines of a header that are fields or continue one.
func salvage(head []byte) []byte {
	var out bytes.Buffer
	kept := false
	for _, line := range bytes.Split(head, []byte("\n")) {
		line = bytes.TrimRight(line, "\r")
		switch {
		case len(line) == 0:
		case line[0] == ' ' || line[0] == '\t':
			if kept {
				out.Write(line)
				out.WriteString("\r\n")
			}
		case fieldName.Match(line) && !bytes.HasPrefix(line, []byte(":")):
			kept = true
			out.Write(line)
			out.WriteString("\r\n")
		default:
			kept = false
		}
	}
	out.WriteString("\r\n")
	return out.Bytes()
}

var (
	typeShape  = regexp.MustCompile(`(?i)^\s*([a-z0-9.+-]+/[a-z0-9.+-]+)`)
	paramShape = regexp.MustCompile(`(?i);\s*([a-z0-9*-]+)\s*=\s*(?:"([^"]*)"?|([^;\s]+))`)
)

// salvageType reads a Content-Type that the strict parser refuses.
func salvageType(s string) (string, map[string]string) {
	s = clip(s, 2000)
	params := map[string]string{}
	m := typeShape.FindStringSubmatch(s)
	if m == nil {
		return "", params
	}
	for _, p := range paramShape.FindAllStringSubmatch(s, 20) {
		params[strings.ToLower(p[1])] = p[2] + p[3]
	}
	return strings.ToLower(m[1]), params
}

var addressShape = regexp.MustCompile(`[^\s<>()",;:\\]+@[^\s<>()",;:\\]+`)

// addresses are all those of a field, however it is written.
func (e *entity) addresses(field string) []string {
	var out []string
	fields := e.h.h.FieldsByKey(field)
	for n := 0; fields.Next() && n < 20; n++ {
		v := clip(fields.Value(), 32<<10)
		if list, err := netmail.ParseAddressList(v); err == nil {
			for _, a := range list {
				out = append(out, a.Address)
			}
			continue
		}
		out = append(out, addressShape.FindAllString(v, 200)...)
	}
	return out
}

// from is the one address that the message claims to come from. A field that
// cannot be read strictly is believed only if it holds exactly one address:
// «a@x <b@y>» is how people are fooled.
func (e *entity) from() string {
	all := e.addresses("From")
	if len(all) == 0 {
		return ""
	}
	local, domain, ok := splitAddress(all[0])
	if !ok {
		return ""
	}
	return local + "@" + domain
}

// froms counts those whom the message claims to come from: the addresses, and
// each From field after the first, even one that holds none.
func (e *entity) froms() int {
	return len(e.addresses("From")) + max(0, e.h.h.FieldsByKey("From").Len()-1)
}

// nullSender tells that answers to the message go nowhere: a report.
func (e *entity) nullSender() bool { return strings.TrimSpace(e.h.get("Return-Path")) == "<>" }

func (e *entity) date() (time.Time, bool) {
	d, err := netmail.ParseDate(e.h.get("Date"))
	return d, err == nil
}

// client guesses the program by what it leaves in the header.
func client(e *entity) string {
	x := strings.ToLower(e.h.get("X-Mailer") + " " + e.h.get("User-Agent"))
	for _, c := range []struct{ mark, name string }{
		{"outlook express", "Outlook Express"},
		{"outlook", "Outlook"},
		{"iphone mail", "iPhone"},
		{"ipad mail", "iPhone"},
		{"apple mail", "Apple Mail"},
		{"thunderbird", "Thunderbird"},
		{"roundcube", "Roundcube"},
		{"zimbra", "Zimbra"},
		{"aruba", "Aruba"},
		{"yahoo", "Yahoo"},
		{"samsung", "Samsung"},
		{"libero", "Libero"},
		{"open-xchange", "Open-Xchange"},
	} {
		if strings.Contains(x, c.mark) {
			return c.name
		}
	}
	switch id := strings.ToLower(e.h.get("Message-Id")); {
	case strings.Contains(id, "@mail.gmail.com"):
		return "Gmail"
	case strings.Contains(id, ".prod.outlook.com"), strings.Contains(id, ".prod.exchangelabs.com"):
		return "Exchange"
	case strings.Contains(id, "@email.android.com"):
		return "Android"
	case strings.Contains(id, "@mail.yahoo.com"):
		return "Yahoo"
	}
	return ""
}
