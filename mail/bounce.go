package mail

import (
	"bytes"
	"regexp"
	"strings"
)

// bounces reads a report about messages that went out (RFC 3464), and the
// free-form notes of servers that write no report.
func bounces(e *entity, own Address) ([]Bounced, bool) {
	report := e.typ == "multipart/report" && !strings.EqualFold(e.params["report-type"], "disposition-notification")
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
	if !report || status == nil && original == nil {
		return freeBounce(e, own)
	}
	out := originalID(e, original, own)
	var all []Bounced
	for i, block := range statusBlocks(status) {
		if i > 100 {
			break
		}
		b := Bounced{Out: out}
		rcpt := block["final-recipient"]
		if rcpt == "" {
			rcpt = block["original-recipient"]
		}
		if rcpt == "" {
			continue // the block about the message
		}
		if _, a, ok := strings.Cut(rcpt, ";"); ok {
			rcpt = a
		}
		b.Recipient = strings.ToLower(strings.Trim(strings.TrimSpace(rcpt), "<>"))
		b.Status = enhanced.FindString(block["status"])
		if b.Status == "" {
			b.Status = enhanced.FindString(block["diagnostic-code"])
		}
		switch strings.ToLower(strings.TrimSpace(block["action"])) {
		case "failed":
			b.Hard = hard(b.Status)
		case "delayed":
		default: // delivered, relayed, expanded
			b.Delivered = true
		}
		all = append(all, b)
	}
	if len(all) == 0 {
		all = []Bounced{{Out: out}}
	}
	return all, true
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

// originalID finds the id of the message that came back.
func originalID(e *entity, original []byte, own Address) string {
	if original != nil {
		h, _ := readHeader(original)
		if out, _, ok := own.ownID(h.get("Message-Id")); ok {
			return out
		}
	}
	for _, f := range []string{"In-Reply-To", "References", "X-Original-Message-Id"} {
		for _, id := range strings.Fields(clip(e.h.get(f), 8<<10)) {
			if out, _, ok := own.ownID(id); ok {
				return out
			}
		}
	}
	return ""
}

var (
	mailerName = regexp.MustCompile(`(?i)^(?:mailer-daemon|postmaster|mail-daemon|mdaemon|maildelivery)@`)
	failedText = regexp.MustCompile(`(?i)undeliver|delivery (?:status notification|failure|has failed)|returned mail|failure notice|mancat[ao] (?:consegna|recapito)|mancato recapito|non recapitabile|unzustellbar|non remis`)
	anyID      = regexp.MustCompile(`<[^<>\s]{3,300}@[^<>\s]{3,200}>`)
)

// freeBounce knows a note of failure without a report by its sender and words.
// It is never taken as lasting: words prove too little.
func freeBounce(e *entity, own Address) ([]Bounced, bool) {
	from := e.from()
	null := strings.TrimSpace(e.h.get("Return-Path")) == "<>"
	if !mailerName.MatchString(from) && !null || !failedText.MatchString(e.h.text("Subject")) {
		return nil, false
	}
	out := originalID(e, nil, own)
	if out == "" {
		for _, id := range anyID.FindAll(e.raw[:min(len(e.raw), 128<<10)], 100) {
			if o, _, ok := own.ownID(string(id)); ok && !strings.EqualFold(strings.Trim(string(id), "<>"), own.String()) {
				out = o
				break
			}
		}
	}
	return []Bounced{{Out: out}}, true
}
