package mail

import (
	"errors"
	netmail "net/mail"
	"regexp"
	"strings"
)

// Address is a mail address in lower case, without a plus part.
type Address struct {
	Local, Domain string
}

// ErrAddress says that a text is no mail address.
var ErrAddress = errors.New("not a mail address")

// ParseAddress reads «ufficio@provincia.example», with or without a name.
func ParseAddress(s string) (Address, error) {
	if len(s) > 512 {
		return Address{}, ErrAddress
	}
	a, err := netmail.ParseAddress(strings.TrimSpace(s))
	if err != nil {
		return Address{}, ErrAddress
	}
	local, domain, ok := splitAddress(a.Address)
	if !ok {
		return Address{}, ErrAddress
	}
	local, _, _ = strings.Cut(local, "+")
	if local == "" {
		return Address{}, ErrAddress
	}
	return Address{Local: local, Domain: domain}, nil
}

// splitAddress cuts at the last @ and lowers both halves. Addresses beyond the
// lengths of RFC 5321, or with any sign that is not plain ASCII, are refused: a
// letter that only looks like another, or becomes it in lower case, makes
// nobody's address.
func splitAddress(s string) (local, domain string, ok bool) {
	i := strings.LastIndexByte(s, '@')
	if i <= 0 || i == len(s)-1 || i > maxLocal || len(s) > 254 {
		return "", "", false
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return "", "", false
	}
	return strings.ToLower(s[:i]), strings.ToLower(s[i+1:]), true
}

// String is the address as it is written.
func (a Address) String() string { return a.Local + "@" + a.Domain }

// maxLocal is what RFC 5321 leaves for the part before the @.
const maxLocal = 64

// Tagged is the address to which an answer with this token comes back: without
// a plus part where that would be too long, so that the token travels in the
// Message-ID and the subject alone.
func (a Address) Tagged(token string) string {
	if !a.fits(token) {
		return a.String()
	}
	return a.Local + "+" + token + "@" + a.Domain
}

// fits tells whether there is a token and it fits into a plus part.
func (a Address) fits(token string) bool {
	return token != "" && len(a.Local)+1+len(token) <= maxLocal
}

// is tells whether s, with any plus part, is this address.
func (a Address) is(s string) bool {
	local, domain, ok := splitAddress(s)
	if !ok {
		return false
	}
	local, _, _ = strings.Cut(local, "+")
	return local == a.Local && domain == a.Domain
}

var (
	// tokenShape is that of tokens. Those of dialog.Rendered.Return begin with 0
	// and those of Unsubscribe with 1, which no base32 has.
	tokenShape = regexp.MustCompile(`^[01]?[a-z2-7]{8,60}$`)
	tagShape   = regexp.MustCompile(`(?i)\[#([a-z2-7]{8,60})\]`)
)

// isReturn and isUnsubscribe tell tokens that are no answer's.
func isReturn(token string) bool      { return strings.HasPrefix(token, "0") }
func isUnsubscribe(token string) bool { return strings.HasPrefix(token, "1") }

// tokenIn takes the plus part out of an address of the service.
func (a Address) tokenIn(s string) string {
	local, domain, ok := splitAddress(s)
	if !ok || domain != a.Domain {
		return ""
	}
	base, token, ok := strings.Cut(local, "+")
	if !ok || base != a.Local || !tokenShape.MatchString(token) {
		return ""
	}
	return token
}

// messageID is the stable id of an outgoing message: the id of the message,
// the token if it has one, and the domain of the service.
func (a Address) messageID(out, token string) string {
	if token != "" {
		out += "." + token
	}
	return out + "@" + a.Domain
}

// ownID reads a Message-ID that messageID made: the token is that of a question.
// Angle brackets may stand around it.
func (a Address) ownID(id string) (out, token string, ok bool) {
	id = strings.Trim(strings.TrimSpace(id), "<>")
	local, domain, ok := splitLong(id)
	if !ok || domain != a.Domain {
		return "", "", false
	}
	out, token, _ = strings.Cut(local, ".")
	if !outShape.MatchString(out) || token != "" && (!tokenShape.MatchString(token) || isReturn(token)) {
		return "", "", false
	}
	return out, token, true
}

var outShape = regexp.MustCompile(`^[a-z0-9:-]{1,64}$`)

// splitLong is splitAddress for message ids, which may be longer.
func splitLong(s string) (local, domain string, ok bool) {
	i := strings.LastIndexByte(s, '@')
	if i <= 0 || i == len(s)-1 || len(s) > 500 {
		return "", "", false
	}
	return strings.ToLower(s[:i]), strings.ToLower(s[i+1:]), true
}

// subjectTag is what stands in the subject where plus addresses are missing.
func subjectTag(token string) string { return "[#" + token + "]" }

// tokenInSubject finds the tag; cleanSubject removes it.
func tokenInSubject(s string) string {
	if m := tagShape.FindStringSubmatch(s); m != nil {
		return strings.ToLower(m[1])
	}
	return ""
}

func cleanSubject(s string) string {
	return strings.Join(strings.Fields(tagShape.ReplaceAllString(s, " ")), " ")
}
