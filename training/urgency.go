package training

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// How people say by when they want a course.
var (
	hurryless = regexp.MustCompile(`\b(?:non (?:c'e|abbiamo|ho) (?:\S+ )?fretta|senza (?:fretta|urgenza)|(?:nessuna|poca) (?:fretta|urgenza)|non (?:e |ci serve |serve )?(?:\S+ )?(?:urgent\w+|subito)|con calma|c'e tempo|quando (?:volete|potete|si puo|capita|riuscite)|(?:l'|il prossimo )?anno prossimo|il prossimo anno|anno nuovo)\b`)
	hurried   = regexp.MustCompile(`\b(?:subito|urgen\w+|al piu presto|(?:il )?prima possibile|(?:appena|quanto prima|presto) (?:possibile|potete|si puo)|quanto prima|in fretta|questa settimana|questo mese|prossima settimana|settimana prossima)\b`)
	inTheYear = regexp.MustCompile(`\b(?:entro l'anno|quest'anno|(?:entro (?:la )?|a |per )?fine (?:d'|dell')?anno|prima di natale|in (?:estate|autunno)|(?:prima d|d)ell'estate|(?:entro|dopo) l'estate)\b`)
	byMonth   = regexp.MustCompile(`\b(?:entro|per|prima di|in|a|ad|verso|da)\s+(?:la\s+)?(?:fine\s+(?:di\s+)?|meta\s+(?:di\s+)?|inizio\s+(?:di\s+)?|il\s+mese\s+di\s+)?(` + strings.Join(months, "|") + `)\b`)
	// what turns any of these around, or names a year: it is asked again
	otherwise = regexp.MustCompile(`\bnon\b|\bdopo (?:l'|il |la )|\b20\d\d\b`)
)

// soonMonths is how many months ahead still are soon: one is needed to prepare a
// course.
const soonMonths = 2

// ReadUrgency reads by when a course is wanted, said in words; ok is false when
// they do not tell.
func ReadUrgency(text string, now time.Time) (u Urgency, ok bool) {
	said := Fold(text)
	switch {
	case hurryless.MatchString(said):
		return NoHurry, true
	case inTheYear.MatchString(said) && !strings.Contains(said, "non "):
		return ThisYear, true
	case otherwise.MatchString(said):
		return "", false
	case hurried.MatchString(said):
		return Soon, true
	}
	m := byMonth.FindStringSubmatch(said)
	if m == nil {
		return "", false
	}
	now = now.In(Rome())
	month := time.Month(1 + slices.Index(months, m[1]))
	switch ahead := int(month - now.Month()); {
	case ahead < 0 && ahead+12 <= soonMonths:
		return Soon, true // in December, by January
	case ahead < 0:
		return NoHurry, true // next year
	case ahead <= soonMonths:
		return Soon, true
	}
	return ThisYear, true
}
