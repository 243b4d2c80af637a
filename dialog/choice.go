package dialog

import (
	"regexp"
	"strconv"
	"strings"
)

// ordinals are the words for the number of a choice.
var ordinals = map[string]string{
	"il primo": "1", "la prima": "1", "primo": "1", "prima": "1", "il secondo": "2", "la seconda": "2", "secondo": "2", "seconda": "2",
	"il terzo": "3", "la terza": "3", "terzo": "3", "terza": "3",
}

// choose finds the choice that the words stand for: its number, its label, or
// a word of the same sense.
func (q *ask) choose(text string) (Act, bool) {
	said := bare(firstLine(text))
	if n, ok := ordinals[said]; ok && q.Free == nil {
		said = n
	}
	if n, err := strconv.Atoi(said); err == nil {
		if q.Free == nil && n >= 1 && n <= len(q.Choices) {
			return q.Choices[n-1].Act, true
		}
		for _, choice := range q.Choices { // a scale: the label is the number
			if choice.Args["n"] == said {
				return choice.Act, true
			}
		}
		if n >= 1 && n <= len(q.Choices) && len(said) == 1 && q.Free.Verb != "need.people" {
			return q.Choices[n-1].Act, true
		}
		return Act{}, false
	}
	for _, choice := range q.Choices {
		for _, word := range words(choice.Text) {
			if said == word {
				return choice.Act, true
			}
		}
	}
	// «sì, volentieri»: the first word decides when it is a plain yes or no.
	said = ungreeted(said)
	first, _, more := strings.Cut(said, " ")
	first = bare(first)
	plain := more && len(said) < 60 && !strings.Contains(said, " ma ")
	for _, choice := range q.Choices {
		switch choice.Text {
		case "choice.yes":
			if plain && (isYes(first) || coming[first] && !strings.Contains(said, " non ")) {
				return choice.Act, true
			}
		case "choice.no":
			if plain && first == "no" {
				return choice.Act, true
			}
		case "choice.cannot", "choice.give_up":
			if cannotForm.MatchString(said) { // it is asked back
				return choice.Act, true
			}
		}
	}
	return Act{}, false
}

// coming are first words that say yes where nothing after them says no:
// «confermo la mia presenza».
var coming = map[string]bool{"confermo": true, "vengo": true, "partecipero": true, "partecipo": true}

// cannotForm is how people say that they will not come.
var cannotForm = regexp.MustCompile(`\bnon (?:posso|riesco|potro|vengo|verro|partecipo|partecipero|ci saro)\b|\bdisdico\b|\bdisdire\b|\brinunci(?:o|are)\b`)

// ungreeted is what was said without the greeting before it.
func ungreeted(said string) string {
	for word, sense := range courtesies {
		if rest, ok := strings.CutPrefix(said, word); ok && sense == "hello" {
			if trimmed := strings.TrimLeft(rest, " ,.!:"); trimmed != rest && trimmed != "" {
				return trimmed
			}
		}
	}
	return said
}

// labelled finds the choice whose label, with the name or the title in it, was
// written: whole, or the beginning that no other has.
func (c *conv) labelled(q *ask) (Act, bool, error) {
	said := bare(firstLine(c.text))
	if len(said) < 5 {
		return Act{}, false, nil
	}
	var fits []Act
	v := view{r: c, s: c.s, mac: c.MAC, now: c.now}
	for _, choice := range q.Choices {
		template := it.Choice[strings.TrimPrefix(choice.Text, "choice.")]
		if !strings.Contains(template, "{") {
			continue
		}
		label, err := v.fill(template, choice.Args)
		if err != nil {
			return Act{}, false, err
		}
		switch label = bare(label); {
		case label == said:
			return choice.Act, true, nil
		case strings.HasPrefix(label, said):
			fits = append(fits, choice.Act)
		}
	}
	if len(fits) != 1 {
		return Act{}, false, nil
	}
	return fits[0], true, nil
}

func isYes(word string) bool { return word == "si" || word == "certo" || word == "volentieri" }
