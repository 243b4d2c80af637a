package mail

import (
	"regexp"
	"strings"
)

// Receipt is a receipt of certified mail (PEC).
type Receipt struct {
	// Sort is accettazione, non-accettazione, presa-in-carico,
	// avvenuta-consegna, errore-consegna, preavviso-errore-consegna,
	// rilevazione-virus.
	Sort string
	// Out is the message it is about, and Token names it or, where it has none, is
	// its id; "" if it is none of ours.
	Out, Token string
	// Fault is the operator's word for what went wrong: no-dest, no-dominio,
	// virus, altro; "" or nessuno for nothing.
	Fault string

	ref string
}

// Failed tells that the message did not arrive; a warning that it has not yet
// is no failure.
func (r Receipt) Failed() bool {
	return r.Sort == "non-accettazione" || r.Sort == "errore-consegna" || r.Sort == "rilevazione-virus"
}

// Hard tells that the address does not exist.
func (r Receipt) Hard() bool { return r.Failed() && (r.Fault == "no-dest" || r.Fault == "no-dominio") }

// fault is read from daticert.xml, the receipt for programs.
var fault = regexp.MustCompile(`\berrore\s*=\s*["']([a-z-]{1,20})["']`)

// The envelopes of certified mail: what the operator vouches for, and what came
// to it from outside, which proves nothing.
const (
	EnvelopeCertified = "posta-certificata"
	EnvelopeAnomaly   = "errore"
)

// pec reads the two headers by which certified mail is known (DM 2 November
// 2005): X-Ricevuta on receipts, X-Trasporto on envelopes. For an envelope it
// returns its sort and the message inside. Anybody can write either header: what
// they are worth depends on the account (see the package comment).
func pec(e *entity) (envelope string, inside []byte, r *Receipt) {
	if sort := strings.ToLower(strings.TrimSpace(e.h.get("X-Ricevuta"))); sort != "" {
		r := &Receipt{Sort: clip(sort, 60)}
		for _, f := range []string{"X-Riferimento-Message-Id", "In-Reply-To", "References"} {
			if r.ref = strings.TrimSpace(e.h.get(f)); r.ref != "" {
				break
			}
		}
		e.walk(func(p *entity) {
			if r.Fault == "" && (p.typ == "application/xml" || p.typ == "text/xml") {
				if m := fault.FindSubmatch(p.decoded(64 << 10)); m != nil {
					r.Fault = string(m[1])
				}
			}
		})
		return "", nil, r
	}
	envelope = strings.ToLower(strings.TrimSpace(e.h.get("X-Trasporto")))
	if envelope != EnvelopeCertified && envelope != EnvelopeAnomaly {
		return "", nil, nil
	}
	e.walk(func(p *entity) {
		if inside == nil && p.typ == "message/rfc822" {
			inside = p.decoded(maxFile)
		}
	})
	return envelope, inside, nil
}
