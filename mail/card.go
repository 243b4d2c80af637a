package mail

import (
	"regexp"
	"slices"
	"strings"
)

// What only a signature holds.
var contact = regexp.MustCompile(`(?i)^\s*[☎☏✆✉📞📱📠📧🏠🌐]|(?:^|[\s(|])(?:t[eé]l(?:efono|éphone)?|cell(?:ulare)?|fax|mob|phone|centralino|int(?:erno)?)[.:\s]+\+?[\d(/]|(?:^|[\s(|])[tmfc]\.?\s*:?\s*\+39|(?:^|\s)(?:e-?mail|pec|web|sito)\s*:|\bwww\.|^\s*(?:(?:via|viale|v\.le|piazza|p\.zza|largo|vico|salita|c\.so)\s+(?:(?:del|dei|delle|della)\s+)?(?-i:[A-ZÀ-Ú])|corso\s+(?-i:[A-ZÀ-Ú]).*\d)|^\s*(?:\+39\s?)?[03]\d{1,3}[\s./-]?\d[\d\s./-]{4,10}\s*$|\bp\.?\s?iva\b|\b18\d{3}\b|^[\s*]*[\w.+-]+@[\w.-]+\.\w+[\s*]*$`)

// Where somebody works.
var office = regexp.MustCompile(`(?i)^[\s*_|]*(?:(?:il\s+|la\s+|l['’])?(?:sindac|vicesindac|assessor|segretari|segreteria|responsabil|istrutt|funzionari|dirigent)|comune\s+di|provincia\s+di|unione\s+(?:dei\s+)?comuni|communes?\s+d|ville\s+d|mairie|région\s|(?:le\s+|la\s+)?(?:maire|syndic|secrétaire)|service\s|(?:der\s+|die\s+)?(?:markt)?gemeinde|(?:der\s+|die\s+)?(?:bürgermeister|amtsleit|sekretär)|abteilung\s|amt\s+für|stadt\s|town\s+of|municipality|regione|asl|ufficio|area|settore|servizio?|(?:corpo\s+(?:\S+\s+)?di\s+|comando\s+(?:di\s+)?)?polizia\s+locale|ragioneria|anagrafe|biblioteca|museo|scuola|istituto|asilo|nido|casa\s+di\s+riposo|consorzio|gruppo\s+comunale|protezione\s+civile|economato|protocollo|demografici|tributi\b|sportello|direzione|messo\s+comunale|città\s+(?:di|metropolitana)|unità\s|suap\b|urp\b|centrale\s+unica|geom\.|dott\.|arch\.|ing\.|rag\.|avv\.|p\.?a\.?\s|(?-i:L['’]Ufficio(?:\s+(?:\p{Lu}[\p{L}.]*|e|di|del|della|delle|dei))+\s*$))`)

// withoutCard cuts a signature that no mark announces: one that begins with the
// writer's own name, the block after the closing words, or the last paragraphs,
// if they hold what only signatures hold.
func (w writer) withoutCard(lines []string) []string {
	lines = withoutRules(lines)
	if letter := withoutHours(lines); len(letter) < len(lines) {
		if kept := w.cutCard(letter); len(kept) < len(letter) {
			return kept
		}
	}
	return w.cutCard(lines)
}

func (w writer) cutCard(lines []string) []string {
	if i := w.signature(lines); i >= 0 {
		return withoutRules(lines[:i])
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
	return withoutBlock(lines)
}

// hours is when an office is open, as some say below their signature.
var hours = regexp.MustCompile(`(?i)^[\s*_]*(?:(?:gli\s+)?orari[oi]?\b|apert(?:ura|o)\s+al\s+pubblico|(?:si\s+)?riceve\b|ricevimento\b|(?:lo\s+|l['’])?(?:sportello|ufficio)\s+(?:è\s+)?(?:aperto|riceve)|numero\s+verde)`)

// withoutHours cuts the last paragraphs that say when an office is open, three at
// most.
func withoutHours(lines []string) []string {
	for range 3 {
		i := lastParagraph(lines)
		if i == 0 || !hours.MatchString(lines[i]) || !opens.MatchString(lines[i]) {
			break
		}
		lines = trimBlank(lines[:i])
	}
	return lines
}

var opens = regexp.MustCompile(`(?i)\b(?:lun\w*|mar\w*|mer\w*|gio\w*|ven\w*|uffici\w*|pubblico|sportello|aperto|riceve|verde)\b`)

// lastParagraph is the line where it begins.
func lastParagraph(lines []string) int {
	i := len(lines) - 1
	for i > 0 && strings.TrimSpace(lines[i-1]) != "" {
		i--
	}
	return max(i, 0)
}

func withoutRules(lines []string) []string {
	lines = trimBlank(lines)
	for len(lines) > 0 && (rule.MatchString(lines[len(lines)-1]) || len(lines) > 1 && dashes.MatchString(lines[len(lines)-1])) {
		lines = trimBlank(lines[:len(lines)-1])
	}
	return lines
}

// nameAlone tells that the first paragraph is one name, with which a person ends
// a letter: the signature of the program stands below it.
func nameAlone(lines []string) bool {
	return len(lines) > 2 && strings.TrimSpace(lines[1]) == "" &&
		(personName.MatchString(lines[0]) || firstName.MatchString(lines[0])) &&
		!office.MatchString(lines[0]) && !article.MatchString(lines[0])
}

// withoutBlock cuts the last paragraphs that are a card together. Outlook puts
// an empty line below each line, so that a card is as many paragraphs.
func withoutBlock(lines []string) []string {
	cut, end := -1, len(lines)
	for n := 0; end > 0 && n < 16; n++ {
		start := end
		for start > 0 && strings.TrimSpace(lines[start-1]) != "" {
			start--
		}
		if start == 0 {
			if countWords(lines) > 2 && belongs(lines[0]) && !greeting.MatchString(lines[0]) && labelled(lines) && card(lines) {
				return nil // nothing but a card
			}
			break
		}
		if belongs(lines[start]) && card(lines[start:]) {
			cut = start
		}
		if slices.ContainsFunc(lines[start:end], ended) || end-start > 1 && cut != start {
			break
		}
		for end = start; end > 0 && strings.TrimSpace(lines[end-1]) == ""; {
			end--
		}
	}
	if cut < 0 {
		return lines
	}
	above := trimBlank(lines[:cut])
	last := above[len(above)-1]
	if !labelled(lines[cut:]) && (strings.HasSuffix(last, ":") || len(above) == 1 && salutation.MatchString(last)) {
		return lines // who somebody is may be what was asked
	}
	return above
}

// ended tells a line above which no card goes on.
func ended(l string) bool {
	t := strings.TrimSpace(l)
	return closingWords.MatchString(t) || thanks.MatchString(t) || sentence.MatchString(t) || strings.HasSuffix(t, ":") || strings.HasSuffix(t, ",")
}

// belongs tells a line with which a card may begin.
func belongs(l string) bool {
	for _, part := range segments(l) {
		if contact.MatchString(part) || office.MatchString(part) || personName.MatchString(part) {
			return true
		}
	}
	return bracketed.MatchString(l)
}

// bracketed is what stands for a picture.
var bracketed = regexp.MustCompile(`^\s*\[[^\]]{1,80}\]\s*$`)

var between = regexp.MustCompile(`\s*[|•·]\s*|\s+[-–—]\s+`)

// segments are the parts of a line of a card: «Anna Verdi | Ufficio Tributi».
func segments(l string) []string { return between.Split(strings.Trim(l, " \t*_|"), 8) }

// card tells the lines in which somebody says who they are: a number or an
// address and a place of work or a name, or a name and nothing but places below.
func card(lines []string) bool {
	kept, numbers, places, others := 0, 0, 0, 0
	named, town := false, false
	for _, l := range lines {
		if len(l) > 160 || strings.HasSuffix(strings.TrimSpace(l), "?") || hours.MatchString(l) && !opens.MatchString(l) {
			return false // «Orario: meglio se dalle 9» is an answer
		}
		if strings.TrimSpace(l) == "" || rule.MatchString(l) || bracketed.MatchString(l) {
			continue
		}
		kept++
		parts := segments(l)
		if kept == 1 {
			named = personName.MatchString(parts[0]) && !article.MatchString(parts[0])
		}
		number := slices.ContainsFunc(parts, contact.MatchString) || contact.MatchString(l)
		place := slices.ContainsFunc(parts, office.MatchString)
		switch {
		case number:
			numbers++
			if kept == 1 && len(parts) > 1 && named {
				places++
			}
		case place && !strings.Contains(l, ":"):
			places++
			town = town || municipality.MatchString(l)
		case len(l) > 120:
			return false
		case !personName.MatchString(l):
			others++
		}
	}
	if kept < 2 {
		return false
	}
	if numbers > 0 {
		return named || kept > 2 && (places > 0 || numbers > 1) || town
	}
	return others == 0 && kept <= 6 && (named && places > 0 || places == kept && town)
}

// concluded tells that the lines end a text: with a full stop or a farewell.
func concluded(lines []string) bool {
	lines = trimBlank(lines)
	if len(lines) == 0 {
		return false
	}
	last := strings.TrimSpace(lines[len(lines)-1])
	return strings.ContainsAny(last[len(last)-1:], ".!?") || farewellStart.MatchString(last) || strings.Contains(last, " - ")
}

// nameplate tells a name and no more than three short lines below it, such as
// stand below a rule.
func nameplate(lines []string) bool {
	lines = trimBlank(lines)
	if len(lines) == 0 || countWords(lines) > 4 || !personName.MatchString(untitled.ReplaceAllString(strings.TrimSpace(lines[0]), "")) {
		return false
	}
	return !slices.ContainsFunc(lines, func(l string) bool {
		l = strings.TrimSpace(l)
		return len(l) > 50 || l != "" && strings.ContainsAny(l[len(l)-1:], ".!?:,;")
	})
}

// municipality is a line that names one.
var municipality = regexp.MustCompile(`(?i)\b(?:comune|città|provincia|unione\s+(?:dei\s+)?comuni)\s+d`)

// labelled tells that a number or an address stands in the lines.
func labelled(lines []string) bool { return slices.ContainsFunc(lines, contact.MatchString) }

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
	if len(lines) == 1 && personName.MatchString(untitled.ReplaceAllString(strings.TrimSpace(lines[0]), "")) && !municipality.MatchString(lines[0]) {
		return false // one name, with a title or not
	}
	for _, l := range lines {
		if contact.MatchString(l) || office.MatchString(l) {
			return true
		}
		names = names && (strings.TrimSpace(l) == "" || personName.MatchString(l))
	}
	return names && len(lines) > 1
}
