package mail

import "strings"

// Receipt is a receipt of certified mail (PEC).
type Receipt struct {
	// Sort is accettazione, non-accettazione, presa-in-carico,
	// avvenuta-consegna, errore-consegna, preavviso-errore-consegna,
	// rilevazione-virus.
	Sort string
	// Out is the message it is about, "" if it is none of ours.
	Out string

	ref string
}

// pec reads the two headers by which certified mail is known (DM 2 November
// 2005): X-Ricevuta on receipts, X-Trasporto on envelopes. For an envelope it
// returns the message inside.
func pec(e *entity) (inside []byte, r *Receipt) {
	if sort := strings.ToLower(strings.TrimSpace(e.h.get("X-Ricevuta"))); sort != "" {
		r := &Receipt{Sort: clip(sort, 60)}
		for _, f := range []string{"X-Riferimento-Message-Id", "In-Reply-To", "References"} {
			if r.ref = strings.TrimSpace(e.h.get(f)); r.ref != "" {
				break
			}
		}
		return nil, r
	}
	if sort := strings.ToLower(strings.TrimSpace(e.h.get("X-Trasporto"))); sort != "posta-certificata" && sort != "errore" {
		return nil, nil
	}
	e.walk(func(p *entity) {
		if inside == nil && p.typ == "message/rfc822" {
			inside = p.decoded(maxFile)
		}
	})
	return inside, nil
}
