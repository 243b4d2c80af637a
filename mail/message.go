package mail

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"regia/dialog"
)

// Kind is what a message is.
type Kind string

const (
	KindReply         Kind = "reply"          // words of a person
	KindAutoReply     Kind = "auto_reply"     // out of office and the like: never answered
	KindBounce        Kind = "bounce"         // a report about a message that went out
	KindCalendarReply Kind = "calendar_reply" // accepts or declines an invitation
	KindPECReceipt    Kind = "pec_receipt"    // a receipt of certified mail
	KindRejected      Kind = "rejected"       // own mail, a list, no sender: never answered
)

// Message is a mail understood. Nothing in it has been checked against the
// roster or the tokens: that is dialog's part.
type Message struct {
	Kind    Kind
	Reason  string // why it was rejected or taken for automatic: words for the administrator
	From    string // lower case, "" when there is none
	Subject string // without the tag
	Token   string // unchecked
	ID      string // Message-ID without brackets
	Date    time.Time

	Text    string         // what the person wrote
	Answers map[int]string // by the number of the question
	Files   []Attachment

	// Unsubscribe tells that it was sent to the address that ends announcements.
	Unsubscribe bool

	Calendar *dialog.Answer
	// Meeting tells an answer to an invitation that is not its attendee's, or that
	// proposes another time: it is for a person.
	Meeting bool
	Bounces []Bounced
	Receipt *Receipt
	// Envelope is the sort of PEC envelope that the message came in, "" for none.
	// It is what a header says: it counts in the account of certified mail alone.
	Envelope string
	// Client is a guess at the program it was written with.
	Client string

	bodySum string
	results []authResult
	froms   int
}

// Attachment is a file that came with a message.
type Attachment struct {
	Name, Type string
	Body       []byte
}

// Bounced is what a report says of one recipient.
type Bounced struct {
	Out       string // id of the message that went out, "" if unknown
	Token     string // of the message, unchecked, or its id where it has none; "" if unknown
	Recipient string
	Status    string // 5.1.1 and the like
	Hard      bool   // lasting
	Failed    bool   // nobody tries any more; a delay and good news are no failure

	named []string // the recipient by all the addresses that a report gives
}

// Bounds on what is looked at. What lies beyond is left out, never an error.
const (
	maxText    = 200 << 10 // bytes of text that are understood
	maxLines   = 2000
	maxParts   = 200
	maxDepth   = 12
	maxHeader  = 256 << 10
	maxFiles   = 20
	maxFile    = 15 << 20
	maxDecoded = 40 << 20 // of all parts together: against bombs
	maxAnswer  = 2000
	maxReply   = 20000
)

// ErrNoMail says that the bytes are no mail at all.
var ErrNoMail = errors.New("not a mail")

// Understand reads a raw message. An error means that there is nothing to
// read; everything else, however broken, becomes a Message. now dates messages
// that carry no date of their own or one in the future.
func Understand(raw []byte, own Address, now time.Time) (m Message, err error) {
	defer func() {
		// A parser that panics must not take the mailbox down with it.
		if p := recover(); p != nil {
			m, err = Message{Kind: KindRejected, Reason: "il programma si è fermato leggendola"}, fmt.Errorf("understanding panicked: %v", p)
		}
	}()
	if len(strings.TrimSpace(string(raw[:min(len(raw), 4096)]))) == 0 {
		return Message{Kind: KindRejected, Reason: "è vuota"}, ErrNoMail
	}
	return understand(raw, own, now, 0)
}

func understand(raw []byte, own Address, now time.Time, wrapped int) (Message, error) {
	e := open(raw)
	m := Message{Kind: KindReply}
	m.headers(e, own, now)

	if wrapped == 0 { // whatever stands in an envelope is somebody's mail
		envelope, inside, receipt := pec(e)
		if receipt != nil {
			receipt.Out, receipt.Token, _ = own.ownID(receipt.ref)
			receipt.Token = cmp.Or(receipt.Token, receipt.Out)
			m.Kind, m.Receipt = KindPECReceipt, receipt
			return m, nil
		}
		if inside != nil {
			inner, err := understand(inside, own, now, 1)
			if err != nil {
				return m, err
			}
			inner.Envelope = envelope
			if inner.Token == "" {
				inner.Token = m.Token
			}
			// What the own server says is about the envelope, not about who wrote
			// what is in it.
			inner.results = nil
			return inner, nil
		}
	}
	m.froms = e.froms()
	returned := isReturn(m.Token)
	if bs, ok := bounces(e, own, returned, m.Token); ok {
		m.Kind, m.Bounces = KindBounce, bs
		return m, nil
	}
	body := e.body()
	m.Text, m.Answers = body.reply(writerOf(e.h.get("From")))
	m.Files = e.files()
	if why := rejection(e, m, own); why != "" {
		m.Kind, m.Reason = KindRejected, why
		return m, nil
	}
	if m.Calendar, m.Meeting = calendarReply(e, m.From); m.Calendar != nil {
		m.Kind = KindCalendarReply
		return m, nil
	}
	if m.Unsubscribe = isUnsubscribe(m.Token); m.Unsubscribe {
		return m, nil // mail programs send it by themselves when they are asked to
	}
	why := automatic(e, m.Subject)
	if why == "" && returned {
		why = "è arrivata all'indirizzo della busta, a cui rispondono solo i programmi" // no person's program answers there
	}
	if why != "" {
		m.Kind, m.Reason = KindAutoReply, why
	}
	return m, nil
}

// headers fills what the header says.
func (m *Message) headers(e *entity, own Address, now time.Time) {
	m.From = e.from()
	subject := clip(oneLine(e.h.text("Subject")), 300)
	m.Subject = cleanSubject(subject)
	m.ID = clip(strings.Trim(oneLine(strings.ToValidUTF8(e.h.get("Message-Id"), "")), "<>"), 500)
	m.Token = token(e, own, subject)
	m.Client = client(e)
	m.results = authResults(e.h)
	m.Date = now
	if d, ok := e.date(); ok && d.Before(now.Add(time.Hour)) {
		m.Date = d
	}
	sum := sha256.Sum256(normalBody(e.raw))
	m.bodySum = hex.EncodeToString(sum[:])
}

// token looks for the token where a reply carries it: in the address it was
// sent to, in the ids of what it answers, in the subject.
func token(e *entity, own Address, subject string) string {
	for _, f := range []string{"To", "Cc", "Delivered-To", "X-Original-To", "X-Envelope-To", "Envelope-To"} {
		for _, a := range e.addresses(f) {
			if t := own.tokenIn(a); t != "" {
				return t
			}
		}
	}
	for _, f := range []string{"In-Reply-To", "References"} {
		ids := strings.Fields(strings.ReplaceAll(clip(e.h.get(f), 8<<10), "><", "> <"))
		// The last reference is the message answered.
		for i := len(ids) - 1; i >= 0; i-- {
			if _, t, ok := own.ownID(ids[i]); ok && t != "" {
				return t
			}
		}
	}
	return tokenInSubject(subject)
}

// Also is the id by which the same mail is known when it is delivered twice:
// made of From, Message-ID and body, as the bytes of the header differ between
// two deliveries. A mail without Message-ID has none, since two equal words of
// one person are two answers.
func (m Message) Also(mac func(parts ...string) string) string {
	if m.ID == "" {
		return ""
	}
	return "mail=" + mac("mail", m.From, m.ID, m.bodySum)
}

// ToIn makes the message that dialog handles. keep stores an attachment and
// returns its reference. ok is false for what is never handled: automatic
// answers, receipts, what was rejected.
func (m Message) ToIn(id string, at time.Time, authservID string, mac func(parts ...string) string,
	keep func(Attachment) (dialog.File, error),
) (in dialog.In, ok bool, err error) {
	out := &dialog.Mail{
		From: m.From, Token: m.Token, Subject: m.Subject, Text: m.Text, Answers: m.Answers,
		Proof: m.Proof(authservID), Sort: string(KindReply),
	}
	in = dialog.In{ID: id, At: at, Mail: out, Also: m.Also(mac)}
	switch m.Kind {
	case KindReply:
		if m.Unsubscribe {
			out.Sort = "unsubscribe"
			return in, true, nil
		}
		if m.Meeting {
			out.Sort = string(KindCalendarReply)
			return in, true, nil
		}
		for _, a := range m.Files {
			if keep == nil {
				break
			}
			f, err := keep(a)
			if err != nil {
				return dialog.In{}, false, err
			}
			out.Files = append(out.Files, f)
		}
		return in, true, nil
	case KindCalendarReply:
		out.Sort, out.Calendar = string(KindCalendarReply), m.Calendar
		return in, true, nil
	case KindPECReceipt:
		r := m.Receipt
		switch {
		case r.Token == "":
		case r.Failed():
			out.Sort, out.Token, out.Hard = string(KindBounce), r.Token, r.Hard()
			return in, true, nil
		case r.Sort == "avvenuta-consegna":
			out.Sort, out.Token = "delivered", r.Token
			return in, true, nil
		case r.Sort == "accettazione":
			out.Sort, out.Token = "accepted", r.Token
			return in, true, nil
		}
	case KindBounce:
		for _, b := range m.Bounces { // all of them are about one message
			if !b.Failed || b.Token == "" {
				continue
			}
			out.Sort, out.Token = string(KindBounce), b.Token
			if b.Hard {
				out.Hard, out.Recipients = true, append(out.Recipients, b.named...)
			}
		}
		return in, out.Sort == string(KindBounce), nil
	}
	return dialog.In{}, false, nil
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
