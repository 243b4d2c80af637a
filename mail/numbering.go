package mail

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// How people number what they answer.
var (
	// «Domanda 1 sì», «Punto n. 2 → no»
	labelledLine = regexp.MustCompile(`(?i)^\s*(?:[-–*•·]\s*)?(?:(?:domanda|risposta|punto|quesito|question|frage|antwort)\s*(?:n\.?\s*|n°\s*|numero\s*)?)(\d{1,2})\s*(?:[ªº°]\s*)?(?:[.):=]|[-–—]\s|->|=>|→|\s)\s*(\S.*)$`)
	initialLine  = regexp.MustCompile(`(?i)^\s*[rdnq]\.?\s*°?\s*(\d{1,2})\s*(?:(?:[.):=°º]|[-–—]\s|->|=>|→)\s*(\S.*)|\s(\d{1,2}))$`) // «R1: sì», «n.1 4»
	// «(3) tre», «* 4) no»; «1ª domanda: …»
	bracketLine = regexp.MustCompile(`^\s*(?:[-–*•·]\s*)?(?:[(\[](\d{1,2})[)\]]\s*[:.=\-–]?|(\d{1,2})\s*(?:[).:]))\s*(\S.*)$`)
	nthLine     = regexp.MustCompile(`(?i)^\s*(?:alla\s+|la\s+)?(\d{1,2})\s*[ªº°a]\s*(?:domanda|risposta|question|frage)?\s*[:=)\-–]\s*(\S.*)$`)
	ordinal     = regexp.MustCompile(`(?i)^\s*(?:alla\s+|per\s+la\s+|la\s+)?(` + strings.Join(ordinals, "|") + `)(?:\s+(?:domanda|risposta))?\s*(?:rispondo|direi|metto|dico)?\s*[:=]\s*`)
)

var ordinals = []string{"prima", "seconda", "terza", "quarta", "quinta", "sesta"}

// inFigures is a line with «1) » for however its number is written: «prima: sì»,
// «Domanda 1 sì», «(1) sì».
func inFigures(l string) string {
	if m := ordinal.FindStringSubmatch(l); m != nil {
		return strconv.Itoa(1+slices.Index(ordinals, strings.ToLower(m[1]))) + ") " + l[len(m[0]):]
	}
	for _, shape := range []*regexp.Regexp{labelledLine, initialLine, bracketLine, nthLine} {
		if m := shape.FindStringSubmatch(l); m != nil && !timeOfDay.MatchString(l) {
			return cmp.Or(m[1], m[2]) + ") " + cmp.Or(m[len(m)-1], m[len(m)-2])
		}
	}
	return l
}
