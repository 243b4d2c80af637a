package training

import (
	"cmp"
	"slices"
	"strings"
)

// How surely a phrase speaks of its topic.
const (
	strongPhrase = 0.9
	fairPhrase   = 0.6
	weakPhrase   = 0.42
	titleWord    = 0.3
)

// outside is the number of the topic that stands for all subjects that are not
// in the catalogue.
const outside = -1

// phrase is a sequence of stems that speaks of a topic.
type phrase struct {
	stems    []string
	topic    int
	strength float64
	word     string // of a phrase of one word: as it was written
	capitals bool
}

// lexicon finds phrases in a text.
type lexicon struct {
	byFirst map[string][]phrase
	stems   []string
}

// lexiconMaker collects phrases; of two equal ones for a topic the later one
// counts.
type lexiconMaker struct {
	phrases  map[string]map[int]phrase // by their stems, then topic
	capitals map[string]bool
}

func (m *lexiconMaker) add(topic int, text string, strength float64) {
	var stems []string
	tokens := tokenize(text)
	for _, t := range tokens {
		if !t.stop || len(tokens) == 1 && m.capitals[t.word] {
			stems = append(stems, t.stem)
		}
	}
	if len(stems) == 0 || len(stems) > 6 {
		return
	}
	// What is left of a turn of speech («posto di controllo») says less, and
	// nothing against the word told by itself.
	rest := len(stems) == 1 && len(tokens) > 1 && len(stems[0]) > 4
	if rest {
		strength = min(strength, weakPhrase)
	}
	key, word := strings.Join(stems, " "), ""
	if len(stems) == 1 {
		// Two words of one stem may mean two things: «social» and «sociali».
		for _, t := range tokens {
			if t.stem == key {
				word = t.word
			}
		}
		key += " " + word
	}
	if m.phrases[key] == nil {
		m.phrases[key] = map[int]phrase{}
	}
	if _, told := m.phrases[key][topic]; told && rest {
		return
	}
	m.phrases[key][topic] = phrase{
		stems: stems, topic: topic, strength: strength, word: word,
		capitals: len(stems) == 1 && m.capitals[fold(text)],
	}
}

// finish shares out phrases that speak of several topics: each gets less.
func (m *lexiconMaker) finish() *lexicon {
	l := &lexicon{byFirst: map[string][]phrase{}}
	keys := make([]string, 0, len(m.phrases))
	for key := range m.phrases {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		strong := 0
		for _, p := range m.phrases[key] {
			if p.strength > fairPhrase {
				strong++
			}
		}
		topics := make([]int, 0, len(m.phrases[key]))
		for t := range m.phrases[key] {
			topics = append(topics, t)
		}
		slices.Sort(topics)
		for _, t := range topics {
			p := m.phrases[key][t]
			if strong > 1 && p.strength > fairPhrase {
				p.strength = fairPhrase
			}
			l.byFirst[p.stems[0]] = append(l.byFirst[p.stems[0]], p)
			l.stems = append(l.stems, p.stems...)
		}
	}
	return l
}

// match is a phrase found in a text. places are the tokens it stands on.
type match struct {
	phrase
	places []int
	gaps   int     // other words in between
	sure   float64 // below 1 where a typing error was guessed
}

// find gives the phrases of the text. A phrase that lies wholly inside a
// longer one does not count: «sicurezza» in «sicurezza informatica».
func (l *lexicon) find(tokens []token, sp *spelling) []match {
	var content []int // tokens that carry a subject
	stems := make([]string, len(tokens))
	sure := make([]float64, len(tokens))
	for i, t := range tokens {
		stems[i], sure[i] = t.stem, 1
		if !t.stop || t.capitals {
			content = append(content, i)
			if near, ok := sp.nearest(t.stem); ok && !t.stop {
				stems[i], sure[i] = near, 0.85
			}
		}
	}
	var all []match
	for at, first := range content {
		exact := slices.ContainsFunc(l.byFirst[stems[first]], func(p phrase) bool {
			return p.word == tokens[first].word && (!p.capitals || tokens[first].capitals)
		})
		for _, p := range l.byFirst[stems[first]] {
			if p.capitals && !tokens[first].capitals {
				continue
			}
			if p.word != "" && p.word != tokens[first].word {
				if exact {
					continue
				}
			}
			if m, ok := follow(p, content, at, stems, sure, tokens); ok {
				if p.word != "" && sure[first] == 1 {
					m.sure = sameWord(p.word, tokens[first].word)
				}
				if m.sure == 0 {
					continue
				}
				all = append(all, m)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b match) int {
		return cmp.Or(len(b.places)-len(a.places), a.gaps-b.gaps)
	})
	covered := make([]int, len(tokens)) // length of the longest phrase on each token
	by := make([]int, len(tokens))      // which match that is, counted from 1
	kept := all[:0]
	for _, m := range all {
		inside, crossed := true, false
		for _, i := range m.places {
			if covered[i] <= len(m.places) {
				inside = false
			}
			// Of two as long that share a word the closer one was meant.
			if len(m.places) > 1 && covered[i] == len(m.places) && kept[by[i]-1].gaps < m.gaps {
				crossed = true
			}
		}
		if inside || crossed {
			continue
		}
		kept = append(kept, m)
		for _, i := range m.places {
			if len(m.places) > covered[i] {
				covered[i], by[i] = len(m.places), len(kept)
			}
		}
	}
	alone(kept, content, tokens)
	return kept
}

// alone raises what a weak word says where it stands alone between commas, as
// an item of a list: «lingua, musei e comunicazione».
func alone(matches []match, content []int, tokens []token) {
	words, topics := map[int]int{}, map[int]int{}
	for _, i := range content {
		if !namesTraining[tokens[i].word] {
			words[tokens[i].part]++
		}
	}
	for _, m := range matches {
		if m.strength >= weakPhrase {
			topics[tokens[m.places[0]].part]++
		}
	}
	for k, m := range matches {
		part := tokens[m.places[0]].part
		if len(m.places) != 1 || m.strength != weakPhrase || words[part] != 1 {
			continue
		}
		matches[k].strength = fairPhrase - 0.05
		if topics[part] == 1 {
			matches[k].strength = 0.75
		}
	}
}

// namesTraining are words for training itself.
var namesTraining = wordSet("corso corsi formazione aggiornamento aggiornamenti base avanzato")

// follow matches the rest of a phrase: in order, with at most one other word
// between two of its own, within one clause.
func follow(p phrase, content []int, at int, stems []string, sure []float64, tokens []token) (match, bool) {
	m := match{phrase: p, sure: sure[content[at]]}
	m.places = append(m.places, content[at])
	k := at
	for _, want := range p.stems[1:] {
		found := false
		for gap := 1; gap <= 2 && k+gap < len(content); gap++ {
			if i := content[k+gap]; stems[i] == want && tokens[i].clause == tokens[content[at]].clause {
				m.places = append(m.places, i)
				m.sure = min(m.sure, sure[i])
				m.gaps += gap - 1
				k, found = k+gap, true
				break
			}
		}
		if !found {
			return match{}, false
		}
	}
	return m, true
}

// sameWord tells how surely two words of one stem are one word: forms of one
// («ponte» and «ponti», «protocolla» and «protocollare»), perhaps («gestisce»
// and «gestire»), or not («rinnovo» and «rinnovabili»).
func sameWord(a, b string) float64 {
	if withoutEnding(a) == withoutEnding(b) {
		return 1
	}
	same := 0
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	if same >= max(len(a), len(b))-3 && same >= min(len(a), len(b))-2 {
		return 0.65
	}
	return 0
}

// withoutEnding takes the ending of a noun or of an infinitive away.
func withoutEnding(word string) string {
	if len(word) > 6 {
		word = strings.TrimSuffix(word, "re")
	}
	word = strings.TrimRight(word, "aeio")
	return strings.TrimSuffix(word, "h")
}
