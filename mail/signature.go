package mail

import (
	"regexp"
	"slices"
	"strings"
)

// What phones and programs add below a text.
var footer = regexp.MustCompile(`(?i)^[\s*_]*(?:` +
	`(?:messaggio\s+|e-?mail\s+)?(?:inviat[oa]|scritt[oa]|spedit[oa])\s+(?:da(?:l|lla|ll['’])?\s?(?:mi[oa]\s+)?(?:app\s+)?|con\s+(?:l['’]e-?mail\s+sicura\s+\[?)?|tramite\s+|mediante\s+|via\s+)(?:un\s+)?` +
	`(?:il\s+|lo\s+|la\s+)?(?:mio\s+)?(?:dispositivo|telefono|cellulare|smartphone|tablet|iphone|ipad|mac\b|galaxy|samsung|huawei|xiaomi|redmi|oppo|honor|android|windows|outlook|posta|mail|yahoo|libero|virgilio|tim\b|alice|aruba|blackberry|nokia|proton|gmail|bluemail|k-9|spark|my\b|roundcube|zimbra|webmail)|` +
	`scarica\s+outlook|ottieni\s+outlook|get\s+outlook\s+for|télécharge[rz]\s+outlook|obten(?:ir|ez)\s+outlook|holen\s+sie\s+sich\s+outlook|outlook\s+(?:für|for|per|pour)\s+(?:ios|android)\b|` +
	`sent\s+(?:from|via|with|using)\s+(?:my\s+|a\s+|the\s+)?(?:\S+\s+)?(?:iphone|ipad|mac\b|galaxy|samsung|android|mobile|phone|smartphone|tablet|blackberry|windows|outlook|yahoo|mail|gmail|wiko|huawei|xiaomi|nokia|htc|sony|typeapp|bluemail|acompli|sparrow|spark|proton|device|\S+\s*<https?:)|` +
	`(?:von\s+meinem\s+\S+|gesendet\s+(?:von|mit|aus)|mit\s+\S+\s+(?:mail\s+)?gesendet)\b.*\S|` +
	`envoyé\s+(?:de|depuis|à\s+partir\s+d[e'’]|avec)\s.*(?:iphone|ipad|outlook|mobile|téléphone|samsung|android|smartphone|appareil|mail|portable)|` +
	`enviado\s+(?:desde|do)\s+(?:mi|meu)\b` +
	`)`)

// The legal notes below the mail of offices.
var disclaimer = regexp.MustCompile(`(?i)^[\s*_>|#-]*(?:[<\[]https?:\S+\s+)*(?:` +
	`(?:informativa\s+)?(?:ai\s+sensi|a\s+norma|in\s+(?:conformità|ottemperanza))\s+(?:e\s+per\s+gli\s+effetti\s+)?(?:del|della|dell['’]|dei|degli|al|all['’])[\s]*(?:vigent\w+\s+)?(?:regolamento|reg\.|d\.?\s?lgs|decreto|gdpr|art|normativa|legge|l\.|codice|ue|disposizioni)|` +
	`(?:le\s+informazioni|il\s+contenuto|i\s+contenuti|la\s+presente|il\s+presente|questo|questa|la\s+suddetta|tutte\s+le\s+informazioni)\s+[^.]{0,80}(?:contenut[eio]|messaggio|e-?mail|comunicazione|trasmess[aeio]|allegat)[^.]{0,160}(?:riservat|confidenzial|destinatari|privileg|esclusiv|unicamente|legge|vincolant)|` +
	`(?:avviso|nota|clausola|avvertenza|informativa)\s+(?:di\s+|sulla\s+|legale|sul\s+)?(?:riservatezza|confidenzialit|legale|privacy|trattamento)|riservatezza\s*:|privacy\s*:|` +
	`(?:p\s+)?(?:prima\s+di\s+stampare|pensa\s+all['’]ambiente|rispetta\s+l['’]ambiente|non\s+stampare\s+questa|please\s+consider\s+the\s+environment|stampa\s+(?:questa|solo))|` +
	`(?:this\s+(?:e-?mail|message|communication)|the\s+information\s+(?:contained|in\s+this))[^.]{0,120}(?:confidential|intended|privileged)|confidentiality\s+notice|disclaimer\b|` +
	`diese\s+(?:e-?mail|nachricht)[^.]{0,80}vertraulich|(?:ce\s+(?:message|courriel)|le\s+présent\s+message)[^.]{0,120}(?:confidentiel|destinataire)|` +
	`questa\s+e-?mail\s+è\s+stata\s+(?:controllata|esaminata)|(?:mail\s+)?priv[ao]\s+di\s+virus|virus-free|esente\s+da\s+virus` +
	`)`)

// What stands above them.
var heading = regexp.MustCompile(`(?i)^[\s*_=#-]*(?:avviso|attenzione|avvertenza|nota|disclaimer|privacy|riservatezza|confidential)[\s*_=:#.!-]*$`)

// The words that end a letter.
var closingWords = regexp.MustCompile(`(?i)^[\s*_]*(?:(?:con\s+i\s+)?(?:molto\s+|più\s+)?(?:cordiali|cordialissimi|distinti|cari|migliori|tanti)\s+saluti|(?:un\s+)?(?:cordiale|caro)\s+saluto|cordialmente|saluti(?:\s+cordiali)?|` +
	`(?:mille\s+)?grazie\s+(?:e|,)\s+(?:(?:cordiali|distinti|cari)\s+)?saluti|(?:(?:grazie|saluti)\s+e\s+)?buon(?:a\s+(?:giornata|serata)|\s+lavoro)|(?:best|kind)\s+regards|regards|(?:mit\s+)?freundlichen?\s+grü(?:ß|ss)en?|mfg|cordialement|bien\s+à\s+vous)[\s.,!;*_]*$`)

// What only a signature holds.
var contact = regexp.MustCompile(`(?i)^\s*[☎☏✆✉📞📱📠📧🏠🌐]|(?:^|[\s(|])(?:tel(?:efono)?|cell(?:ulare)?|fax|mob|phone|centralino|int(?:erno)?)[.:\s]+\+?[\d(/]|(?:^|\s)(?:e-?mail|pec|web|sito)\s*:|\bwww\.|^\s*(?:via|viale|piazza|corso|p\.zza|largo|vico)\s+[A-ZÀ-Ú]|\bp\.?\s?iva\b|\b18\d{3}\b|^[\s*]*[\w.+-]+@[\w.-]+\.\w+[\s*]*$`)

// Where somebody works.
var office = regexp.MustCompile(`(?i)^[\s*_|]*(?:(?:il\s+|la\s+|l['’])?(?:sindac|vicesindac|assessor|segretari|segreteria|responsabil|istrutt|funzionari|dirigent)|comune\s+di|provincia\s+di|unione\s+(?:dei\s+)?comuni|commune\s+d|ville\s+d|mairie|gemeinde|stadt\s|town\s+of|municipality|regione|asl|ufficio|area|settore|servizio?|(?:corpo\s+(?:\S+\s+)?di\s+|comando\s+(?:di\s+)?)?polizia\s+locale|ragioneria|anagrafe|geom\.|dott\.|arch\.|ing\.|rag\.|avv\.|p\.?a\.?\s|(?-i:L['’]Ufficio(?:\s+(?:\p{Lu}[\p{L}.]*|e|di|del|della|delle|dei))+\s*$))`)

// withoutSignature cuts what stands below the words of the writer.
func withoutSignature(lines []string) []string {
	lines = trimBlank(lines)
	for i, l := range lines {
		t := strings.TrimRight(l, " \t")
		above := hasWords(lines[:i])
		switch {
		case l == "-- ", t == "--" && !goesOn(lines[i+1:]):
			return trimBlank(lines[:i])
		case t == "---" && above && signed(lines[i+1:]), above && len(lines)-i < 40 && rule.MatchString(t) && card(lines[i+1:]):
			return trimBlank(lines[:i])
		case footer.MatchString(t) && len(t) < 200:
			if above {
				return trimBlank(lines[:i])
			}
			// The footer alone: what follows may be the text.
			return withoutSignature(lines[i+1:])
		case disclaimer.MatchString(joinFrom(lines, i)) && above && (i == 0 || startsParagraph(lines, i)):
			for i > 0 && (strings.TrimSpace(lines[i-1]) == "" || rule.MatchString(lines[i-1]) || heading.MatchString(lines[i-1])) {
				i--
			}
			return withoutContacts(trimBlank(lines[:i]))
		}
	}
	return withoutContacts(lines)
}

// sentence is a line that says something.
var sentence = regexp.MustCompile(`^\s*(?:\S+\s+){3,}\S*[\p{L}\d)»"]\s*[.!?]\s*$`)

// goesOn tells that what stands below «--», which has lost its blank or never
// had one, is more of the text: it says something before any legal note, and
// holds nothing of a signature.
func goesOn(lines []string) bool {
	for i, l := range lines {
		if footer.MatchString(l) || disclaimer.MatchString(joinFrom(lines, i)) {
			lines = lines[:i]
			break
		}
	}
	return slices.ContainsFunc(lines, sentence.MatchString) && !signed(lines)
}

// joinFrom is the paragraph from line i, for patterns that may be wrapped.
func joinFrom(lines []string, i int) string {
	var b strings.Builder
	for j := i; j < len(lines) && j < i+5 && strings.TrimSpace(lines[j]) != ""; j++ {
		b.WriteString(strings.TrimSpace(lines[j]) + " ")
	}
	return b.String()
}

func startsParagraph(lines []string, i int) bool {
	prev := strings.TrimSpace(lines[i-1])
	return prev == "" || rule.MatchString(prev) || heading.MatchString(prev) || contact.MatchString(prev)
}

func hasWords(lines []string) bool {
	for _, l := range lines {
		if strings.TrimSpace(l) != "" && !rule.MatchString(l) {
			return true
		}
	}
	return false
}

// withoutContacts cuts a signature that no mark announces: the block after the
// closing words, or the last paragraph, if it holds what only signatures hold.
func withoutContacts(lines []string) []string {
	lines = trimBlank(lines)
	for len(lines) > 0 && rule.MatchString(lines[len(lines)-1]) {
		lines = trimBlank(lines[:len(lines)-1])
	}
	for i, n := len(lines)-1, 0; i > 0 && n < 16; i-- {
		if closingWords.MatchString(lines[i]) {
			below := lines[i+1:]
			if nameAlone(below) && signed(below[2:]) {
				return lines[:i+2]
			}
			if signed(below) {
				return lines[:i+1]
			}
			break
		}
		if strings.TrimSpace(lines[i]) != "" {
			n++
		}
	}
	if thin := singleSpaced(lines); len(thin) < len(lines) {
		for below := countWords(thin[len(withoutBlock(thin)):]); below > 0; below-- {
			lines = trimBlank(lines[:len(lines)-1])
		}
		return lines
	}
	return withoutBlock(lines)
}

// nameAlone tells that the first paragraph is one name, with which a person ends
// a letter: the signature of the program stands below it.
func nameAlone(lines []string) bool {
	return len(lines) > 2 && strings.TrimSpace(lines[1]) == "" &&
		(personName.MatchString(lines[0]) || firstName.MatchString(lines[0])) &&
		!office.MatchString(lines[0]) && !article.MatchString(lines[0])
}

// withoutBlock cuts the last paragraph if it is a card.
func withoutBlock(lines []string) []string {
	start := len(lines)
	for start > 0 && strings.TrimSpace(lines[start-1]) != "" {
		start--
	}
	if start == 0 || !card(lines[start:]) {
		return lines
	}
	above := trimBlank(lines[:start])
	last := above[len(above)-1]
	if !labelled(lines[start:]) && (strings.HasSuffix(last, ":") || len(above) == 1 && salutation.MatchString(last)) {
		return lines // who somebody is may be what was asked
	}
	return above
}

// salutation is a greeting at the head of a letter.
var salutation = regexp.MustCompile(`(?i)^\s*(?:buon\s?giorno|buona\s?sera|salve|ciao|gentil\w+|egregi\w*|spett\S*)[^.:]{0,40}$`)

// card tells the lines in which somebody says who they are: a number or an
// address and a place of work or a name, or a name and nothing but places below.
func card(lines []string) bool {
	var kept []string
	numbers, places, others := 0, 0, 0
	for _, l := range lines {
		if len(l) > 120 {
			return false
		}
		if strings.TrimSpace(l) == "" || rule.MatchString(l) {
			continue
		}
		kept = append(kept, l)
		switch {
		case contact.MatchString(l):
			numbers++
		case office.MatchString(l):
			places++
		case !personName.MatchString(l):
			others++
		}
	}
	if len(kept) < 2 {
		return false
	}
	named := personName.MatchString(kept[0]) && !article.MatchString(kept[0])
	if numbers > 0 {
		if len(kept) == 2 {
			return named && contact.MatchString(kept[1])
		}
		return named || places > 0 || numbers > 1
	}
	return named && places > 0 && others == 0 && len(kept) <= 6
}

// countWords counts the lines that hold something.
func countWords(lines []string) (n int) {
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			n++
		}
	}
	return n
}

// labelled tells that a number or an address stands in the lines.
func labelled(lines []string) bool { return slices.ContainsFunc(lines, contact.MatchString) }

// singleSpaced is text without the empty line that Outlook puts below each
// paragraph, which is a line to whoever writes; other text is left as it is.
func singleSpaced(lines []string) []string {
	for i, l := range lines {
		if i > 0 && strings.TrimSpace(l) != "" && strings.TrimSpace(lines[i-1]) != "" {
			return lines
		}
	}
	if countWords(lines) < 5 {
		return lines
	}
	var out []string
	for i, l := range lines {
		if strings.TrimSpace(l) != "" || i > 0 && strings.TrimSpace(lines[i-1]) == "" && len(out) > 0 && out[len(out)-1] != "" {
			out = append(out, strings.TrimSpace(l))
		}
	}
	return out
}

// personName is a line that may be nothing but a name: two to five words, each
// with a capital.
var personName = regexp.MustCompile(`^[\s*_]*(?:\p{Lu}[\p{L}.'’-]*\s+){1,4}\p{Lu}[\p{L}.'’-]*[\s*_,]*$`)

// firstName is a line of one word with a capital.
var firstName = regexp.MustCompile(`^\s*\p{Lu}[\p{L}.'’-]*[\s,]*$`)

// article begins the name of a role, «Il Responsabile», and of no person.
var article = regexp.MustCompile(`^[\s*_]*(?:Il|La|L['’])\b`)

// signed tells lines that hold a signature: somewhere a place of work or a
// number, or several names. One name below the closing words is how a person
// ends a letter.
func signed(lines []string) bool {
	names := true
	lines = trimBlank(lines)
	for _, l := range lines {
		if contact.MatchString(l) || office.MatchString(l) {
			return true
		}
		names = names && (strings.TrimSpace(l) == "" || personName.MatchString(l))
	}
	return names && len(lines) > 1
}

func trimBlank(lines []string) []string {
	for len(lines) > 0 && strings.TrimSpace(lines[0]) == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
