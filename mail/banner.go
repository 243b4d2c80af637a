package mail

import (
	"regexp"
	"strings"
)

// Gateways put a warning above a mail that comes from outside: so above the
// answers of all other offices, too. A tag does it alone; a sentence says where
// the mail comes from and what to beware of.
var (
	bannerTag = regexp.MustCompile(`(?i)^[\s*_|]*(?:[\[({<]+\s*(?:e-?mail\s+|mail\s+|messaggio\s+|mittente\s+)?(?:ext|extern(?:al|e|er)?|estern[oa]|caution|attenzione)(?:[\s_:-]+(?:e-?mail|mail|sender|messaggio|mittente))?\s*[\])}>]+|` +
		`(?-i:EXTERNAL|CAUTION|ESTERNO|EXTERN)(?:\s+(?-i:E-?MAIL|MAIL|SENDER))?\s*[:!]*|\*+\s*(?:external|email\s+esterna|mail\s+esterna|messaggio\s+esterno)\s*\*+)[\s*_|:-]*$`)
	bannerMail   = regexp.MustCompile(`(?i)\b(?:e-?mails?|mail|messaggi[oi]?|messages?|mittente|sender|nachricht(?:en)?|absender|courriels?|exp[ée]diteur|posta\s+elettronica)\b`)
	bannerOrigin = regexp.MustCompile(`(?i)\b(?:prov(?:iene|enient\w|enga)|arriva(?:ta)?|inviat[oa]|origin\w+|ricevut[oa]|sent|comes?|came|received)\s+(?:\S+\s+){0,4}?(?:(?:dall['’])?estern\w+|outside|external)\b|` +
		`\b(?:mittente|sistema)\s+estern\w\b|\bexternal\s+(?:sender|source|e-?mail|message)\b|^\W*(?:attenzione\W+)?(?:(?:questa\s+è\s+)?un[a']?\s*)?(?:e-?mail|mail|messaggio)\s+estern[ao]\b|` +
		`\bau(?:ß|ss)erhalb\b|\bextern(?:en?|er)?\s+(?:absender|e-?mail|quelle)|\bl['’]ext[ée]rieur\b|\bexp[ée]diteur\s+externe\b|` +
		`\bnon\s+(?:si\s+ricev\w+|ricev(?:i|ete))\s+spesso\b|\bdon['’]t\s+often\s+get\b|\bnicht\s+oft\b|\bpas\s+souvent\b`)
	bannerAdvice = regexp.MustCompile(`(?i)\bnon\s+(?:fare\s+clic|clicca\w*|apri(?:re|te)?\b|scarica\w*|rispond(?:ere|ete|i)\b|inserire)|\bnot?\s+(?:click|open)|n['’]t\s+click|\bnicht\b.{0,60}(?:klick|öffn)|\bnicht\s+auf\b|\bne\s+(?:pas\s+)?cliqu|\bprestar?e\b|\b(?:attenzione|cautela|caution|careful|vorsicht|prudence|warning)\b|` +
		`\borgani(?:zzazione|[sz]ation)\b|\b(?:non\s+(?:si\s+)?riconosc|recogni[sz]e|verifica(?:re|te)\s|check\s)|\binformazioni\s+sul\s+perch[ée]|\bscopri\s+perch[ée]|\blearn\s+why|\berfahren\s+sie|\bd[ée]couvr`)
)

// isBanner tells a whole warning: what a person says of a mail from outside is
// in the first person, and asks something.
func isBanner(text string) bool {
	if bannerTag.MatchString(text) {
		return true
	}
	return len(text) < 700 && bannerMail.MatchString(text) && bannerOrigin.MatchString(text) && bannerAdvice.MatchString(text) &&
		!noteTold.MatchString(text) && !bannerTold.MatchString(text) && !strings.Contains(text, "?")
}

// bannerTold is how a person speaks of a mail from outside.
var bannerTold = regexp.MustCompile(`(?i)\b(?:vostr[oaie]|il\s+nostro|siamo|ricev(?:o|iamo)|rispond(?:o|iamo)|non\s+riesc\w+|docent[ei]|relator[ei]|come\s+riconoscere)\b`)

// maxBanner is how many lines a warning has, at most.
const maxBanner = 6

// withoutBanner cuts the warnings above the words of the writer. A word that may
// be an answer, «(esterno)», stays where it is all that was written.
func withoutBanner(lines []string) []string {
	all := trimBlank(lines)
	for {
		rest := trimBlank(lines)
		framed := len(rest) > 0 && rule.MatchString(rest[0])
		if framed {
			rest = trimBlank(rest[1:])
		}
		n := bannerLines(rest)
		if n == 0 {
			if len(trimBlank(lines)) == 0 && len(all) == 1 && len(all[0]) < 20 && !strings.Contains(all[0], "[") {
				return all
			}
			return lines
		}
		lines = trimBlank(rest[n:])
		if framed && len(lines) > 0 && rule.MatchString(lines[0]) {
			lines = lines[1:]
		}
	}
}

// bannerLines is how many of the first lines are a warning: the fewest that say
// all of it and end a sentence, and what goes on warning below.
func bannerLines(lines []string) int {
	said := ""
	for n := 1; n <= min(len(lines), maxBanner); n++ {
		l := strings.TrimSpace(lines[n-1])
		if l == "" {
			return 0
		}
		said = strings.TrimSpace(said + " " + l)
		whole := n == len(lines) || strings.TrimSpace(lines[n]) == "" || strings.ContainsAny(said[len(said)-1:], ".!)]*")
		if !isBanner(said) || !whole && !bannerTag.MatchString(said) {
			continue
		}
		for n < min(len(lines), maxBanner) && bannerAdvice.MatchString(lines[n]) && !noteTold.MatchString(lines[n]) && !strings.Contains(lines[n], "?") && !bannerTag.MatchString(said) {
			n++
		}
		return n
	}
	return 0
}
