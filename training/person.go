package training

import (
	"slices"
	"strings"
	"time"
)

// AddressKind tells an address that one person reads from one that an office
// shares. A shared address proves nobody's identity.
type AddressKind string

const (
	Personal AddressKind = "personal"
	Shared   AddressKind = "shared"
)

// Address is a mail address, in lower case.
type Address struct {
	Mail string      `json:"mail"`
	Kind AddressKind `json:"kind"`
	Dead bool        `json:"dead,omitempty"` // bounced for good
	PEC  bool        `json:"pec,omitempty"`  // of certified mail; such a box is always shared
}

// Relation is what ties a person to an organization.
type Relation string

const (
	Employee  Relation = "employee"
	Secretary Relation = "secretary"
	Elected   Relation = "elected"
	Volunteer Relation = "volunteer"
	Other     Relation = "other"
)

// Position is a dated tie of a person to an organization. Until is zero while
// it lasts.
type Position struct {
	Organization string    `json:"organization"`
	Office       string    `json:"office,omitempty"`
	Role         string    `json:"role,omitempty"`
	Relation     Relation  `json:"relation"`
	From         time.Time `json:"from,omitzero"`
	Until        time.Time `json:"until,omitzero"`
}

// Person is somebody the service knows: one identity, whatever the offices and
// the channels. A person may have no address at all and is then served through
// the focal point.
type Person struct {
	ID          string     `json:"id"`
	First       string     `json:"first"`
	Last        string     `json:"last"`
	Addresses   []Address  `json:"addresses,omitempty"`
	Positions   []Position `json:"positions"`
	Chat        int64      `json:"chat,omitempty"`        // linked private chat; 0 for none
	ChatLost    bool       `json:"chat_lost,omitempty"`   // the chat cannot be reached now
	Prefers     string     `json:"prefers,omitempty"`     // "chat" or "mail"; "" for chat where linked
	Coordinator bool       `json:"coordinator,omitempty"` // of the Province's office
	MailOnly    bool       `json:"mail_only,omitempty"`   // said «ci sono» by mail
	Left        bool       `json:"left,omitempty"`        // said «esci»: no message but replies
	// NoAnnouncements: said «basta avvisi», wants no news of courses not asked for.
	NoAnnouncements bool `json:"no_announcements,omitempty"`
	Schema          int  `json:"schema"`
}

// Name is first and last name.
func (p Person) Name() string { return strings.TrimSpace(p.First + " " + p.Last) }

// At is the position that holds on the day, the latest where there are more.
func (p Person) At(day time.Time) (Position, bool) {
	for i := len(p.Positions) - 1; i >= 0; i-- {
		pos := p.Positions[i]
		if !pos.From.After(day) && (pos.Until.IsZero() || pos.Until.After(day)) {
			return pos, true
		}
	}
	return Position{}, false
}

// Holds tells whether the person has such a position when that one begins. In a
// small Comune one person holds several, so a new one ends none.
func (p Person) Holds(pos Position) bool {
	return slices.ContainsFunc(p.Positions, func(old Position) bool {
		return old.Organization == pos.Organization && old.Office == pos.Office && old.Role == pos.Role &&
			(old.Until.IsZero() || old.Until.After(pos.From))
	})
}

// Mail is the address to write to: a personal one before a shared one, "" when
// there is none that works.
func (p Person) Mail() (address string, shared bool) {
	for _, kind := range []AddressKind{Personal, Shared} {
		for _, a := range p.Addresses {
			if a.Kind == kind && !a.Dead {
				return a.Mail, kind == Shared
			}
		}
	}
	return "", false
}

// Certified tells whether an address of the person is one of certified mail.
func (p Person) Certified(address string) bool {
	return slices.ContainsFunc(p.Addresses, func(a Address) bool { return a.Mail == address && a.PEC })
}

// Channel is the way to write to the person: the preferred one while it
// reaches, else the other; "" when there is none.
func (p Person) Channel() string {
	mail, _ := p.Mail()
	chat := p.Chat != 0 && !p.ChatLost
	switch {
	case chat && (p.Prefers != "mail" || mail == ""):
		return "chat"
	case mail != "":
		return "mail"
	default:
		return ""
	}
}

// Fits tells whether the words name the person: each is the start of a part of
// the name ("anna rossi", "rossi", "a.rossi", "anna.rossi").
func (p Person) Fits(words string) bool {
	fields := strings.FieldsFunc(Fold(words), func(r rune) bool { return r == ' ' || r == '.' || r == '\'' })
	if len(fields) == 0 {
		return false
	}
	parts := strings.FieldsFunc(Fold(p.Name()), func(r rune) bool { return r == ' ' || r == '\'' || r == '-' })
	whole := false
	for _, f := range fields {
		found := -1
		for i, part := range parts {
			if part != "" && strings.HasPrefix(part, f) && (len(f) > 2 || len(fields) > 1) {
				found = i
				break
			}
		}
		if found < 0 {
			return false
		}
		whole = whole || parts[found] == f
		parts[found] = ""
	}
	return whole
}

var folded = strings.NewReplacer("à", "a", "á", "a", "è", "e", "é", "e", "ì", "i", "í", "i",
	"ò", "o", "ó", "o", "ù", "u", "ú", "u", "’", "'", "\u00a0", " ")

// Fold is text in lower case, without accents and outer or doubled spaces: the
// form in which words are compared.
func Fold(s string) string {
	return strings.Join(strings.Fields(folded.Replace(strings.ToLower(s))), " ")
}
