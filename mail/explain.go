package mail

import (
	"errors"
	"strings"
	"time"
	"unicode"
)

// Explanation is what `regia explain mail` says of a file, one JSON object a
// line.
type Explanation struct {
	File        string            `json:"file"`
	Kind        Kind              `json:"kind"`
	From        string            `json:"from"`
	Reply       string            `json:"reply"`
	Answers     map[int]string    `json:"answers,omitempty"`
	Subject     string            `json:"subject,omitempty"`
	Token       string            `json:"token,omitempty"`
	MessageID   string            `json:"message_id,omitempty"`
	Client      string            `json:"client,omitempty"`
	Reason      string            `json:"reason,omitempty"`
	Proof       string            `json:"proof,omitempty"`
	Envelope    string            `json:"envelope,omitempty"` // of certified mail, as its header says
	Calendar    *CalendarSummary  `json:"calendar,omitempty"`
	Bounces     []BounceSummary   `json:"bounces,omitempty"`
	Receipt     *ReceiptSummary   `json:"receipt,omitempty"`
	Attachments []AttachedSummary `json:"attachments,omitempty"`
	Error       string            `json:"error,omitempty"`
}

// CalendarSummary is an answer to an invitation.
type CalendarSummary struct {
	UID      string `json:"uid"`
	Sequence int    `json:"sequence"`
	Status   string `json:"status"`
}

// BounceSummary is what a report says of one recipient.
type BounceSummary struct {
	Out       string `json:"out,omitempty"`
	Recipient string `json:"recipient,omitempty"`
	Status    string `json:"status,omitempty"`
	Hard      bool   `json:"hard"`
	Failed    bool   `json:"failed"`
}

// ReceiptSummary is a receipt of certified mail.
type ReceiptSummary struct {
	Sort   string `json:"sort"`
	Out    string `json:"out,omitempty"`
	At     string `json:"at,omitempty"` // when it was written
	Fault  string `json:"fault,omitempty"`
	Failed bool   `json:"failed,omitempty"`
}

// AttachedSummary is an attachment.
type AttachedSummary struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int    `json:"size"`
}

// Header is the header of a raw message as it stands, at most 16 kB of it, with
// nothing that could move the cursor of a terminal.
func Header(raw []byte) string {
	s := strings.ReplaceAll(clip(strings.ToValidUTF8(string(raw[:min(len(raw), 16<<10)]), "\uFFFD"), 16<<10), "\r\n", "\n")
	s, _, _ = strings.Cut(s, "\n\n")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return '\uFFFD'
		}
		return r
	}, s)
}

// Explain says how a raw message is understood.
func Explain(file string, raw []byte, own Address, authservID string, now time.Time) Explanation {
	m, err := Understand(raw, own, now)
	x := Explanation{
		File: file, Kind: m.Kind, From: m.From, Reply: m.Text, Answers: m.Answers, Subject: m.Subject,
		Token: m.Token, MessageID: m.ID, Client: m.Client, Reason: m.Reason,
		Proof: m.Proof(authservID), Envelope: m.Envelope,
	}
	if err != nil {
		x.Kind, x.Error = KindRejected, "il programma non la legge: "+err.Error()
	}
	if errors.Is(err, ErrNoMail) {
		x.Error = "non è un'email"
	}
	if m.Calendar != nil {
		x.Calendar = &CalendarSummary{m.Calendar.UID, m.Calendar.Sequence, m.Calendar.Status}
	}
	if m.Kind == KindReply && m.Meeting {
		x.Reason = "risponde a un invito per qualcun altro, o propone un altro orario: la guarda una persona"
	} else if m.Kind == KindReply && m.Text == "" && len(m.Answers) == 0 && !m.Unsubscribe {
		x.Reason = "tolti la citazione, la firma e le note non resta niente"
	}
	for _, b := range m.Bounces {
		x.Bounces = append(x.Bounces, BounceSummary{b.Out, b.Recipient, b.Status, b.Hard, b.Failed})
	}
	if m.Receipt != nil {
		x.Receipt = &ReceiptSummary{m.Receipt.Sort, m.Receipt.Out, m.Date.Format(time.RFC3339), m.Receipt.Fault, m.Receipt.Failed()}
	}
	for _, a := range m.Files {
		x.Attachments = append(x.Attachments, AttachedSummary{a.Name, a.Type, len(a.Body)})
	}
	return x
}
