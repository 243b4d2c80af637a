package mail

import (
	"bytes"
	"regexp"
	"strings"
)

// bounces reads a report about messages that went out (RFC 3464), and the
// free-form notes of servers that write no report. returned tells that it came
// to the envelope sender of a message, whose token is given; else the message is
// known by the id of its envelope, or by the Message-ID that comes back with it.
func bounces(e *entity, own Address, returned bool, token string) ([]Bounced, bool) {
	if strings.EqualFold(e.params["report-type"], "disposition-notification") {
		return nil, false // that it was read
	}
	report := e.typ == "multipart/report"
	var status, original []byte
	e.walk(func(p *entity) {
		switch p.typ {
		case "message/delivery-status", "message/global-delivery-status":
			if status == nil {
				report = true
				status = p.decoded(64 << 10)
			}
		case "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers":
			if original == nil {
				original = p.decoded(256 << 10)
			}
		}
	})
	about := originalOf(e, original, own)
	if returned {
		about.Token = token
	}
	if !report || status == nil && original == nil {
		return freeBounce(e, own, returned, about)
	}
	blocks := statusBlocks(status)
	if !returned && e.typ == "multipart/report" {
		switch id := envelopeOf(blocks); {
		case id != "":
			about.Token = id
		case about.Token == "" && e.nullSender():
			about.Token = about.Out
		}
	}
	var all []Bounced
	for i, block := range blocks {
		if i > 100 {
			break
		}
		b := about
		for _, field := range []string{"final-recipient", "original-recipient"} {
			rcpt, ok := block[field]
			if !ok {
				continue
			}
			if _, a, ok := strings.Cut(rcpt, ";"); ok {
				rcpt = a
			}
			if local, domain, ok := splitAddress(strings.Trim(strings.TrimSpace(rcpt), "<>")); ok {
				b.named = append(b.named, local+"@"+domain)
			}
		}
		if block["final-recipient"] == "" && block["original-recipient"] == "" {
			continue // the block about the message
		}
		if len(b.named) > 0 {
			b.Recipient = b.named[0]
		}
		b.Status = enhanced.FindString(block["status"])
		if b.Status == "" {
			b.Status = enhanced.FindString(block["diagnostic-code"])
		}
		if b.Failed = strings.EqualFold(strings.TrimSpace(block["action"]), "failed"); b.Failed {
			b.Hard = hard(b.Status)
		}
		all = append(all, b)
	}
	if len(all) == 0 {
		all = []Bounced{about}
	}
	return all, true
}

// envelopeOf is the id of the envelope in the block about the message, if it is
// one of ours.
func envelopeOf(blocks []map[string]string) string {
	if len(blocks) == 0 {
		return ""
	}
	id := blocks[0]["original-envelope-id"]
	if !isReturn(id) || !tokenShape.MatchString(id) {
		return ""
	}
	return id
}

var enhanced = regexp.MustCompile(`\b[245]\.\d{1,3}\.\d{1,3}\b`)

// hard tells a lasting failure: 5.x.x, but not a full mailbox, a message too
// large or a policy, which say nothing about the address.
func hard(status string) bool {
	if !strings.HasPrefix(status, "5.") {
		return false
	}
	return status != "5.2.2" && !strings.HasPrefix(status, "5.3.") && !strings.HasPrefix(status, "5.7.")
}

// statusBlocks are the groups of fields of a delivery status.
func statusBlocks(b []byte) []map[string]string {
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	var out []map[string]string
	for _, group := range bytes.Split(b, []byte("\n\n")) {
		if len(bytes.TrimSpace(group)) == 0 || len(out) > 200 {
			continue
		}
		h, _ := readHeader(append(bytes.TrimLeft(group, "\n"), '\n', '\n'))
		m := map[string]string{}
		for f := h.h.Fields(); f.Next(); {
			m[strings.ToLower(f.Key())] = clip(oneLine(f.Value()), 500)
		}
		out = append(out, m)
	}
	return out
}

// originalOf finds the message that came back by its Message-ID.
func originalOf(e *entity, original []byte, own Address) (b Bounced) {
	ids := []string{}
	if original != nil {
		h, _ := readHeader(original)
		ids = append(ids, h.get("Message-Id"))
	}
	for _, f := range []string{"In-Reply-To", "References", "X-Original-Message-Id"} {
		ids = append(ids, strings.Fields(clip(e.h.get(f), 8<<10))...)
	}
	for _, id := range ids {
		var ok bool
		if b.Out, b.Token, ok = own.ownID(id); ok {
			return b
		}
	}
	return Bounced{}
}

var (
	mailerName = regexp.MustCompile(`(?i)^(?:mailer-daemon|postmaster|mail-daemon|mdaemon|maildelivery)@`)
	failedText = regexp.MustCompile(`(?i)undeliver|delivery (?:status notification|failure|failed|has failed)|returned mail|failure notice|` +
		`mancat[ao] (?:consegna|recapito)|non recapitabil[ei]|impossibile (?:recapitare|consegnare)|(?:recapito|consegna) non riuscit[oa]|non (?:è stato )?(?:recapitato|consegnato)|stato del recapito|` +
		`unzustellbar|non remis|échec de (?:la )?remise`)
	delayedText = regexp.MustCompile(`(?i)delayed|in ritardo|ritardat[ao]`)
	anyID       = regexp.MustCompile(`<[^<>\s]{3,300}@[^<>\s]{3,200}>`)
	smtpReply   = regexp.MustCompile(`(?:\b[45]\d\d[ -]+#?|\(#)([45]\.\d{1,3}\.\d{1,3})\b`)
	// The address alone on its line, as qmail, Postfix and Exim name it.
	failedAddress = regexp.MustCompile(`(?m)^[ \t]*<?([^<>\s@]{1,64}@[^<>\s@:]{3,200})>?:?[ \t]*\r?$`)
)

// freeBounce knows a note of failure without a report by its sender and words.
// Words prove little: it is lasting only where it came to the envelope sender
// of the message, and quotes the answer of a server that says so.
func freeBounce(e *entity, own Address, returned bool, about Bounced) ([]Bounced, bool) {
	subject := e.h.text("Subject")
	rcpt := e.h.get("X-Failed-Recipients") // Exim
	delayed := delayedText.MatchString(subject)
	failed := failedText.MatchString(subject) || delayed || rcpt != ""
	mailer := mailerName.MatchString(e.from())
	if !(failed && (mailer || e.nullSender() || returned) || mailer && returned) {
		return nil, false
	}
	text := e.raw[:min(len(e.raw), 128<<10)]
	if about.Token == "" {
		for _, id := range anyID.FindAll(text, 100) {
			var ok bool
			if about.Out, about.Token, ok = own.ownID(string(id)); ok && about.Token != "" {
				break
			}
		}
	}
	about.Failed = !delayed
	if m := failedAddress.FindSubmatch(text); rcpt == "" && m != nil {
		rcpt = string(m[1])
	}
	rcpt, _, _ = strings.Cut(rcpt, ",")
	if local, domain, ok := splitAddress(strings.TrimSpace(rcpt)); ok {
		about.Recipient = local + "@" + domain
	}
	if m := smtpReply.FindSubmatch(text); m != nil {
		about.Status = string(m[1])
	}
	about.Hard = returned && hard(about.Status)
	return []Bounced{about}, true
}
