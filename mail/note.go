package mail

import (
	"regexp"
	"strings"
)

// How the notes begin that offices and servers put below every mail: legal
// ones, advice on printing, the seal of a virus scanner.
var noteOpening = regexp.MustCompile(`(?i)^[^\p{L}\d]*(?:[<\[][^>\]\s]+[>\]]\s*)*(?:` +
	`(?:informativa\s+(?:privacy\s+)?)?(?:ai\s+sensi|ai\s+fini|a\s+norma|in\s+(?:conformità|ottemperanza)|nel\s+rispetto|ex\s+art\.?)\s+(?:e\s+per\s+gli\s+effetti\s+)?(?:(?:del|della|dell['’]|dei|degli|delle|al|all['’]|alla)\s*)?(?:vigent\w+\s+)?(?:regolamento|reg\.|d\.?\s?lgs|decreto|gdpr|art|normativ|legge|l\.|codice|ue\b|disposizioni|\d)|` +
	`(?:d\.?\s?lgs\.?|reg(?:olamento|\.)(?:\s*\(?ue\)?)?|gdpr|legge)\s*(?:n\.?\s*)?\(?(?:196|679|2016)|` +
	`(?:avviso|nota|note|clausola|avvertenz[ae]|informativa|tutela|dichiarazione)\s*(?::|di\s+|sulla\s+|sul\s+|della\s+|legal\w\s+|ai\s+sensi)?\s*(?:quest|riservatezza|confidenzialit|legal|privacy|trattamento|ai\s+sensi|d\.)|riservatezza\s*(?::|\.\s+(?:il\s+)?(?:messaggio|presente|quest))|privacy\s*:|(?:avviso|avvertenza|nota)\s*:\s*i\s+dati\s+personali|disclaimer\b|confidentiality\s+notice|` +
	`i\s+(?:suoi\s+|vostri\s+)?dati\s+(?:personali\s+)?(?:\S+\s+){0,4}?(?:saranno|sono|verranno)\s+trattati|(?:il\s+comune|la\s+provincia|l['’]ente)\s[^.]{0,60}tratta\s+i\s+dati|` +
	`(?:p\s+)?(?:prima\s+di\s+stampare|pensa\s+(?:al|prima)|rispetta\s+l['’]ambiente|rispettiamo\s+l['’]ambiente|salva\s+un\s+albero|risparmia\s+carta|(?:evita\s+di|non)\s+stampare\s+quest|please\s+consider\s+the\s+environment|save\s+(?:a\s+tree|paper|the\s+planet)|think\s+before\s+you\s+print|(?:pensez|penser)\s+à\s+l['’]environnement|avant\s+d['’]imprimer|n['’]imprimez|(?:bitte\s+)?denken\s+sie\s+an\s+die\s+umwelt|bitte\s+(?:prüfen|überlegen)\s+sie[^.]{0,60}(?:druck|umwelt)|stampa\s+(?:questa|solo))|` +
	`(?:quest[oa]\s+|il\s+)?(?:messaggio|e-?mail)\s+è\s+stat[oa]\s+(?:controllat|analizzat|esaminat|verificat|scansionat)|quest[oa]\s+(?:messaggio|e-?mail|mail)\s+è\s+stat[oa]\s+(?:inviat|spedit|generat)\w\s+(?:con|tramite|da|dal|mediante|attraverso)\b|(?:e-?mail\s+|mail\s+|messaggio\s+)?(?:priv[ao]\s+di|senza|esente\s+da|nessun)\s+virus\b|virus-free|no\s+virus\s+found|` +
	`diese\s+(?:e-?mail|nachricht)[^.]{0,80}vertraulich|(?:ce\s+(?:message|courriel)|le\s+présent\s+message)[^.]{0,120}confidentiel|` +
	`(?:dona|destina|scegli|devolvi)\b[^.]{0,40}\b5\s?(?:x|per)\s?(?:1000|mille)` +
	`)`)

// noteInside is what such a note says anywhere in it.
var noteInside = regexp.MustCompile(`(?i)^(?:[^?]{0,80}\bstampa(?:re|te)?\s+(?:questa\s+(?:e-?)?mail\s+)?sol(?:o|tanto)\s+se\b|[^?]{0,40}\b5\s?(?:x|per)\s?(?:1000|mille)\b[^?]*\b(?:codice\s+fiscale|c\.?\s?f\.?)\s*:?\s*\d{11}\b)`)

// insideWords spares most paragraphs the pattern.
func insideWords(p string) bool {
	return strings.Contains(p, "tampa") || strings.Contains(p, "1000") || strings.Contains(p, "mille")
}

// noteSubject is the mail itself, of which such a note speaks, or who is not to
// have got it.
var noteSubject = regexp.MustCompile(`(?i)\ble\s+informazioni\s+(?:contenute|trasmesse|inviate|ivi)\s+(?:(?:in|con)\s+(?:quest|ess)|nel(?:la)?\s+presente|contenute|sono\s+(?:riservat|destinat|confidenzial|dirett|rivolt|per\s+l))|\b(?:se|qualora)\s+non\s+(?:siete|foste|siate|sei|(?:è|fosse|sia)\s+il)\s+(?:\S+\s+){0,2}?destinatari|\b(?:quest[aoei]|present[ei]|suddett\w|this|diese[rs]?|der\s+inhalt\s+dieser|cet(?:te)?|ce|présent)\s+(?:\S+\s+){0,3}?(?:messagg|e-?mail|mail|comunicazion|trasmission|posta\s+elettronica|corrispondenza|message|communication|transmission|nachricht|courriel)`)

// noteTerms are the things it says about it, in four languages.
var noteTerms = []*regexp.Regexp{
	regexp.MustCompile(`(?i)riservat|confiden[zt]i(?:al|el)|vertraulich|privileg`),
	regexp.MustCompile(`(?i)destinatari|rivolt[aoei]\s|indirizzat|addressee|recipient|individual|adressat|empfänger|intended`),
	regexp.MustCompile(`(?i)\berrore|erroneamente|\bin\s+error|mistake|irrtüm|versehentlich|\berreur`),
	regexp.MustCompile(`(?i)esclusiv|unicamente|solely|\bonly\b|ausschließlich|exclusive|uso\s+proprio`),
	regexp.MustCompile(`(?i)eliminar|eliminat|elimini\b|cancellar|cancelli\b|distrugg|darne\s+notizia|\bavvis|comunicar|informar|delete|destroy|notify|löschen|détrui|supprim`),
	regexp.MustCompile(`(?i)mittente|sender|absender|expéditeur`),
	regexp.MustCompile(`(?i)vietat|proibit|divulga|diffusione|diffonder|copia|copiare|riprodu|inoltr|prohibited|cop(?:y|ie)|distribution|disclos|verboten|interdit`),
	regexp.MustCompile(`(?i)679|196/2003|\b616\b|gdpr|d\.?\s?lgs|codice\s+penale|privacy|informativa|note\W+legali|dati\s+personali|trattamento|\blegge\b`),
	regexp.MustCompile(`(?i)virus|malware|spam|phishing|gateway|minacc|infett|infected|\bclean\b`),
	regexp.MustCompile(`(?i)analizzat|scansionat|esaminat|controllat|verificat|scanned|checked|conosciut|vincol|impegn|responsabilit`),
}

// noteTold is how a person speaks, and no note: who has had a mail by mistake
// says so.
var noteTold = regexp.MustCompile(`(?i)\b(?:ho|abbiamo|mi|io|sono\s+il|sono\s+la|vorrei|vorremmo|confermo|chied\w+|bisogno|formazione|interess\w+|ieri|oggi|domani|(?:luned|marted|mercoled|gioved|venerd)ì|colleg(?:a|hi|he)\b|sindac\w+|vi\s+prego|elimino|inoltr(?:o|er[òo]|iamo|ate)|cancellate(?:ci|mi)?|rimand\w+|usiamo|siamo|poss(?:o|iamo)|servono|servirebbe|cors[oi]|I\s+am|I\s+have|ich|je)\b`)

// noteHeading is what stands above one.
var noteHeading = regexp.MustCompile(`(?i)^[\s*_=#-]*(?:avviso|attenzione|avvertenza|nota|disclaimer|privacy|riservatezza|confidential)[\s*_=:#.!-]*$`)

// isNote tells whether a note begins at line i. One without a known beginning
// speaks of the mail itself and says two things more that notes say.
func isNote(lines []string, i int) bool {
	if !startsParagraph(lines, i) {
		return false
	}
	p := strings.TrimSpace(paragraph(lines, i))
	return isNoteText(p) || endsAsNote(p) && len(lines)-i <= maxNotes && !announcedAbove(lines[:i]) && onlyNotes(lines[i:])
}

// maxNotes is how many lines at the end are looked at for such notes.
const maxNotes = 60

// announcedAbove tells that what follows is what the writer has to say: above it
// stands a greeting and nothing else, or a line that ends in a colon.
func announcedAbove(lines []string) bool {
	lines = trimBlank(lines)
	return len(lines) > 0 && (onlyCourtesy(lines) || strings.HasSuffix(strings.TrimSpace(lines[len(lines)-1]), ":"))
}

// isNoteText tells a paragraph that is a note wherever it stands.
func isNoteText(p string) bool {
	if strings.HasSuffix(p, "?") {
		return false // a note asks nothing
	}
	if noteOpening.MatchString(p) {
		return true
	}
	if noteTold.MatchString(p) {
		return false
	}
	if insideWords(p) && noteInside.MatchString(p) {
		return true
	}
	if !noteSubject.MatchString(p) {
		return false
	}
	said := 0
	for _, t := range noteTerms {
		if t.MatchString(p) {
			said++
		}
	}
	return said >= 2
}

// What a note says that ends the mail and does not speak of itself as «questo
// messaggio»: a law and what is not to be done, or who has looked for viruses.
var (
	tailLaw     = regexp.MustCompile(`(?i)riservat|confiden[zt]ial|destinatari|\bprivacy\b|dati\s+personali|\blegge\b`)
	tailForbids = regexp.MustCompile(`(?i)\bper\s+errore|vietat|\ba\s+terzi\b|divulg|\bchi\s+l[oa]\s+riceve`)
	tailScanned = regexp.MustCompile(`(?i)analizzat|scansionat|esaminat|controllat|scanned|checked`)
	tailTold    = regexp.MustCompile(`(?i)\b(?:vostr[oaie]|nostr[oaie]|mi[oa]|finit[oa]|prego|precedente|noi|ci\s+serv\w+)\b`)
	tailScanner = regexp.MustCompile(`(?i)spam|virus|gateway|malware|phishing|minacc`)
)

// endsAsNote tells a paragraph that is a note where nothing but notes follows.
func endsAsNote(p string) bool {
	return !strings.HasSuffix(p, "?") && tailSubject.MatchString(p) && !noteTold.MatchString(p) && !tailTold.MatchString(p) && !bullet.MatchString(p) &&
		(tailLaw.MatchString(p) && tailForbids.MatchString(p) || tailScanned.MatchString(p) && tailScanner.MatchString(p))
}

// tailSubject is what such a note speaks of.
var tailSubject = regexp.MustCompile(`(?i)\b(?:messaggi\w?|e-?mail|mail|posta|scritto|comunicazion[ei]|corrispondenza|gateway|antispam|allegat[oi])\b`)

// onlyNotes tells that every paragraph is a note.
func onlyNotes(lines []string) bool {
	n := 0
	for i := range lines {
		if strings.TrimSpace(lines[i]) == "" || i > 0 && strings.TrimSpace(lines[i-1]) != "" && !rule.MatchString(lines[i-1]) || rule.MatchString(lines[i]) {
			continue
		}
		p := strings.TrimSpace(paragraph(lines, i))
		if n++; n > 6 || !isNoteText(p) && !endsAsNote(p) {
			return false
		}
	}
	return n > 0
}

// paragraph is the text from line i to the next empty one, eight lines at most.
func paragraph(lines []string, i int) string {
	var b strings.Builder
	for j := i; j < len(lines) && j < i+8 && b.Len() < 2000 && strings.TrimSpace(lines[j]) != ""; j++ {
		b.WriteString(clip(strings.TrimSpace(lines[j]), 2000) + " ")
	}
	return b.String()
}

// startsParagraph tells that nothing of the paragraph of line i stands above it.
func startsParagraph(lines []string, i int) bool {
	if i == 0 {
		return true
	}
	prev := strings.TrimSpace(lines[i-1])
	return prev == "" || rule.MatchString(prev) || len(prev) < 40 && noteHeading.MatchString(prev) ||
		strings.ContainsAny(prev, "0123456789@.") && contact.MatchString(prev)
}
