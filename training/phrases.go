package training

import (
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
	key := strings.Join(stems, " ")
	if m.phrases[key] == nil {
		m.phrases[key] = map[int]phrase{}
	}
	m.phrases[key][topic] = phrase{
		stems: stems, topic: topic, strength: strength,
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
				stems[i], sure[i] = near, 0.9
			}
		}
	}
	var all []match
	for at, first := range content {
		for _, p := range l.byFirst[stems[first]] {
			if p.capitals && !tokens[first].capitals {
				continue
			}
			if m, ok := follow(p, content, at, stems, sure, tokens); ok {
				all = append(all, m)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b match) int { return len(b.places) - len(a.places) })
	covered := make([]int, len(tokens)) // length of the longest phrase on each token
	kept := all[:0]
	for _, m := range all {
		inside := true
		for _, i := range m.places {
			if covered[i] <= len(m.places) {
				inside = false
			}
		}
		if inside {
			continue
		}
		for _, i := range m.places {
			covered[i] = max(covered[i], len(m.places))
		}
		kept = append(kept, m)
	}
	return kept
}

// follow matches the rest of a phrase: in order, with at most one other word
// between two of its own, within one sentence.
func follow(p phrase, content []int, at int, stems []string, sure []float64, tokens []token) (match, bool) {
	m := match{phrase: p, sure: sure[content[at]]}
	m.places = append(m.places, content[at])
	k := at
	for _, want := range p.stems[1:] {
		found := false
		for gap := 1; gap <= 2 && k+gap < len(content); gap++ {
			if i := content[k+gap]; stems[i] == want && tokens[i].sentence == tokens[content[at]].sentence {
				m.places = append(m.places, i)
				m.sure = min(m.sure, sure[i])
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
