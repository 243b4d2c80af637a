package dialog

import (
	"errors"
	"time"
)

// ErrNoRecipient is what Render answers when nobody is to get the message any
// more: the person was erased, left, or what it asks can no longer be answered.
// The sender ends the message without a word to anybody; by mail as Dropped.
var ErrNoRecipient = errors.New("the message has no recipient any more")

// Out is a message to one recipient. It holds ids and numbers, never words
// about a person: Render finds those when the message leaves.
type Out struct {
	ID      string  `json:"id"`
	Schema  int     `json:"schema"`
	To      string  `json:"to"` // id of a person, or of a guest (an address or chat not known yet)
	Channel Channel `json:"channel"`
	Text    string  `json:"text"` // key in texts/it.toml
	Args    Args    `json:"args,omitempty"`

	Choices []Choice `json:"choices,omitempty"`
	// Free is the act that an answer in words goes to; nil when none is
	// expected. A mail with Choices or Free carries a token.
	Free *Act `json:"free,omitempty"`
	// Attach names what is attached, made or read when the message leaves:
	// "ics:<enrollment id>", "file:<sha256>", "mydata:<person id>",
	// "qr:<organization id>".
	Attach []string `json:"attach,omitempty"`

	Reply     bool      `json:"reply,omitempty"`     // caused by a message of the recipient
	NotBefore time.Time `json:"not_before,omitzero"` // undo window, quiet hours
	Undo      string    `json:"undo,omitempty"`      // recalled by Tx.Undo
	Edit      int       `json:"edit,omitempty"`      // message in the chat whose button was pressed
	Tries     int       `json:"tries,omitempty"`     // kept by the outbox
	FirstTry  time.Time `json:"first_try,omitzero"`  // kept by the outbox
}

// OutSchema is the version of the shape of Out.
const OutSchema = 1

// Args are the ids and numbers a text speaks of, by the name it gives them.
type Args map[string]string

// Choice is one of the answers offered with a question: a button in chat, a
// number and words by mail. Text is a key in texts/it.toml.
type Choice struct {
	Text string `json:"text"`
	Args Args   `json:"args,omitempty"`
	Act  Act    `json:"act"`
}

// Rendered is a message put into words for its channel.
type Rendered struct {
	ChatID  int64  // where to, by chat
	Address string // where to, by mail; "" where no address of the person works
	Subject string // by mail: no personal data
	// Body is plain text with *bold* as its only mark; paragraphs are parted
	// by an empty line.
	Body string
	// Buttons in rows, by chat; by mail they become numbered lines and
	// mailto: links.
	Buttons [][]Button
	// Token is the local part's tail that brings an answer back by mail; ""
	// when no answer is expected.
	Token string
	// Certified says that the address is one of certified mail (PEC).
	Certified bool
	// Return stands in the envelope of a mail, as the tail of its sender or as its
	// id, and not in the message: what comes with it is about this message and this
	// address, and never an answer. Unsubscribe is the tail that ends announcements,
	// "" where there are none to end.
	Return, Unsubscribe string
	Attach              []Attachment
	// Urgent and bulk mail differ in their headers.
	Automatic bool
}

// Button is a choice put into words.
type Button struct {
	Label string
	Data  string // at most 64 bytes
	Word  string // what to answer by mail: the number of the choice
}

// Attachment is a file that goes with a message.
type Attachment struct {
	Name string
	Type string
	Body []byte
	// Inline attachments are pictures shown in the text.
	Inline bool
	// Method is set on calendar invitations: REQUEST or CANCEL.
	Method string
}
