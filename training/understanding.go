package training

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// TopicScore is a topic and the probability, 0 to 1, that training on it is
// wanted.
type TopicScore struct {
	ID    string  `json:"id"`
	Score float64 `json:"score"`
}

// Reading is what was understood of a need told in a person's own words.
type Reading struct {
	Topics   []TopicScore // best first; 0.5 and above is believed
	Negated  []string     // topics that the person says are not wanted
	Recorded []string     // those of Topics sure enough to be recorded without asking
}

// Believed are the topics with a score of 0.5 and above, best first.
func (r Reading) Believed() []string {
	var ids []string
	for _, t := range r.Topics {
		if t.Score >= believed {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

const (
	believed     = 0.5
	recordable   = 0.95
	recordPhrase = 0.8 // and a phrase that names it; likeness alone is asked back
	leastScore   = 0.03
	mostTopics   = 8 // of a reading
	mostRecords  = 4 // more than that at once is asked back
)

// NeedReader understands which topics of a catalogue a text asks for. It is
// made once and may be used from many goroutines.
//
// It weighs phrases of the catalogue and of the field found in the text
// (typing errors forgiven), the likeness of the text to all that the catalogue
// says of a topic, the office that asks, and how the text is meant. It knows
// no sentence by heart and learns nothing.
type NeedReader struct {
	topics  []Topic
	offices []map[string]bool // stems of the offices of each topic
	phrases *lexicon
	spell   *spelling
	alike   *likeness

	want, naming, report, about, advice, ignored cueSet
}

// NewReader makes a reader for a catalogue.
func NewReader(c Catalogue) *NeedReader {
	v := loadVocabulary()
	maker := &lexiconMaker{phrases: map[string]map[int]phrase{}, capitals: map[string]bool{}}
	for _, w := range v.Capitals {
		maker.capitals[fold(w)] = true
	}
	r := &NeedReader{topics: c.Topics, alike: newLikeness(c.Topics, v)}
	for i, t := range c.Topics {
		for _, tok := range tokenize(t.Title) {
			if !tok.stop && len(tok.word) > 3 {
				maker.add(i, tok.word, titleWord)
			}
		}
		for _, part := range strings.FieldsFunc(t.Description, func(r rune) bool { return strings.ContainsRune(",.;:", r) }) {
			strength := fairPhrase
			if !strings.Contains(strings.TrimSpace(part), " ") {
				strength = weakPhrase
			}
			maker.add(i, part, strength)
		}
		maker.add(i, t.Title, strongPhrase)
		for _, s := range t.Synonyms {
			maker.add(i, s, strongPhrase)
		}
		for _, s := range v.Topics[t.ID].Strong {
			maker.add(i, s, strongPhrase)
		}
		for _, s := range v.Topics[t.ID].Weak {
			maker.add(i, s, weakPhrase)
		}
		offices := map[string]bool{}
		for _, o := range t.Offices {
			offices[officeKey(o)] = true
		}
		r.offices = append(r.offices, offices)
	}
	for _, s := range v.Outside {
		maker.add(outside, s, strongPhrase)
	}
	r.phrases = maker.finish()
	known := slices.Clone(r.phrases.stems)
	for _, cues := range [][]string{v.Cues.Want, v.Cues.Naming, v.Cues.Report, v.Cues.About, v.Cues.Advice} {
		for _, cue := range cues {
			for _, t := range tokenize(cue) {
				known = append(known, t.stem)
			}
		}
	}
	r.spell = newSpelling(known)
	r.naming, r.ignored = newCueSet(v.Cues.Naming), newCueSet(v.Cues.Ignored)
	r.want, r.report = newCueSet(v.Cues.Want), newCueSet(v.Cues.Report)
	r.about, r.advice = newCueSet(v.Cues.About), newCueSet(v.Cues.Advice)
	return r
}

func officeKey(office string) string {
	var stems []string
	for _, t := range tokenize(office) {
		stems = append(stems, t.stem)
	}
	return strings.Join(stems, " ")
}

// Read understands a text. office is the office of the person who wrote it, ""
// when it is not known. Of a very long text only the beginning is read.
func (r *NeedReader) Read(text, office string) Reading {
	tokens := tokenize(text)
	r.ignored.drop(tokens)
	matches := r.phrases.find(tokens, r.spell)
	negated := negate(tokens, matches)
	evidence, surest := r.weigh(matches, negated)
	elsewhere := r.besideOutside(tokens, matches)
	alike := r.alike.to(tokens)
	meant := r.intent(text, tokens).shift()
	key := officeKey(office)

	best := 0.0
	for _, e := range evidence {
		best = max(best, e)
	}
	refused := refusedTopics(matches, negated)
	reading := Reading{Topics: []TopicScore{}, Negated: []string{}, Recorded: []string{}}
	for _, i := range refused {
		reading.Negated = append(reading.Negated, r.topics[i].ID)
	}
	for i := range r.topics {
		if slices.Contains(refused, i) {
			continue
		}
		x := logit(evidence[i]) + likenessWeight*(min(alike[i], likenessMost)-likenessMiddle) + meant
		if key != "" && r.offices[i][key] {
			x += officeWeight
		}
		if surest[i] < fairPhrase && best > strongPhrase-0.15 {
			x -= besideStrong // a word by the way, next to a subject that is named
		}
		if elsewhere[i] {
			x -= outsideWeight
		}
		if score := sigmoid(x); score >= leastScore {
			reading.Topics = append(reading.Topics, TopicScore{r.topics[i].ID, math.Round(score*1000) / 1000})
		}
	}
	slices.SortStableFunc(reading.Topics, func(a, b TopicScore) int {
		return cmp.Compare(b.Score, a.Score)
	})
	if len(reading.Topics) > mostTopics {
		reading.Topics = reading.Topics[:mostTopics]
	}
	sure := map[string]bool{}
	for i, strength := range surest {
		sure[r.topics[i].ID] = strength >= recordPhrase
	}
	for _, t := range reading.Topics {
		if t.Score >= recordable && sure[t.ID] && len(reading.Recorded) < mostRecords {
			reading.Recorded = append(reading.Recorded, t.ID)
		}
	}
	return reading
}

// Weights of the parts, in log odds.
const (
	likenessWeight = 3.0
	likenessMiddle = 0.15
	likenessMost   = 0.5
	officeWeight   = 0.35
	besideStrong   = 1.2
	outsideWeight  = 2.5
)

// weigh joins the phrases found into one probability for each topic: that not
// all of them mislead. surest is the strength of the best phrase alone.
func (r *NeedReader) weigh(matches []match, negated []bool) (evidence, surest []float64) {
	evidence, surest = make([]float64, len(r.topics)), make([]float64, len(r.topics))
	order := make([]int, len(matches))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(matches[b].strength*matches[b].sure, matches[a].strength*matches[a].sure)
	})
	type said struct {
		topic int
		stems string
	}
	seen := map[said]bool{}
	for _, k := range order {
		m := matches[k]
		key := said{m.topic, strings.Join(m.stems, " ")}
		if negated[k] || m.topic == outside || seen[key] {
			continue
		}
		seen[key] = true
		strength := m.strength * m.sure
		evidence[m.topic] = 1 - (1-evidence[m.topic])*(1-strength)
		surest[m.topic] = max(surest[m.topic], strength)
	}
	return evidence, surest
}

// besideOutside tells the topics that are spoken of only in one breath with a
// subject outside of the catalogue («attestato di guida sicura»), or only by
// weak words anywhere in its sentence.
func (r *NeedReader) besideOutside(tokens []token, matches []match) []bool {
	parts, sentences := map[int]bool{}, map[int]bool{}
	for _, m := range matches {
		if m.topic == outside {
			parts[tokens[m.places[0]].part] = true
			sentences[tokens[m.places[0]].sentence] = true
		}
	}
	beside := make([]bool, len(r.topics))
	if len(parts) == 0 {
		return beside
	}
	apart := make([]bool, len(r.topics))
	for _, m := range matches {
		if m.topic == outside {
			continue
		}
		at := tokens[m.places[0]]
		if parts[at.part] || sentences[at.sentence] && m.strength*m.sure < fairPhrase {
			beside[m.topic] = true
		} else {
			apart[m.topic] = true
		}
	}
	for i := range beside {
		beside[i] = beside[i] && !apart[i]
	}
	return beside
}

func logit(p float64) float64 {
	p = min(max(p, 0.03), 0.97)
	return math.Log(p / (1 - p))
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
