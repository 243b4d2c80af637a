package training

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/italian"
)

// Bounds of a text that is read for needs: what comes after is not read.
const (
	maxNeedText   = 4000 // bytes
	maxNeedTokens = 300
	maxTokenBytes = 40
)

// token is a word of a text, folded to lower case without accents.
type token struct {
	word     string
	stem     string
	clause   int  // counts stretches between commas, full stops, «ma», …
	part     int  // counts stretches between commas and «e»
	sentence int  // counts stretches between full stops
	capitals bool // written in capitals in a text that is not
	stop     bool // carries no subject
}

// accents folds what Italian keyboards and phones write.
var accents = strings.NewReplacer(
	"à", "a", "á", "a", "â", "a", "ä", "a", "è", "e", "é", "e", "ê", "e", "ë", "e",
	"ì", "i", "í", "i", "î", "i", "ò", "o", "ó", "o", "ô", "o", "ö", "o",
	"ù", "u", "ú", "u", "û", "u", "ü", "u", "ç", "c", "ñ", "n",
)

// newClause are words that part what is said of one thing from what is said
// of another.
var newClause = wordSet("ma pero piuttosto invece mentre bensi quindi perche siccome poiche dato visto")

// stopWords carry no subject. Verbs of asking are here too: they are cues, not
// subjects.
var stopWords = wordSet(`a ad al allo alla ai agli alle con col coi da dal dallo dalla dai dagli dalle di del dello
della dei degli delle in nel nello nella nei negli nelle su sul sullo sulla sui sugli sulle per tra fra il lo la i gli
le un uno una e ed o od che chi cui non ne ci vi si mi ti se ma pero anche ancora gia piu meno molto poco tanto tutto
tutti tutta tutte ogni questo questa questi queste quello quella quelli quelle quel quei noi voi loro lui lei io tu
mio mia miei mie tuo tua suo sua suoi sue nostro nostra nostri nostre vostro vostra vostri vostre e' sono sei siamo
siete ho hai ha abbiamo avete hanno era erano essere avere fare fa faccio facciamo fate fanno
fatto fatta fatti cosa cose come quando dove perche quale quali quanto quanti quanta quante qui qua li la poi prima
dopo ora adesso oggi ieri domani sempre mai solo proprio cosi bene male grazie prego salve buongiorno buonasera ciao
cordiali saluti distinti vs ns cioe ecc etc oppure dunque quindi mentre senza sopra dentro fuori verso x xke
qualcosa qualcuno nessuno niente nulla alcuni alcune alcuno alcuna altro altra altri altre stesso stessa stessi vari
varie piccolo piccola piccoli piccole nuovo nuova nuovi nuove po volta volte anno anni mese mesi posto posti cose roba gente persona persone insegna insegnano chiede chiedono parlare parlava parla
dell all nell sull dall un quest quell d l c s m n t v`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// tokenize cuts a text into words. «d.lgs.», «me.pa.» and «C.O.C.» become one
// word each, «dell'acqua» two.
func tokenize(text string) []token {
	if len(text) > maxNeedText {
		text = text[:maxNeedText]
	}
	text = strings.ToValidUTF8(text, " ")
	shouting := mostlyCapitals(text)
	var tokens []token
	clause, part, sentence := 0, 0, 0
	rs := []rune(text)
	for i := 0; i < len(rs) && len(tokens) < maxNeedTokens; {
		r := rs[i]
		if !isWordRune(r) {
			switch r {
			case '.', '!', '?', ';', '\n':
				clause, sentence = clause+1, sentence+1
			case ',', ':', '(', ')', '–', '—', '•', '*':
				clause++
			case '/':
				if i == 0 || !unicode.IsDigit(rs[i-1]) { // 81/08 is one thing
					clause++
				}
			case '-':
				if i > 0 && unicode.IsSpace(rs[i-1]) {
					clause++
				}
			case '+', '&':
				part++
			}
			i++
			continue
		}
		end := i
		for end < len(rs) && isWordRune(rs[end]) {
			end++
		}
		word := string(rs[i:end])
		// Short pieces with full stops and no space between are one word.
		for end-i <= 3 && end+1 < len(rs) && rs[end] == '.' && unicode.IsLetter(rs[end+1]) {
			next := end + 1
			for next < len(rs) && isWordRune(rs[next]) {
				next++
			}
			if next-end-1 > 4 || utf8.RuneCountInString(word) > 8 {
				break
			}
			word += string(rs[end+1 : next])
			i, end = next-1, next
			if end < len(rs) && rs[end] == '.' && (end+1 == len(rs) || !unicode.IsLetter(rs[end+1])) {
				end++ // the full stop of the abbreviation ends no sentence
				break
			}
		}
		i = end
		upper := !shouting && len(word) > 1 && strings.ToUpper(word) == word && strings.ToLower(word) != word
		folded := fold(word)
		switch {
		case newClause[folded]:
			clause++
		case folded == "e" || folded == "ed" || folded == "o" || folded == "oppure":
			part++
		}
		if len(folded) > maxTokenBytes {
			continue
		}
		tokens = append(tokens, token{
			word: folded, stem: stem(folded), clause: clause, part: clause + part, sentence: sentence,
			capitals: upper, stop: stopWords[folded],
		})
	}
	return tokens
}

func fold(word string) string { return accents.Replace(strings.ToLower(word)) }

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// mostlyCapitals tells a text that is shouted: capitals say nothing there.
func mostlyCapitals(text string) bool {
	upper, lower := 0, 0
	for _, r := range text {
		switch {
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		}
	}
	return upper > lower && upper > 10 // «AI» alone is not shouted
}

// stem is the Italian snowball stem. Words of up to four letters stay as they
// are: the stem of «tari» would be that of «TAR», the one of «sale» a «SAL».
func stem(word string) string {
	if len(word) <= 4 || word[0] >= '0' && word[0] <= '9' {
		return word
	}
	env := snowballstem.NewEnv(word)
	italian.Stem(env)
	s := env.Current()
	// The stemmer leaves the h of «archi», «giuridiche».
	if len(s) > 4 && strings.HasSuffix(s, "h") {
		s = s[:len(s)-1]
	}
	return s
}
