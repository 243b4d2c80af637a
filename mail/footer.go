package mail

import (
	"regexp"
	"strings"
	"unicode"
)

// What phones and programs add below a text.
var footer = regexp.MustCompile(`(?i)^[\s*_]*(?:` +
	`(?:messaggio\s+|e-?mail\s+)?(?:inviat[oa]|scritt[oa]|spedit[oa])\s+(?:da(?:l|lla|ll['’])?\s?(?:mi[oa]\s+)?(?:app\s+)?|con\s+(?:l['’]e-?mail\s+sicura\s+(?:di\s+)?\[?)?|tramite\s+|mediante\s+|via\s+)(?:un\s+)?` +
	`(?:il\s+|lo\s+|la\s+)?(?:mio\s+)?(?:dispositivo|telefono|cellulare|smartphone|tablet|iphone|ipad|mac\b|galaxy|samsung|huawei|xiaomi|redmi|oppo|honor|android|windows|outlook|posta|mail|yahoo|libero|virgilio|tim\b|alice|aruba|blackberry|nokia|proton|gmail|bluemail|k-9|spark|my\b|roundcube|zimbra|webmail)|` +
	`scarica\s+outlook|ottieni\s+outlook|get\s+outlook\s+for|télécharge[rz]\s+outlook|obten(?:ir|ez)\s+outlook|holen\s+sie\s+sich\s+outlook|outlook\s+(?:für|for|per|pour)\s+(?:ios|android)\b|` +
	`sent\s+(?:from|via|with|using)\s+(?:my\s+|a\s+|the\s+)?(?:\S+\s+)?(?:iphone|ipad|mac\b|galaxy|samsung|android|mobile|phone|smartphone|tablet|blackberry|windows|outlook|yahoo|mail|gmail|wiko|huawei|xiaomi|nokia|htc|sony|typeapp|bluemail|acompli|sparrow|spark|proton|device|\S+\s*<https?:)|` +
	`(?:von\s+meinem\s+\S+|gesendet\s+(?:von|mit|aus)|mit\s+\S+\s+(?:mail\s+)?gesendet)\b.*\S|` +
	`envoyé\s+(?:de|depuis|à\s+partir\s+d[e'’]|avec)\s.*(?:iphone|ipad|outlook|mobile|téléphone|samsung|android|smartphone|appareil|mail|portable)|` +
	`sent\s+from\s+my\s+i\w+\s*$|az\s+\S+\s+küldve|` +
	`(?:wysłan[eoy]|sendt|skickat|verstuurd|verzonden|отправлено|lähetetty|odesláno|odoslané|trimis|poslano|küldve|gönderildi)\s+.*(?:iphon|ipad|outlook|samsung|galaxy|android|mobil)|` +
	`enviado\s+(?:desde|do)\s+(?:mi|meu)\b|` +
	`(?:scarica|ottieni|get|download|télécharge[rz]|holen)\s+[^.!?]{1,60}\b(?:android|ios|iphone|ipad)\b|` +
	`yahoo\s+mail\s*:|con\s+(?:tiscali|libero|tim|vodafone|iliad|wind|fastweb)\b.*(?:giga|minuti|gratis|mese)` +
	`)`)

// sentWith is such a line of a program nobody here has heard of: it ends the
// text and names nothing that people send.
var (
	sentWith  = regexp.MustCompile(`^\s*(?i:inviat[oa]|spedit[oa]|sent|gesendet|envoyé)\s+(?i:da|dal|dall['’]|dalla|con|con\s+l['’]|tramite|from|with|via|von|mit|depuis|avec)\s*(?:app\s+)?\p{Lu}[^.!?]{1,70}\.?\s*$`)
	sentThing = regexp.MustCompile(`(?i)\b(?:pec|fax|raccomandata|ieri|oggi|data|protocollo|prot|ufficio|comune|modul\w|\d{1,2}/\d{1,2})\b`)
)

// printAdvice and the seals of scanners stand on any line.
var printAdvice = regexp.MustCompile(`(?i)^[^\p{L}]*(?:non\s+stampare\s+quest|prima\s+di\s+stampare|evita\s+di\s+stampare|please\s+consider\s+the\s+environment)`)

// footerWords are those with which such lines begin; they spare all others the
// patterns.
var footerWords = map[string]bool{}

func init() {
	for _, w := range strings.Fields("messaggio e-mail email mail inviato inviata scritto scritta spedito spedita scarica ottieni get outlook sent von gesendet mit " +
		"az wysłane wysłano wysłany sendt skickat verstuurd verzonden отправлено lähetetty odesláno odoslané trimis poslano küldve gönderildi " +
		"envoyé enviado enviada télécharger téléchargez obtenir obtenez holen download yahoo con non prima evita please") {
		footerWords[w] = true
	}
}

// isFooter tells whether line i is such a footer.
func isFooter(lines []string, i int) bool {
	l := lines[i]
	first, _, _ := strings.Cut(strings.TrimLeftFunc(clip(l, 80), func(r rune) bool { return !unicode.IsLetter(r) }), " ")
	if !footerWords[strings.ToLower(first)] {
		return false
	}
	if footer.MatchString(l) || printAdvice.MatchString(l) {
		return true
	}
	return sentWith.MatchString(l) && !sentThing.MatchString(l) && (i == 0 || strings.TrimSpace(lines[i-1]) == "") && onlyLinks(lines[i+1:])
}

// onlyLinks tells lines that hold nothing but the address of a page.
func onlyLinks(lines []string) bool {
	for _, l := range lines {
		if t := strings.TrimSpace(l); t != "" && !linkAlone.MatchString(t) {
			return false
		}
	}
	return true
}

var linkAlone = regexp.MustCompile(`^[<(\[]?(?:https?://|www\.)\S+$`)
