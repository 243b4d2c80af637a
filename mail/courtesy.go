package mail

import (
	"regexp"
	"strings"
)

// salutation is a greeting at the head of a letter.
var salutation = regexp.MustCompile(`(?i)^\s*(?:buon\s?giorno|buona\s?sera|salve|ciao|gentil\w+|egregi\w*|spett\S*)[^.:]{0,40}$`)

// The words that end a letter.
var closingWords = regexp.MustCompile(`(?i)^[\s*_]*(?:(?:con\s+i\s+)?(?:molto\s+|più\s+)?(?:cordiali|cordialissimi|distinti|cari|migliori|tanti)\s+saluti|(?:un\s+)?(?:cordiale|caro)\s+saluto|cordialmente|saluti(?:\s+cordiali)?|` +
	`(?:mille\s+)?grazie\s+(?:e|,)\s+(?:(?:cordiali|distinti|cari)\s+)?saluti|(?:(?:grazie|saluti)\s+e\s+)?buon(?:a\s+(?:giornata|serata)|\s+lavoro)|(?:best|kind)\s+regards|regards|(?:mit\s+)?freundlichen?\s+grü(?:ß|ss)en?|mfg|cordialement|bien\s+à\s+vous)[\s.,!;*_]*$`)

// thanks is a line that says nothing else.
var thanks = regexp.MustCompile(`(?i)^\s*(?:(?:mille\s+|molte\s+)?grazie(?:\s+(?:mille|tante|ancora|a\s+tutti|a\s+voi|di\s+tutto))?|ciao(?:\s+ciao)?|saluti|a\s+presto)\s*[.,!]*$`)

// farewellStart begins a line that ends a letter, and may say more.
var farewellStart = regexp.MustCompile(`(?i)^\s*(?:(?:mille\s+|molte\s+)?grazie|saluti|(?:cordiali|distinti|cari|tanti|migliori)\s+saluti|un\s+(?:caro\s+|cordiale\s+)?saluto|cordialmente|cordialità|ciao|a\s+(?:presto|domani|dopo|risentirci|luned|marted|mercoled|gioved|venerd)[\p{L}]*|buon[ao]?\s+(?:giornata|serata|lavoro|fine|week)|resto\s+a\s+disposizione|rest(?:o|iamo|ando)|in\s+attesa|(?:si\s+)?porg\w+|thanks|cheers|regards|best|merci|danke)(?:[\s,.!;]|$)`)

// farewell tells a line that says nothing but goodbye.
func (w writer) farewell(l string) bool {
	return closingWords.MatchString(l) || thanks.MatchString(l) || farewellStart.MatchString(l) && !strings.HasSuffix(l, "?")
}

// aside begins a remark on something else.
var aside = regexp.MustCompile(`(?i)^\s*(?:ah\b|a\s+proposito|(?:ne\s+)?approfitto|colgo\s+l|p\.?\s?s\.?[\s:,]|n\.?\s?b\.?[\s:,]|(?:vi\s+)?segnalo)`)

// withoutFarewell cuts the greeting and the name that somebody leaves below the
// last answer; the first line may be one when the question is answered already.
func (w writer) withoutFarewell(lines []string, answered bool) []string {
	for i, l := range lines {
		gap := i == 0 || strings.TrimSpace(lines[i-1]) == ""
		if (i > 0 || answered) && (gap && aside.MatchString(l) || postscriptMark.MatchString(l)) {
			lines = lines[:i]
			break
		}
		if w.farewell(l) && (i == 0 && (answered || closingWords.MatchString(l)) ||
			i > 0 && (strings.TrimSpace(lines[i-1]) == "" || countWords(lines[i:]) <= 3)) {
			lines = lines[:i]
			break
		}
	}
	lines = trimBlank(lines)
	if len(lines) == 0 {
		return nil
	}
	last := len(lines) - 1
	switch l := lines[last]; {
	case last == 0 && !answered:
	case w.names(l), w.first(l), (last == 0 || strings.TrimSpace(lines[last-1]) == "") && (firstName.MatchString(l) || last == 0 && personName.MatchString(l)):
		lines = trimBlank(lines[:last])
	}
	return lines
}

// withoutCourtesy cuts the greeting above and the farewell below.
func (w writer) withoutCourtesy(lines []string) []string {
	lines = trimBlank(lines)
	if len(lines) > 1 && salutation.MatchString(lines[0]) {
		lines = trimBlank(lines[1:])
	}
	return trimBlank(w.withoutFarewell(lines, true))
}

// greeting is a line that greets and says nothing more.
var greeting = regexp.MustCompile(`(?i)^\s*(?:buon\s?giorno|buona\s?sera|buon\s+pomeriggio|salve|ciao|gentil\w+|spett\S*|egregi\w*|guten\s+tag|hallo|liebe[rs]?|bonjour|hello|hi|dear)(?:\s+(?:a\s+)?(?:tutt\w|voi|ragazzi|collegh\w|colleg[ah]|signor\w*|dott\S*|(?-i:\p{Lu})[\p{L}.]+))*[\s,.!:]*$`)

// announced is a word or two that only say that something is there.
var announced = regexp.MustCompile(`(?i)^\s*(?:eccoc?[im]?|ecco\s+fatto|fatto|compilat[oai]|tutto\s+fatto)\s*[,.!:]*\s*$`)

// onlyCourtesy tells that lines say nothing but good day and goodbye.
func onlyCourtesy(lines []string) bool {
	for _, l := range lines {
		if strings.TrimSpace(l) != "" && !rule.MatchString(l) && !greeting.MatchString(l) && !announced.MatchString(l) &&
			!closingWords.MatchString(l) && !thanks.MatchString(l) {
			return false
		}
	}
	return true
}
