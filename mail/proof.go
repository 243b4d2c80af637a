package mail

import "strings"

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

// authToken is a word of such a field, or one of the signs = and ; (op).
type authToken struct {
	word string
	op   byte
}

// authTokens reads a field as RFC 8601 writes it. Remarks are left out, and a
// text in quotation marks is one word whatever it holds: whoever sends chooses
// what stands in both.
func authTokens(v string) []authToken {
	var all []authToken
	var word []byte
	end := func() {
		if word != nil {
			all = append(all, authToken{word: strings.ToLower(string(word))})
			word = nil
		}
	}
	quoted, depth := false, 0
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '\\' && (quoted || depth > 0):
			if i++; quoted && i < len(v) {
				word = append(word, v[i])
			}
		case depth > 0:
			switch c {
			case '(':
				depth++
			case ')':
				depth--
			}
		case c == '"':
			quoted = !quoted
			word = append([]byte{}, word...) // a word, be it empty
		case quoted:
			word = append(word, c)
		case c == '(':
			end()
			depth = 1
		case c == '=' || c == ';':
			end()
			all = append(all, authToken{op: c})
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			end()
		default:
			word = append(word, c)
		}
	}
	if quoted || depth > 0 {
		return nil // cut off, or not made by a server
	}
	end()
	return all
}

func parseAuth(v string) authResult {
	var r authResult
	for n, part := range splitTokens(authTokens(v)) {
		if n == 0 {
			if len(part) > 0 {
				r.server = part[0].word
			}
			continue
		}
		vd := verdict{props: map[string]string{}}
		for i := 0; i+2 < len(part); i++ {
			if part[i].op != 0 || part[i+1].op != '=' || part[i+2].op != 0 {
				continue
			}
			name, value := part[i].word, part[i+2].word
			if i == 0 {
				vd.method, _, _ = strings.Cut(name, "/") // with its version
				vd.result = value
			} else {
				vd.props[name] = value
			}
			i += 2
		}
		if vd.method != "" && len(r.verdicts) < 30 {
			r.verdicts = append(r.verdicts, vd)
		}
	}
	return r
}

// splitTokens cuts at each semicolon.
func splitTokens(all []authToken) (parts [][]authToken) {
	from := 0
	for i, t := range all {
		if t.op == ';' {
			parts, from = append(parts, all[from:i]), i+1
		}
	}
	return append(parts, all[from:])
}

// Proof is what the own mail server, known by its authserv-id, says of the
// sender: "pass", "fail", "none" when it says nothing, or "" when no server is
// configured.
//
// Anybody may write such a field into a message. The server removes forged ones
// (RFC 8601, section 5), and puts its own on top: so only the topmost run of
// fields counts, those between the same two Received, and of each method only
// the topmost field that names it.
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
	named := map[string]int{} // the field that names a method first
	for n, r := range m.results {
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
			if first, ok := named[v.method]; ok && first != n {
				continue
			}
			named[v.method] = n
			passed := v.result == "pass"
			switch v.method {
			case "dmarc":
				if v.result == "fail" {
					return "fail"
				}
				// It says whose From it is about: servers and programs do not read
				// every From alike.
				aligned = aligned || passed && v.props["header.from"] == domain
			case "dkim":
				d := v.props["header.d"]
				if d == "" {
					d = domainOf(v.props["header.i"])
				}
				aligned = aligned || passed && within(domain, d)
			case "spf":
				d := domainOf(v.props["smtp.mailfrom"])
				aligned = aligned || passed && within(domain, d)
				failed = failed || v.result == "fail" && within(domain, d)
			case "auth":
				// Submitted with the password of an account of the same server.
				aligned = aligned || passed && v.props["smtp.auth"] == m.From
			}
		}
	}
	switch {
	case aligned:
		return "pass"
	case failed:
		return "fail"
	}
	return "none"
}

// domainOf is the part of an address behind its last @, or the whole.
func domainOf(s string) string { return s[strings.LastIndexByte(s, '@')+1:] }

// within tells whether the domain of From is the one that was proved, or lies
// below it.
func within(from, proved string) bool {
	return proved != "" && (from == proved || strings.HasSuffix(from, "."+proved) && strings.Contains(proved, "."))
}
