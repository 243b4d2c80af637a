package dialog

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"regia/training"
)

var numberWords = map[string]int{
	"paio": 2, "decina": 10, "ventina": 20, "due": 2, "tre": 3, "quattro": 4, "cinque": 5, "zero": 0,
	"sei": 6, "sette": 7, "otto": 8, "nove": 9, "dieci": 10,
}

// howMany reads «3», «in 3», «tre persone» or «io e due colleghi»; 0 is none,
// or more numbers than one.
func howMany(said string) int {
	me, one, sum, found := 0, 0, 0, 0
	for _, word := range strings.FieldsFunc(training.Fold(said), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		n, known := numberWords[word]
		if !known {
			var err error
			n, err = strconv.Atoi(word)
			known = err == nil
		}
		switch {
		case known:
			sum, found = n, found+1
		case word == "io":
			me = 1
		case word == "un", word == "uno", word == "una":
			one = 1
		}
	}
	switch {
	case found > 1:
		return 0
	case found == 0:
		sum = one
	}
	return me + sum
}

// figures writes «cinque quattro» in digits, where nothing but numbers was said.
func figures(said string) string {
	words := strings.FieldsFunc(training.Fold(said), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, word := range words {
		n, known := numberWords[word]
		if word == "uno" || word == "una" {
			n, known = 1, true
		}
		if _, err := strconv.Atoi(word); !known && err != nil {
			return said
		}
		if known {
			words[i] = itoa(n)
		}
	}
	return strings.Join(words, " ")
}

var (
	markForm  = regexp.MustCompile(`\b(\d{1,2})\s*(?:su|/)\s*(?:5|10)\b`)
	slashForm = regexp.MustCompile(`\d\s*/\s*\d+\s*/`)
)

// marks leaves the 4 of «4 su 5» and «4/5»; «5/4/4/9» is a list.
func marks(said string) string {
	if slashForm.MatchString(said) {
		return said
	}
	return markForm.ReplaceAllString(said, "$1")
}
