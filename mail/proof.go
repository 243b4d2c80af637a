package mail

import (
	"regexp"
	"strings"
)

// authResult is one Authentication-Results field: the server that wrote it and
// its verdicts. received counts the Received fields above it.
type authResult struct {
	server   string
	verdicts []verdict
	received int
}

type verdict struct {
	method, result string
	props          map[string]string
}

var comment = regexp.MustCompile(`\([^()]*\)`)

// authResults reads the fields in the order in which they stand, the latest
// first.
func authResults(h header) []authResult {
	var out []authResult
	received := 0
	for f := h.h.Fields(); f.Next(); {
		switch {
		case strings.EqualFold(f.Key(), "Received"):
			received++
		case strings.EqualFold(f.Key(), "Authentication-Results") && len(out) < 20:
			r := parseAuth(clip(f.Value(), 8<<10))
			r.received = received
			out = append(out, r)
		}
	}
	return out
}

func parseAuth(v string) authResult {
	v = comment.ReplaceAllString(comment.ReplaceAllString(v, " "), " ")
	parts := strings.Split(v, ";")
	var r authResult
	if f := strings.Fields(parts[0]); len(f) > 0 {
		r.server = strings.ToLower(f[0])
	}
	for _, p := range parts[1:] {
		var vd verdict
		for i, f := range strings.Fields(strings.ReplaceAll(strings.ReplaceAll(p, " =", "="), "= ", "=")) {
			k, val, ok := strings.Cut(f, "=")
			if !ok {
				continue
			}
			k, val = strings.ToLower(k), strings.ToLower(strings.Trim(val, `"`))
			if i == 0 {
				vd = verdict{method: k, result: val, props: map[string]string{}}
			} else if vd.props != nil {
				vd.props[k] = val
			}
		}
		if vd.method != "" && len(r.verdicts) < 30 {
			r.verdicts = append(r.verdicts, vd)
		}
	}
	return r
}

// Proof is what the own mail server, known by its authserv-id, says of the
// sender: "pass", "fail", or "" when it says nothing or none is configured.
//
// Anybody may write such a field into a message. The server removes forged
// ones, and puts its own on top: so only the topmost run of fields counts,
// those between the same two Received.
func (m Message) Proof(authservID string) string {
	if authservID == "" {
		return ""
	}
	_, domain, ok := splitAddress(m.From)
	if !ok || m.froms != 1 {
		return "fail"
	}
	level := -1
	aligned, failed := false, false
	for _, r := range m.results {
		if r.server != strings.ToLower(authservID) {
			continue
		}
		if level < 0 {
			level = r.received
		}
		if r.received != level {
			break
		}
		for _, v := range r.verdicts {
			switch v.method {
			case "dmarc":
				if v.result == "fail" {
					return "fail"
				}
				if v.result == "pass" && within(domain, v.props["header.from"], true) {
					aligned = true
				}
			case "dkim":
				d := v.props["header.d"]
				if d == "" {
					_, d, _ = strings.Cut(v.props["header.i"], "@")
				}
				if v.result == "pass" && within(domain, d, false) {
					aligned = true
				}
			case "spf":
				d := v.props["smtp.mailfrom"]
				if i := strings.LastIndexByte(d, '@'); i >= 0 {
					d = d[i+1:]
				}
				if v.result == "pass" && within(domain, d, false) {
					aligned = true
				}
				if v.result == "fail" && within(domain, d, false) {
					failed = true
				}
			case "auth":
				// Submitted with the password of an account of the same server.
				if v.result == "pass" {
					a := v.props["smtp.auth"]
					if a == "" {
						a = v.props["smtp.mailfrom"]
					}
					aligned = aligned || a == m.From
				}
			}
		}
	}
	switch {
	case aligned:
		return "pass"
	case failed:
		return "fail"
	}
	return ""
}

// within tells whether the domain of From is the one that was proved, or lies
// below it. emptyMeansSame is for dmarc, whose verdict is about From anyway.
func within(from, proved string, emptyMeansSame bool) bool {
	if proved == "" {
		return emptyMeansSame
	}
	return from == proved || strings.HasSuffix(from, "."+proved) && strings.Contains(proved, ".")
}
