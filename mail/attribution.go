package mail

import (
	"regexp"
	"slices"
	"strings"
)

// The line by which a program introduces what it quotes: «Il giorno 12 mar
// 2027 alle ore 10:02 Formazione <x@y> ha scritto:», over up to six lines.
const verbs = `hai?\s+scritto|avete\s+scritto|scrive|scrisse|wrote|writes|sent|has\s+written|` +
	`schrieb|hat\s+geschrieben|geschrieben|[ée]crit|a\s+[ée]crit|escribi[óo]|escreveu|` +
	`napisał\(a\)|napisała?|pisze|nap[ií]sal\(a\)|nap[ií]sala?|je\s+napisa[lo]\S*|írta|schreef|geschreven|skrev|kirjoitti|kirjutas|написала?|пишет|пише|написав|написа|đã\s+viết|schrijft|` +
	`a\s+scris|va\s+escriure|yazdı|rašė|menulis|έγραψε`

var (
	endsInVerb = regexp.MustCompile(`(?i)(?:^|[\s>)"'”])(?:` + verbs + `)\s*:?\s*-*\s*$`)
	midVerb    = regexp.MustCompile(`(?i)\s(?:schrieb|skrev|schreef|kirjoitti)\s`) // «Am … schrieb Name:»
	// «Nome <x@y> ha scritto il …:», the date last.
	verbFirst  = regexp.MustCompile(`(?i)[>\s](?:` + verbs + `)\s+(?:il(?:\s+giorno)?|in\s+data|on|am|le|el|op|den)\s\D*\d.*:$`)
	verbAfter  = regexp.MustCompile(`(?i)@[^<>\s]+>,?\s+(?:` + verbs + `)\s+(?:il|in|on|am|le|el|op|den)\b`)
	dashedVerb = regexp.MustCompile(`(?i)^-{2,}.*\b(?:wrote|ha scritto|schrieb|a écrit|sent)\b\s*:?\s*-{2,}$`)
	// «Quoting Nome <x@y>:», as Horde writes it.
	quoting = regexp.MustCompile(`(?i)^(?:quoting|citando|zitat\s+von|quotando)\s+\S`)
	// How such a line begins.
	opening = regexp.MustCompile(`(?i)^-*\s*(?:on\s|il\s|in\s+data\s|addì\s|le\s|am\s|dne\s|el\s|em\s|op\s|w\s+dniu\s|dnia\s|den\s|på\s|vào\s|` +
		`d(?:ana|ňa)\s|în\s|pe\s+\d|pada\s|на\s+\d|στις\s|` +
		`(?:lun|mar|mer|gio|ven|sab|dom|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|jeu|ven|sam|dim|` +
		`tir|ons|tor|fre|lør|søn|man|ma|ti|ke|to|pe|la|su|пн|вт|ср|чт|пт|сб|вс)[a-zà-ÿ]*[.,]?\s+\d|` +
		`(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|luned|marted|mercoled|gioved|venerd|sabato|domenica)|` +
		`\d{1,2}\s+\p{L}{3,10}\.?\s+\d{4}\b|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}:\d{2})`)
	clock = regexp.MustCompile(`\b\d{1,2}[:.h]\d{2}\b`)
	// what somebody writes of a day and a person, and no introduction says
	ownWords   = regexp.MustCompile(`(?i)\b(?:alle|dalle|al|del|della|delle|con|per|iscriv\w+|partecip\w+|cors[oi]|verr\S+|quest[aei]|ore)\b`)
	colon      = regexp.MustCompile(`[:：]\s*$`)
	year       = regexp.MustCompile(`\b(?:19|20)\d\d\b`)
	shortDate  = regexp.MustCompile(`\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b`)
	inBrackets = regexp.MustCompile(`[<(\[]\s*[^<>\s]*@[^<>\s]+\s*[>)\]]+`)
	bracketEnd = regexp.MustCompile(`^>+\s*:?$`)
	// «Nome <x@y>:» after a date, without a verb.
	bareEnd = regexp.MustCompile(`[<(]\s*[^<>\s]+@[^<>\s]+\s*[>)]+\s*:?\s*$`)
	// «reply On Wed, Apr 4, 2012 at 3:59 PM, x@y wrote:» on one line.
	sharedLine = regexp.MustCompile(`^(.*?\S)\s*?-*\s*\b(?:On\s+(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s.*\bwrote:|` +
		`Il\s+giorno\s+(?:lun|mar|mer|gio|ven|sab|dom)[a-zì]*\.?,?\s+\d.*\bha\s+scritto:)\s*$`)
)

// attribution tells whether an attribution begins at line i, and how many
// lines it takes. «Il corso va bene» directly above «Il giorno 11 mar … ha
// scritto:» begins as one does, and was written.
func attribution(lines []string, i int) (n int, ok bool) {
	n, ok = attributionAt(lines, i)
	above, sentences := "", false
	for k := 1; ok && k < n; k++ {
		l := strings.TrimSpace(lines[i+k-1])
		above += l + " "
		sentences = sentences || strings.HasSuffix(l, ".") || strings.HasSuffix(l, "!")
		if !sentences && (clock.MatchString(above) || year.MatchString(above) || shortDate.MatchString(above) || strings.Contains(above, "@")) {
			break // a date or an address is of the introduction
		}
		if _, below := attributionAt(lines, i+k); below {
			return 0, false
		}
	}
	return n, ok
}

func attributionAt(lines []string, i int) (n int, ok bool) {
	first := strings.TrimSpace(lines[i])
	if strings.HasPrefix(first, markAttribution) {
		n = 1
		for i+n < len(lines) && strings.HasPrefix(lines[i+n], markAttribution) {
			n++
		}
		return n, true
	}
	if len(first) < 6 || len(first) > 400 {
		return 0, false
	}
	if strings.HasPrefix(first, "--") && dashedVerb.MatchString(first) {
		return 1, true
	}
	if quoting.MatchString(first) {
		for n := 1; n <= 2 && i+n <= len(lines); n++ {
			if strings.HasSuffix(strings.TrimSpace(lines[i+n-1]), ":") && quotedNext(lines, i+n) {
				return n, true
			}
		}
	}
	starts := opening.MatchString(first) || verbAfter.MatchString(first)
	if !starts && !strings.ContainsAny(first, "@") && !colon.MatchString(first) {
		return 0, false // spares the patterns below most lines
	}
	joined := ""
	for n = 1; n <= 6 && i+n-1 < len(lines); n++ {
		line := strings.TrimSpace(lines[i+n-1])
		if line == "" {
			// Some wrap «\n\n<address>».
			if i+n < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[i+n]), "<") {
				continue
			}
			return 0, false
		}
		if n > 1 && (!starts || strings.HasPrefix(line, ">") && !endsInVerb.MatchString(line) && !bracketEnd.MatchString(line)) {
			return 0, false
		}
		joined = strings.TrimSpace(joined + " " + line)
		if len(joined) > 600 {
			return 0, false
		}
		if !mayEnd(line) {
			continue
		}
		// In a language that is not known here: who, when, and a colon.
		if (quotedNext(lines, i+n) || !ownWords.MatchString(joined)) && colon.MatchString(joined) && inBrackets.MatchString(joined) && clock.MatchString(joined) && (year.MatchString(joined) || shortDate.MatchString(joined)) {
			return n, true
		}
		dated := clock.MatchString(joined) || year.MatchString(joined) || shortDate.MatchString(joined)
		address := inBrackets.MatchString(joined) || strings.Contains(joined, "@")
		if endsInVerb.MatchString(joined) {
			switch {
			case starts && (clock.MatchString(joined) || address && dated):
				return n, true
			case starts && dated && strings.HasSuffix(joined, ":"):
				return n, true
			case n == 1 && address && (inBrackets.MatchString(joined) || clock.MatchString(joined)):
				return n, true
			case quotedNext(lines, i+n) && strings.HasSuffix(joined, ":"):
				return n, true
			}
		}
		if dated && clock.MatchString(joined) && strings.HasSuffix(joined, ":") && (verbFirst.MatchString(joined) || quotedNext(lines, i+n)) {
			return n, true
		}
		if starts && dated && midVerb.MatchString(joined) && strings.HasSuffix(joined, ":") &&
			(clock.MatchString(joined) || quotedNext(lines, i+n)) {
			return n, true
		}
		if starts && dated && bareEnd.MatchString(joined) && !strings.Contains(joined, "mailto:") {
			if strings.HasSuffix(joined, ":") || quotedNext(lines, i+n) {
				return n, true
			}
		}
	}
	return 0, false
}

// introduces tells a line that would be an introduction if a colon ended it: it
// stands above a repeated header.
func introduces(l string) bool {
	return opening.MatchString(strings.TrimSpace(l)) && (year.MatchString(l) || shortDate.MatchString(l)) && clock.MatchString(l) && (midVerb.MatchString(l) || endsInVerb.MatchString(l))
}

// mayEnd spares the patterns the lines on which no introduction ends.
func mayEnd(l string) bool {
	if strings.HasSuffix(l, "：") {
		return true
	}
	switch l[len(l)-1] {
	case ':', '>', ')', ']', '-', '"':
		return true
	}
	return endsInVerb.MatchString(l[max(0, len(l)-24):])
}

// quotedNext tells whether the next line that holds anything is quoted.
func quotedNext(lines []string, i int) bool {
	for ; i < len(lines); i++ {
		if t := strings.TrimSpace(lines[i]); t != "" {
			return strings.HasPrefix(t, ">")
		}
	}
	return false
}

// The header that a program repeats above what it quotes.
var (
	fieldFrom = `da|от|de\s+la|kimden|lähettäjä|发件人|寄件者|feladó|from|von|de|van|fra|från|od|mittente|expéditeur|absender|remitente`
	fieldDate = `отправлено|дата|trimis|gönderildi|tarih|lähetetty|发送时间|日期|寄件日期|inviato(?:\s+il)?|spedito(?:\s+il)?|elküldve|odesláno|poslano|data|date|sent|gesendet|datum|envoyé(?:\s+le)?|verzonden|dato|sendt|skickat|wysłano|enviado(?:\s+el)?|fecha|data\s+invio|ricevuto`
	fieldTo   = `a|кому|către|kime|vastaanottaja|收件人|收件者|to|an|à|aan|til|till|do|per|címzett|komu|za|para|destinatario|destinatari|destinataire|empfänger|cc|ccn|bcc|copie\s+à|kopie|copia|p\.?c\.?`
	fieldSubj = `тема|subiect|konu|aihe|主题|主旨|oggetto|subject|betreff|objet|onderwerp|emne|ämne|temat|asunto|assunto|sujet|ogg|tárgy|předmět|zadeva|re|priorità|importanza|importance|allegati|attachments?|anlagen|rispondi\s+a|reply-to|message\s+du`

	headerField = regexp.MustCompile(`(?i)^[>\s*_|]*(` + fieldFrom + `|` + fieldDate + `|` + fieldTo + `|` + fieldSubj + `)[*_\s]*[:：][*_\s]*`)
	fromField   = regexp.MustCompile(`(?i)^[\s*_|]*(?:` + fieldFrom + `)[*_\s]*[:：]`)
	dateField   = regexp.MustCompile(`(?i)^[\s*_|]*(?:` + fieldDate + `|message\s+du)[*_\s]*[:：]`)
	toField     = regexp.MustCompile(`(?i)^[\s*_|]*(?:` + fieldTo + `)[*_\s]*[:：]`)
	subjField   = regexp.MustCompile(`(?i)^[\s*_|]*(?:тема|subiect|konu|aihe|主题|主旨|oggetto|subject|betreff|objet|onderwerp|emne|ämne|temat|asunto|assunto|sujet|ogg|tárgy|předmět|zadeva)[*_\s]*[:：]`)
)

// bareHeader is the header as the webmail of Aruba's PEC repeats it, without
// colons.
var bareHeader = regexp.MustCompile(`^Da\s[^\n]*@[^\n]*\nA\s[^\n]*\n(?:Ccn?\b[^\n]*\n)*Data\s[^\n]*\nOggetto\s`)

// bareField is one line of such a header, as eM Client writes it.
var bareField = regexp.MustCompile(`^(?:Da|A|Per|Cc|Ccn|Data|Oggetto|From|To|Date|Subject|Von|An|Datum|Betreff)\s+\S`)

// lostLines is a header whose line ends were lost.
var lostLines = regexp.MustCompile(`(?i)^\W*(?:da|from|date|data|von)\s*:.{3,200}?\s(?:from|da|a|to|von|an)\s*:.{2,200}?\s(?:subject|oggetto|betreff|objet)\s*:`)

// headerBlock tells whether the repeated header of a quoted message begins at
// line i: at least two different fields close together, of which one names
// people or the subject and one more is not a mere date.
func headerBlock(lines []string, i int) bool {
	if strings.HasPrefix(lines[i], "Da ") && bareHeader.MatchString(strings.Join(lines[i:min(i+7, len(lines))], "\n")) {
		return true
	}
	if len(lines[i]) > 40 && len(lines[i]) < 1000 && lostLines.MatchString(lines[i]) {
		return true
	}
	if !strings.ContainsAny(lines[i], ":：") || !headerField.MatchString(lines[i]) || strings.HasPrefix(strings.TrimSpace(lines[i]), ">") {
		return false
	}
	if !fromField.MatchString(lines[i]) && !dateField.MatchString(lines[i]) && !toField.MatchString(lines[i]) && !subjField.MatchString(lines[i]) {
		return false
	}
	var from, date, to, subj bool
	misses := 0
	for j := i; j < len(lines) && j < i+14; j++ {
		l := lines[j]
		if strings.TrimSpace(l) == "" {
			if j > i && (from || to) && date || j-i > 1 || to && !from {
				break
			}
			misses++
			continue
		}
		switch {
		case dateField.MatchString(l):
			date = true
		case subjField.MatchString(l):
			subj = true
		case fromField.MatchString(l):
			from = true
		case toField.MatchString(l):
			to = true
		default:
			misses++
			if misses > 4 {
				j = len(lines)
			}
			continue
		}
	}
	n := 0
	for _, b := range []bool{from, date, to, subj} {
		if b {
			n++
		}
	}
	if n >= 3 {
		return true
	}
	// Two fields: a sentence like «Data: giovedì / A: tutti» is told from a
	// header by the address.
	if n == 2 && (from || to) {
		near := lines[i:min(i+4, len(lines))]
		if end := slices.Index(near, ""); end > 0 {
			near = near[:end]
		}
		return strings.Contains(strings.Join(near, " "), "@")
	}
	return false
}

// «-----Messaggio originale-----» and its relatives.
var separator = regexp.MustCompile(`(?i)^[>\s]*[-_=*~]{2,}\s*(?:` +
	`messaggio\s+(?:originale|inoltrato|originario)|inoltro\s+messaggio|inizio\s+messaggio\s+inoltrato|messaggio\s+(?:di\s+)?risposta|` +
	`original\s+(?:message|mail|appointment)|reply\s+message|forwarded\s+(?:message|mail)(?:\s+by.*)?|` +
	`urspr(?:ü|ue)ngliche\s+(?:nachricht|mail)|originalnachricht|original-?nachricht|antwort\s+nachricht|weitergeleitete\s+(?:nachricht|mail)|` +
	`message\s+(?:d['’]origine|original|initial|transf[ée]r[ée]|transmis)|` +
	`oprindelig\s+(?:meddelelse|besked)|opprinnelig\s+melding|ursprungligt\s+meddelande|oorspronkelijk\s+bericht|` +
	`(?:messaggio\s+da|message\s+from|nachricht\s+von|message\s+de)\s+\S+@\S+|` +
	`mensaje\s+original|mensagem\s+original|wiadomość\s+oryginalna|oryginalna\s+wiadomość|původní\s+zpráva|pôvodná\s+správa|eredeti\s+üzenet|alkuperäinen\s+viesti|исходное\s+сообщение|mesajul?\s+original|原始邮件` +
	`)\s*:?\s*[-_=*~]{2,}`)

// notesTable is the frame that Notes draws around a repeated header.
var notesTable = regexp.MustCompile(`^\s*\|-{5,}>\s*$`)

// «>>> Nome <x@y> 11/03/2027 09:02 >>>», as GroupWise writes it: what follows
// is quoted without bars.
var arrows = regexp.MustCompile(`^>>>\s.*(?:@|\d[./:]\d).*>>>\s*$`)

// The same without dashes, as Apple Mail and some phones write it.
var bareSeparator = regexp.MustCompile(`(?i)^\s*(?:inizio messaggio inoltrato|begin forwarded message|messaggio originale|anfang der weitergeleiteten (?:nachricht|e-mail)|début du message (?:réexpédié|transféré))\s*:\s*$`)

// What may stand between a rule and a repeated header.
var bareTitle = regexp.MustCompile(`(?i)^\s*(?:messaggio originale|original message|ursprüngliche nachricht|message d['’]origine)\s*$`)

// The marker that prompts carry. In the formal form too.
var marker = regexp.MustCompile(`(?i)scriv(?:i|ere|ete)\s+(?:\S+\s+){0,4}?sopra\s+(?:a\s+)?questa\s+(?:riga|linea)`)

// isMarker tells the line of the marker.
func isMarker(l string) bool {
	return strings.Contains(strings.ToLower(l), "sopra") && marker.MatchString(l)
}

// isSeparator tells a line that announces the message quoted below.
func isSeparator(l string) bool {
	t := strings.TrimLeft(l, "> \t")
	return notesTable.MatchString(l) || t != "" && strings.IndexByte("-_=*~", t[0]) >= 0 && separator.MatchString(l) ||
		strings.HasSuffix(t, ":") && bareSeparator.MatchString(l)
}

// rule is a line of signs alone.
var rule = regexp.MustCompile(`^\s*(?:[-_=*–—]\s?){5,}\s*$`)
