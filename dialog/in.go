package dialog

import (
	"strings"
	"time"
)

// Channel is a way to reach a person.
type Channel string

const (
	ByChat Channel = "chat"
	ByMail Channel = "mail"
)

// In is a message that reaches the service: exactly one of its parts is set.
// ID is unique in the life of the province:
//
//	tg:<bot id>:<update id>                                  Chat
//	mail:<hash of host and account>:<mailbox>:<uidvalidity>.<uid>  Mail
//	cron:<job>@<slot, RFC 3339 UTC>                          Slot
//	timer:<kind>:<id>@<instant, RFC 3339 UTC>                Timer
//	sent:<out id>:<outcome>                                  Sent
//	cli:<command>:<hash of input>#<chunk>                    Command
//	dead:<id of the message>, left:<id of the mail>          Unread
type In struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`

	Chat    *Chat    `json:"chat,omitempty"`
	Mail    *Mail    `json:"mail,omitempty"`
	Slot    *Slot    `json:"slot,omitempty"`
	Timer   *Timer   `json:"timer,omitempty"`
	Sent    *Sent    `json:"sent,omitempty"`
	Command *Command `json:"command,omitempty"`
	Unread  *Unread  `json:"unread,omitempty"`

	// Also is a second id under which the same message may arrive again (a
	// mail delivered twice): HMAC of From, Message-ID and body.
	Also string `json:"also,omitempty"`
}

// Chat is a message or a pressed button in a private chat.
type Chat struct {
	ID      int64  `json:"id"`             // of the chat
	Text    string `json:"text,omitempty"` // at most 4,096 UTF-16 units, as Telegram promises; more is cut by the reader
	Data    string `json:"data,omitempty"` // of the pressed button: an Act in its short form
	Message int    `json:"message,omitempty"`
	// Sort is "text", "button", "file", "blocked" (my_chat_member: the person
	// stopped the bot), "left" for what cannot be read: a sticker, a voice
	// note, a photo; "group" for a message outside a private chat.
	Sort string `json:"sort"`
	File *File  `json:"file,omitempty"`
}

// Mail is a message from the mailbox, already reduced to what its writer wrote.
type Mail struct {
	From    string `json:"from"`            // address, lower case
	Token   string `json:"token,omitempty"` // of the plus address, the References or the subject tag: unchecked
	Subject string `json:"subject,omitempty"`
	Text    string `json:"text"` // without quotes, signature and footer
	// Answers given between the quoted questions or numbered, by number.
	Answers map[int]string `json:"answers,omitempty"`
	// Proof is the verdict of the own server on the sender: "pass", "fail",
	// "none" when it says nothing, or "" when no server is configured.
	Proof string `json:"proof,omitempty"`
	// Sort is "reply", "too_large" (its words were not read), "calendar_reply"
	// (Calendar is set, or nil for one that is for a person), "bounce" (Token names
	// the message or is its id, Hard tells a lasting failure and Recipients whose,
	// where the report says), "accepted" or "delivered" (receipts of certified mail;
	// Token likewise) or "unsubscribe" (Token names the person).
	Sort string `json:"sort"`
	// Certified: it came to the mailbox of certified mail (PEC).
	Certified bool `json:"certified,omitempty"`
	// Manned: it came to a mailbox that people read too, where what is not for the
	// service is left to them. Waits is since when it waits there, zero for one
	// that somebody has read.
	Manned   bool      `json:"manned,omitempty"`
	Waits    time.Time `json:"waits,omitzero"`
	Calendar *Answer   `json:"calendar,omitempty"`
	Hard     bool      `json:"hard,omitempty"`
	// Recipients are addresses in lower case.
	Recipients []string `json:"recipients,omitempty"`
	Files      []File   `json:"files,omitempty"`
}

// Answer is an answer to a calendar invitation.
type Answer struct {
	UID      string `json:"uid"`
	Sequence int    `json:"sequence"`
	Status   string `json:"status"` // ACCEPTED, DECLINED, TENTATIVE
	Attendee string `json:"attendee"`
}

// MaxFile bounds a file that comes in, in bytes: Telegram lets bots fetch no
// more.
const MaxFile = 20 << 20

// File is a file in the data folder, named by its content; without a SHA256 it
// did not come.
type File struct {
	SHA256 string `json:"sha256"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
}

// Slot is an instant of the calendar at which a job is due.
type Slot struct {
	Job string    `json:"job"`
	At  time.Time `json:"at"`
}

// Timer is an instant that a commit asked for.
type Timer struct {
	Kind string    `json:"kind"`
	ID   string    `json:"id"`
	At   time.Time `json:"at"`
}

// Sent is the end of a message that could not be delivered.
type Sent struct {
	Out     Out     `json:"out"`
	Outcome Outcome `json:"outcome"`
	Return  string  `json:"return,omitempty"` // as in Failure
}

// Command is a piece of work given at the command line: a chunk of an import,
// the first coordinators of a new province.
type Command struct {
	Name string `json:"name"`
	Body []byte `json:"body"`
}

// Unread is a message that nothing was done with: one that could not be handled,
// with who wrote it as far as its bytes tell, a private chat or an address; one
// that could not leave; or one that is not for the service.
type Unread struct {
	Chat int64  `json:"chat,omitempty"`
	From string `json:"from,omitempty"`
	// Leaving: it was to leave, and is of a shape that the program does not know.
	Leaving bool `json:"leaving,omitempty"`
	// Stays is since when it waits in a mailbox that people read too, for them.
	Stays time.Time `json:"stays,omitzero"`
}

// source is the part of the id that tells where the message came from.
func (in In) source() string {
	s, _, _ := strings.Cut(in.ID, ":")
	return s
}
