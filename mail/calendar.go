package mail

import (
	"strconv"
	"strings"

	"regia/dialog"
)

// calendarReply reads an answer to an invitation (iMIP, METHOD:REPLY). Only
// the attendee answers for the attendee: any other answer is left to a person, as
// is a proposal of another time.
func calendarReply(e *entity, from string) (best *dialog.Answer, other bool) {
	e.walk(func(p *entity) {
		if p.typ != "text/calendar" && p.typ != "application/ics" {
			return
		}
		method, replies := icsReplies(string(p.decoded(256 << 10)))
		other = other || method == "REPLY" || method == "COUNTER"
		for _, a := range replies {
			if a.Attendee != from {
				continue
			}
			if best == nil || a.Sequence > best.Sequence {
				best = &a
			}
		}
	})
	return best, other && best == nil
}

// icsReplies reads the answers in a calendar object, and its method.
func icsReplies(s string) (method string, out []dialog.Answer) {
	var cur dialog.Answer
	inside, attendees := false, 0
	for _, line := range icsLines(s) {
		name, params, value := icsField(line)
		switch {
		case name == "METHOD":
			method = strings.ToUpper(value)
		case name == "BEGIN" && strings.EqualFold(value, "VEVENT"):
			cur, inside, attendees = dialog.Answer{}, true, 0
		case name == "END" && strings.EqualFold(value, "VEVENT"):
			if inside && attendees == 1 && cur.UID != "" && cur.Status != "" && len(out) < 50 {
				out = append(out, cur)
			}
			inside = false
		case !inside:
		case name == "UID":
			cur.UID = clip(value, 200)
		case name == "SEQUENCE":
			cur.Sequence, _ = strconv.Atoi(value)
			cur.Sequence = max(cur.Sequence, 0)
		case name == "ATTENDEE":
			attendees++
			if hasFold(value, "mailto:") {
				value = value[len("mailto:"):]
			}
			local, domain, ok := splitAddress(strings.TrimSpace(value))
			if !ok {
				continue
			}
			cur.Attendee = local + "@" + domain
			switch st := strings.ToUpper(params["PARTSTAT"]); st {
			case "ACCEPTED", "DECLINED", "TENTATIVE":
				cur.Status = st
			}
		}
	}
	if method != "REPLY" {
		out = nil
	}
	return method, out
}

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// icsLines unfolds the lines.
func icsLines(s string) []string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\n ", "")
	s = strings.ReplaceAll(s, "\n\t", "")
	lines := strings.Split(s, "\n")
	return lines[:min(len(lines), 5000)]
}

// icsField parts a line into name, parameters and value; a colon within
// quotation marks does not end the parameters.
func icsField(line string) (name string, params map[string]string, value string) {
	quoted, colon := false, -1
	for i := 0; i < len(line) && colon < 0; i++ {
		switch line[i] {
		case '"':
			quoted = !quoted
		case ':':
			if !quoted {
				colon = i
			}
		}
	}
	if colon < 0 {
		return "", nil, ""
	}
	fields := strings.Split(line[:colon], ";")
	params = map[string]string{}
	for _, f := range fields[1:] {
		k, v, _ := strings.Cut(f, "=")
		params[strings.ToUpper(k)] = strings.Trim(v, `"`)
	}
	return strings.ToUpper(fields[0]), params, strings.TrimSpace(line[colon+1:])
}
